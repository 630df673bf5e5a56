"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { Environment } from "slipway-client";

import { useDeleteEnvironment } from "@/data/environments";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/Note";

/** The deletion is confirmed by typing the name. */
export function DeleteDialog({ environment, onClose }: { environment: Environment; onClose: () => void }) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const remove = useDeleteEnvironment();
  const right = typed.trim() === environment.shortdomain;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (right) remove.mutate(environment.id, { onSuccess: ({ body }) => router.push(`/job?id=${body.job_id}`) });
  };
  return (
    <Dialog open onClose={onClose} title={`Delete ${environment.shortdomain}?`} description="The environment and all its data are removed at the provider. This cannot be undone.">
      <form onSubmit={send} className="space-y-4">
        {remove.error !== null && <ProblemNote error={remove.error} />}
        <TextField label={`Type ${environment.shortdomain} to confirm`} mono autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Keep it</Button>
          <Button type="submit" look="danger" disabled={!right} busy={remove.isPending}>
            Delete environment
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
