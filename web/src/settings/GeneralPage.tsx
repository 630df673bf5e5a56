import { type FormEvent, useState } from "react";

import { fault } from "@/data/rules";
import { useMay, useSession } from "@/data/session";
import { useRenameTeam } from "@/data/team";
import { ROLE_TEXT, teamStatus } from "@/text/status";
import { Button } from "@/ui/Button";
import { CopyId } from "@/ui/CopyId";
import { Facts } from "@/ui/Facts";
import { TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/Note";
import { Panel } from "@/ui/Panel";
import { StatusBadge } from "@/ui/StatusBadge";
import { useToast } from "@/ui/toasts";

export function GeneralPage() {
  const me = useSession();
  const may = useMay();
  return (
    <div className="max-w-2xl space-y-4">
      <Panel title="Team">
        <div className="p-4">
          <Facts
            facts={[
              ["Name", me.team.name],
              ["Team", <CopyId key="id" value={String(me.team.id)} name="team id" />],
              ["Status", <StatusBadge key="status" shown={teamStatus(me.team.status)} />],
              me.role === undefined ? ["Your role", "Platform operator"] : ["Your role", `${ROLE_TEXT[me.role]?.label ?? me.role} · ${ROLE_TEXT[me.role]?.may ?? ""}`],
            ]}
          />
        </div>
      </Panel>
      {may("team:manage") && <Rename key={me.team.id} name={me.team.name} />}
    </div>
  );
}

function Rename({ name }: { name: string }) {
  const [typed, setTyped] = useState(name);
  const rename = useRenameTeam();
  const toast = useToast();
  const wrong = fault("TeamChange", "name", typed.trim());
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (wrong === undefined) rename.mutate(typed.trim(), { onSuccess: () => toast({ tone: "success", title: "The team has its new name" }) });
  };
  return (
    <Panel title="Name of the team">
      <form onSubmit={send} className="space-y-4 p-4">
        {rename.error !== null && <ProblemNote error={rename.error} />}
        <TextField label="Name" value={typed} error={typed === name ? undefined : wrong} onChange={(event) => setTyped(event.target.value)} />
        <Button type="submit" look="primary" busy={rename.isPending} disabled={typed.trim() === name || wrong !== undefined}>
          Save
        </Button>
      </form>
    </Panel>
  );
}
