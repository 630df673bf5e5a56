import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ChevronsUpDown } from "lucide-react";
import { useRouter } from "next/router";

import { Logo } from "./Logo";
import { client } from "@/data/client";
import { keys } from "@/data/keys";
import { useMyTeams, useSession } from "@/data/session";
import { problemText } from "@/text/problems";
import { ROLE_TEXT, teamStatus } from "@/text/status";
import { Menu } from "@/ui/Menu";
import { useToast } from "@/ui/toasts";

export function useSwitchTeam() {
  const queries = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  return useMutation({
    mutationFn: (teamId: number) => client.switchTeam({ body: { team_id: teamId } }),
    onSuccess: (me) => {
      // Nothing of the other team may be seen for a moment.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.me[0] && queryKey[0] !== keys.myTeams[0] });
      queries.setQueryData(keys.me, me);
      void router.push("/environments");
      toast({ tone: "neutral", title: `You work in ${me.team.name} now` });
    },
    onError: (error) => toast({ tone: "failed", ...problemText(error) }),
  });
}

export function TeamSwitch() {
  const { team } = useSession();
  const { data } = useMyTeams();
  const change = useSwitchTeam();
  const teams = data?.items ?? [];
  const entries = teams.map(({ team: other, role }) => ({
    key: String(other.id),
    label: (
      <>
        {other.name} <span className="text-muted">· {ROLE_TEXT[role]?.label ?? role}</span>
      </>
    ),
    checked: other.id === team.id,
    onSelect: () => other.id !== team.id && change.mutate(other.id),
  }));
  // An operator may work in a team without being its member.
  if (!entries.some(({ checked }) => checked)) entries.push({ key: String(team.id), label: <>{team.name}</>, checked: true, onSelect: () => false });
  return (
    <Menu
      label="Teams"
      groups={[{ key: "teams", heading: "Teams", entries }]}
      trigger={
        <button type="button" className="flex h-10 w-full min-w-0 items-center gap-2.5 rounded-md px-1.5 text-left hover:bg-hover">
          <Logo size={24} />
          <span className="min-w-0 flex-1">
            <span className="sr-only">Team: </span>
            <span className="block truncate text-sm leading-4.5 font-semibold">{team.name}</span>
            <span className="block truncate text-2xs text-muted">{teamStatus(team.status).label}</span>
          </span>
          <ChevronsUpDown size={14} aria-hidden className="shrink-0 text-faint" />
        </button>
      }
    />
  );
}
