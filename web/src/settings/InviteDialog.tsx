import { useState } from "react";
import { ROLE, type Role } from "slipway-client";

import { fault } from "@/data/rules";
import { useInvite } from "@/data/team";
import { ROLE_TEXT } from "@/text/status";
import { SelectField, TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { SecretDialog } from "@/ui/SecretDialog";

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("member");
  const invite = useInvite();
  const wrong = fault("InvitationRequest", "email", email.trim());
  const send = (): void => {
    if (wrong === undefined) invite.mutate(email.trim() === "" ? { role } : { role, email: email.trim() });
  };
  if (invite.data !== undefined) {
    const link = new URL(invite.data.link, location.origin).href;
    return <SecretDialog title="The invitation is ready" description="No e-mail is sent. Hand over this link yourself; it works once." note="The link is shown this once" value={link} name="invitation link" onClose={onClose} />;
  }
  return (
    <FormDialog title="Invite somebody" description="You get a link that makes whoever opens it a member of this team." send="Create link" sending={invite} onSend={send} onClose={onClose}>
      <SelectField label="Role" value={role} hint={ROLE_TEXT[role].may} onChange={(event) => setRole(event.target.value as Role)}>
        {ROLE.map((one) => (
          <option key={one} value={one}>
            {ROLE_TEXT[one].label}
          </option>
        ))}
      </SelectField>
      <TextField label="E-mail address" type="email" hint="Only this address may accept. Without one, whoever has the link may." value={email} error={wrong} onChange={(event) => setEmail(event.target.value)} />
    </FormDialog>
  );
}
