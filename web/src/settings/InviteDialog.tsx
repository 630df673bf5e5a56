"use client";
import { type FormEvent, useState } from "react";
import { ROLE, type Role } from "slipway-client";

import { fault } from "@/data/rules";
import { useInvite } from "@/data/team";
import { ROLE_TEXT } from "@/text/status";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { SelectField, TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/Note";
import { SecretNote } from "@/ui/SecretNote";

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("member");
  const invite = useInvite();
  const wrong = fault("InvitationRequest", "email", email.trim());
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (wrong === undefined) invite.mutate(email.trim() === "" ? { role } : { role, email: email.trim() });
  };
  if (invite.data !== undefined) {
    return (
      <Dialog open onClose={onClose} title="The invitation is ready" description="No e-mail is sent. Hand over this link yourself; it works once." actions={<Button onClick={onClose}>Done</Button>}>
        <SecretNote title="The link is shown this once" value={new URL(invite.data.link, location.origin).href} name="invitation link" />
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title="Invite somebody" description="You get a link that makes whoever opens it a member of this team.">
      <form onSubmit={send} noValidate className="space-y-4">
        {invite.error !== null && <ProblemNote error={invite.error} />}
        <SelectField label="Role" value={role} hint={ROLE_TEXT[role].may} onChange={(event) => setRole(event.target.value as Role)}>
          {ROLE.map((one) => (
            <option key={one} value={one}>
              {ROLE_TEXT[one].label}
            </option>
          ))}
        </SelectField>
        <TextField label="E-mail address" type="email" hint="Only this address may accept. Without one, whoever has the link may." value={email} error={wrong} onChange={(event) => setEmail(event.target.value)} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={invite.isPending}>
            Make the link
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
