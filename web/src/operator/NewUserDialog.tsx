import { useState } from "react";

import { useCreateUser } from "@/data/platform";
import { fault } from "@/data/rules";
import { TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";

export function NewUserDialog({ onClose }: { onClose: () => void }) {
  const [given, setGiven] = useState({ email: "", display_name: "", password: "" });
  const [sent, setSent] = useState(false);
  const create = useCreateUser();
  const faults = {
    email: fault("AccountRequest", "email", given.email),
    display_name: fault("AccountRequest", "display_name", given.display_name),
    password: fault("AccountRequest", "password", given.password),
  };
  const shown = (field: keyof typeof faults): string | undefined => (sent ? faults[field] : undefined);
  const send = (): void => {
    setSent(true);
    if (Object.values(faults).every((one) => one === undefined)) create.mutate(given, { onSuccess: onClose });
  };
  return (
    <FormDialog title="New user" description="Add the user to a team afterwards, or make a team for them." send="Create user" sending={create} onSend={send} onClose={onClose}>
      <TextField label="E-mail address" type="email" autoComplete="off" value={given.email} error={shown("email")} onChange={(event) => setGiven({ ...given, email: event.target.value.trim() })} />
      <TextField label="Name" autoComplete="off" value={given.display_name} error={shown("display_name")} onChange={(event) => setGiven({ ...given, display_name: event.target.value })} />
      <TextField label="Password" type="password" autoComplete="new-password" hint="At least 12 characters." value={given.password} error={shown("password")} onChange={(event) => setGiven({ ...given, password: event.target.value })} />
    </FormDialog>
  );
}
