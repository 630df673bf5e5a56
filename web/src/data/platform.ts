/** What platform operators see and do. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { AccountChange, AccountRequest, DeadLetterQueue, TeamRequest, TeamStatus } from "slipway-client";

import { client } from "./client";
import { keys } from "./keys";
import { nextPage } from "./pages";
import { useChange } from "./team";

const PAGE = 50;

export function useTeams() {
  return useInfiniteQuery({
    queryKey: keys.teams,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => client.listTeams({ cursor: pageParam, limit: PAGE }, { signal }),
    getNextPageParam: nextPage,
  });
}

export function useChangeTeamStatus() {
  return useChange(({ teamId, status }: { teamId: number; status: TeamStatus }) => client.changeTeamStatus({ teamId, body: { status } }), keys.teams, keys.me);
}

export function useCreateTeam() {
  return useChange((body: TeamRequest) => client.createTeam({ body }), keys.teams);
}

export function useUsers() {
  return useInfiniteQuery({
    queryKey: keys.users,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => client.listUsers({ cursor: pageParam, limit: PAGE }, { signal }),
    getNextPageParam: nextPage,
  });
}

export function useCreateUser() {
  return useChange((body: AccountRequest) => client.createUser({ body }), keys.users);
}

export function useChangeUser() {
  return useChange(({ userId, body }: { userId: number; body: AccountChange }) => client.changeUser({ userId, body }), keys.users);
}

export function useResetPassword() {
  return useChange((userId: number) => client.resetPassword({ userId }));
}

export function useDeadLetters(queue: DeadLetterQueue) {
  return useQuery({ queryKey: keys.deadLetters(queue), queryFn: ({ signal }) => client.listDeadLetters({ queue, limit: 100 }, { signal }), refetchInterval: 10_000 });
}

export function useDeadLetter(queue: DeadLetterQueue, letterId: string) {
  return useQuery({ queryKey: keys.deadLetter(queue, letterId), queryFn: ({ signal }) => client.getDeadLetter({ queue, letterId }, { signal }), staleTime: Infinity });
}

export function useRequeue(queue: DeadLetterQueue) {
  return useChange((letterId: string) => client.requeueDeadLetter({ queue, letterId }), keys.deadLetters(queue));
}

export function useDrop(queue: DeadLetterQueue) {
  return useChange((letterId: string) => client.dropDeadLetter({ queue, letterId }), keys.deadLetters(queue));
}

export function usePlatformAudit() {
  return useInfiniteQuery({
    queryKey: keys.platformAudit,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => client.listAudit({ cursor: pageParam, limit: PAGE }, { signal }),
    getNextPageParam: nextPage,
  });
}

export function useReadiness() {
  return useQuery({ queryKey: keys.readiness, queryFn: ({ signal }) => client.getReadiness({ signal, retries: 0 }), refetchInterval: 5_000 });
}
