import { useState } from "react";

import { useCreateTeam } from "@/data/platform";
import { fault } from "@/data/rules";
import { TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";

export function NewTeamDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [owner, setOwner] = useState("");
  const [sent, setSent] = useState(false);
  const create = useCreateTeam();
  const faults = { name: fault("TeamRequest", "name", name.trim()), owner: owner === "" ? undefined : fault("TeamRequest", "owner_id", owner) };
  const send = (): void => {
    setSent(true);
    if (faults.name !== undefined || faults.owner !== undefined) return;
    create.mutate(owner === "" ? { name: name.trim() } : { name: name.trim(), owner_id: Number(owner) }, { onSuccess: onClose });
  };
  return (
    <FormDialog title="New team" description="It can order at once." send="Create team" sending={create} onSend={send} onClose={onClose}>
      <TextField label="Name" value={name} error={sent ? faults.name : undefined} onChange={(event) => setName(event.target.value)} />
      <TextField label="First owner" hint="The number of a user, as in the list of users. May be left out." inputMode="numeric" mono value={owner} error={sent ? faults.owner : undefined} onChange={(event) => setOwner(event.target.value.trim())} />
    </FormDialog>
  );
}
