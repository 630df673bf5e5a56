import { useRouter } from "next/router";
import { useState } from "react";
import type { Environment } from "slipway-client";

import { useDeleteEnvironment } from "@/data/environments";
import { TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";

/** The deletion is confirmed by typing the name. */
export function DeleteDialog({ environment, onClose }: { environment: Environment; onClose: () => void }) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const remove = useDeleteEnvironment();
  const right = typed.trim() === environment.shortdomain;
  const send = (): void => {
    if (right) remove.mutate(environment.id, { onSuccess: ({ body }) => router.push(`/job?id=${body.job_id}`) });
  };
  return (
    <FormDialog
      title={`Delete ${environment.shortdomain}?`}
      description="The environment and all its data are removed at the provider. This cannot be undone."
      send="Delete environment"
      keep="Keep it"
      danger
      disabled={!right}
      sending={remove}
      onSend={send}
      onClose={onClose}
    >
      <TextField label={`Type ${environment.shortdomain} to confirm`} mono autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />
    </FormDialog>
  );
}
