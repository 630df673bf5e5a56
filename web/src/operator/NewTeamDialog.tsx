"use client";
import { type FormEvent, useState } from "react";

import { useCreateTeam } from "@/data/platform";
import { fault } from "@/data/rules";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/Note";

export function NewTeamDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [owner, setOwner] = useState("");
  const [sent, setSent] = useState(false);
  const create = useCreateTeam();
  const faults = { name: fault("TeamRequest", "name", name.trim()), owner: owner === "" ? undefined : fault("TeamRequest", "owner_id", owner) };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setSent(true);
    if (faults.name !== undefined || faults.owner !== undefined) return;
    create.mutate(owner === "" ? { name: name.trim() } : { name: name.trim(), owner_id: Number(owner) }, { onSuccess: onClose });
  };
  return (
    <Dialog open onClose={onClose} title="New team" description="It can order at once.">
      <form onSubmit={send} noValidate className="space-y-4">
        {create.error !== null && <ProblemNote error={create.error} />}
        <TextField label="Name" value={name} error={sent ? faults.name : undefined} onChange={(event) => setName(event.target.value)} />
        <TextField label="First owner" hint="The number of a user, as in the list of users. May be left out." inputMode="numeric" mono value={owner} error={sent ? faults.owner : undefined} onChange={(event) => setOwner(event.target.value.trim())} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            Make the team
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
