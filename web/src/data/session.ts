/** Who is signed in, and what that allows. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Me, Permission } from "slipway-client";

import { client } from "./client";
import { keys } from "./keys";

/** A team that is not active has no stream that could tell that it is again, so that is asked for. */
const ASK_AGAIN = 4_000;

export function useMe() {
  return useQuery({
    queryKey: keys.me,
    queryFn: ({ signal }) => client.getMe({ signal }),
    staleTime: 60_000,
    refetchInterval: ({ state: { data } }) => (data === undefined || isActive(data) ? false : ASK_AGAIN),
  });
}

/** The session; only for what is drawn inside the console, where there is one. */
export function useSession(): Me {
  const me = useQueryClient().getQueryData<Me>(keys.me);
  const { data } = useMe();
  const session = data ?? me;
  if (session === undefined) throw new Error("There is no session here.");
  return session;
}

export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useSession();
  return (permission) => permissions.includes(permission);
}

/** Whether the team may order and hear of events. */
export function isActive(me: Me): boolean {
  return me.team.status === "ACTIVE" || me.team.status === "TRIALING";
}

export function useMyTeams() {
  return useQuery({ queryKey: keys.myTeams, queryFn: ({ signal }) => client.listMyTeams({ signal }), staleTime: 60_000 });
}
