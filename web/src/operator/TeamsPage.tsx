import { Plus, Users } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { type Team, TEAM_STATUS, type TeamPage, type TeamStatus } from "slipway-client";

import { itemsOf } from "@/data/pages";
import { useChangeTeamStatus, useTeams } from "@/data/platform";
import { teamStatus } from "@/text/status";
import { Button } from "@/ui/Button";
import { CopyId } from "@/ui/CopyId";
import { EmptyState } from "@/ui/EmptyState";
import { INPUT } from "@/ui/Field";
import { ProblemNote } from "@/ui/Note";
import { Panel } from "@/ui/Panel";
import { Rows } from "@/ui/Rows";
import { StatusBadge } from "@/ui/StatusBadge";

const ConfirmDialog = dynamic(() => import("@/ui/ConfirmDialog").then((module) => module.ConfirmDialog), { ssr: false });
const NewTeamDialog = dynamic(() => import("./NewTeamDialog").then((module) => module.NewTeamDialog), { ssr: false });

export function TeamsPage() {
  const list = useTeams();
  const [making, setMaking] = useState(false);
  return (
    <>
      <Panel
        title="Teams"
        action={
          <Button small look="primary" icon={<Plus size={13} aria-hidden />} onClick={() => setMaking(true)}>
            New team
          </Button>
        }
      >
        <Rows
          label="Teams"
          loading={list}
          empty={
            <EmptyState icon={Users} title="No teams yet">
              Make the first one and name its owner.
            </EmptyState>
          }
        >
          {itemsOf<Team, TeamPage>(list.data).map((team) => (
            <TeamRow key={team.id} team={team} />
          ))}
        </Rows>
      </Panel>
      {making && <NewTeamDialog onClose={() => setMaking(false)} />}
    </>
  );
}

/** Without these two a team may not order, and its open streams end. */
const ACTIVE: ReadonlySet<TeamStatus> = new Set(["TRIALING", "ACTIVE"]);

function TeamRow({ team }: { team: Team }) {
  const change = useChangeTeamStatus();
  const [asked, setAsked] = useState<TeamStatus>();
  const choose = (status: TeamStatus): void => {
    if (ACTIVE.has(team.status) && !ACTIVE.has(status)) setAsked(status);
    else change.mutate({ teamId: team.id, status });
  };
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">{team.name}</p>
        <CopyId value={String(team.id)} name="team id" />
      </div>
      <StatusBadge shown={teamStatus(team.status)} />
      <select aria-label={`Status of ${team.name}`} value={team.status} disabled={change.isPending} onChange={(event) => choose(event.target.value as TeamStatus)} className={`${INPUT} w-44!`}>
        {TEAM_STATUS.map((status) => (
          <option key={status} value={status}>
            {teamStatus(status).label}
          </option>
        ))}
      </select>
      {change.error !== null && asked === undefined && <div className="w-full"><ProblemNote error={change.error} /></div>}
      {asked !== undefined && (
        <ConfirmDialog
          title={`${team.name}: ${teamStatus(asked).label.toLowerCase()}?`}
          description="The team can order and delete nothing any more, and its open pages stop being live within a second. Environments go on running."
          confirm="Change the status"
          busy={change.isPending}
          error={change.error}
          onClose={() => setAsked(undefined)}
          onConfirm={() => change.mutate({ teamId: team.id, status: asked }, { onSuccess: () => setAsked(undefined) })}
        />
      )}
    </li>
  );
}
