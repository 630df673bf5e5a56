import { type FormEvent, useEffect, useState } from "react";
import { useMutation } from "@tanstack/react-query";

import { AuthCard } from "./AuthCard";
import { client } from "@/data/client";
import { fault } from "@/data/rules";
import { usePageTitle } from "@/shell/pageTitle";
import { Button, ButtonLink } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { Note, ProblemNote } from "@/ui/Note";

/** Where an invitation's link leads; its token is in the fragment, which no server sees. */
export function AcceptPage() {
  usePageTitle("Invitation");
  const [token, setToken] = useState<string>();
  const [given, setGiven] = useState({ email: "", display_name: "", password: "" });
  const [sent, setSent] = useState(false);
  const accept = useMutation({ mutationFn: (body: Parameters<typeof client.acceptInvitation>[0]["body"]) => client.acceptInvitation({ body }) });
  useEffect(() => setToken(location.hash.slice(1)), []);

  const faults = {
    email: fault("InvitationAcceptance", "email", given.email),
    display_name: given.display_name === "" ? undefined : fault("InvitationAcceptance", "display_name", given.display_name),
    password: fault("InvitationAcceptance", "password", given.password),
  };
  const shown = (field: keyof typeof faults): string | undefined => (sent ? faults[field] : undefined);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setSent(true);
    if (token === undefined || Object.values(faults).some((one) => one !== undefined)) return;
    const { display_name: name, ...rest } = given;
    accept.mutate(name === "" ? { token, ...rest } : { token, ...rest, display_name: name });
  };
  if (accept.data !== undefined) {
    return (
      <AuthCard title={`Welcome to ${accept.data.name}`} note="You are a member now. Sign in to begin.">
        <ButtonLink href="/sign-in" look="primary" className="w-full">
          Sign in
        </ButtonLink>
      </AuthCard>
    );
  }
  return (
    <AuthCard title="You are invited" note="A new address becomes an account with this password. If you have an account, use its password.">
      {token === "" ? (
        <Note tone="waiting" title="The link is not complete">
          Copy the whole link of the invitation, with all that stands behind the “#”.
        </Note>
      ) : (
        <form onSubmit={send} noValidate className="space-y-4">
          {accept.error !== null && <ProblemNote error={accept.error} />}
          <TextField label="E-mail address" type="email" autoComplete="username" value={given.email} error={shown("email")} onChange={(event) => setGiven({ ...given, email: event.target.value.trim() })} />
          <TextField label="Your name" autoComplete="name" value={given.display_name} error={shown("display_name")} onChange={(event) => setGiven({ ...given, display_name: event.target.value })} />
          <TextField label="Password" type="password" autoComplete="new-password" hint="At least 12 characters." value={given.password} error={shown("password")} onChange={(event) => setGiven({ ...given, password: event.target.value })} />
          <Button type="submit" look="primary" busy={accept.isPending} className="w-full">
            Accept
          </Button>
        </form>
      )}
    </AuthCard>
  );
}
