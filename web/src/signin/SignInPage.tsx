import { type FormEvent, useEffect, useState } from "react";

import { AuthCard } from "./AuthCard";
import { useSignIn } from "./useSignIn";
import { usePageTitle } from "@/shell/pageTitle";
import { Button } from "@/ui/Button";
import { useNow } from "@/ui/Clock";
import { TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/Note";
import { Spinner } from "@/ui/Spinner";

export function SignInPage() {
  usePageTitle("Sign in");
  const { state, signIn, withToken, cancel } = useSignIn();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");

  useEffect(() => {
    // A link that signs in carries its one-time token in the fragment, which no server sees.
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    if (token === null) return;
    history.replaceState(null, "", `${location.pathname}${location.search}`);
    void withToken(token);
  }, [withToken]);

  const send = (event: FormEvent): void => {
    event.preventDefault();
    void signIn(email.trim(), password);
  };
  if (state.step === "waiting") {
    return (
      <AuthCard title="Approve this sign-in" note="You are signed in elsewhere. Approve this sign-in in one of your open windows.">
        <Waiting until={state.until} onCancel={cancel} />
      </AuthCard>
    );
  }
  return (
    <AuthCard title="Sign in to Slipway" note="Order hosting environments and watch them being built.">
      <form onSubmit={send} className="space-y-4">
        {state.step === "idle" && state.error !== undefined && <ProblemNote error={state.error} />}
        <TextField label="E-mail address" type="email" name="email" autoComplete="username" required autoFocus value={email} onChange={(event) => setEmail(event.target.value)} />
        <TextField label="Password" type="password" name="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
        <Button type="submit" look="primary" busy={state.step === "sending"} className="w-full">
          Sign in
        </Button>
      </form>
    </AuthCard>
  );
}

function Waiting({ until, onCancel }: { until: number; onCancel: () => void }) {
  const now = useNow();
  return (
    <div className="flex flex-col items-center gap-4 text-center">
      <p role="status" className="numbers flex items-center gap-2 text-sm text-muted">
        <Spinner /> Waiting for an answer, {Math.max(0, until - now)} s left
      </p>
      <Button onClick={onCancel} className="w-full">
        Cancel
      </Button>
    </div>
  );
}
