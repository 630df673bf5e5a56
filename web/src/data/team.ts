/** What is changed about the team and the own account; each change loads again what it touched. */
import { type QueryKey, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ApiTokenRequest, InvitationRequest, PasswordChange, ProviderAccountChange, Role } from "slipway-client";

import { client } from "./client";
import { keys } from "./keys";
import { nextPage } from "./pages";
import { useMay, useSession } from "./session";

/** A mutation after which the keys are loaded again. */
export function useChange<A, R>(change: (given: A) => Promise<R>, ...touched: readonly QueryKey[]) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => Promise.all(touched.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

export function useRenameTeam() {
  const { team } = useSession();
  return useChange((name: string) => client.changeTeam({ teamId: team.id, body: { name } }), keys.me, keys.myTeams);
}

export function useChangeRole() {
  return useChange(({ userId, role }: { userId: number; role: Role }) => client.changeMember({ userId, body: { role } }), keys.members, keys.me);
}

export function useRemoveMember() {
  return useChange((userId: number) => client.removeMember({ userId }), keys.members);
}

export function useInvitations() {
  const may = useMay();
  return useQuery({ queryKey: keys.invitations, queryFn: ({ signal }) => client.listInvitations({ signal }), enabled: may("members:write") });
}

export function useInvite() {
  return useChange((body: InvitationRequest) => client.createInvitation({ body }), keys.invitations);
}

export function useRevokeInvitation() {
  return useChange((invitationId: number) => client.revokeInvitation({ invitationId }), keys.invitations);
}

export function useTokens() {
  return useQuery({ queryKey: keys.tokens, queryFn: ({ signal }) => client.listApiTokens({ signal }) });
}

export function useCreateToken() {
  return useChange((body: ApiTokenRequest) => client.createApiToken({ body }), keys.tokens);
}

export function useRevokeToken() {
  return useChange((tokenId: number) => client.revokeApiToken({ tokenId }), keys.tokens);
}

export function useSessions() {
  return useQuery({ queryKey: keys.sessions, queryFn: ({ signal }) => client.listSessions({ signal }) });
}

export function useRevokeSession() {
  return useChange((sessionId: string) => client.revokeSession({ sessionId }), keys.sessions);
}

export function useRevokeOtherSessions() {
  return useChange(() => client.revokeOtherSessions(), keys.sessions);
}

export function useChangePassword() {
  return useChange((body: PasswordChange) => client.changePassword({ body }), keys.sessions);
}

export function useProvider() {
  const { team } = useSession();
  return useQuery({ queryKey: keys.provider(team.id), queryFn: ({ signal }) => client.getTeamProvider({ teamId: team.id }, { signal }) });
}

export function useSetProvider() {
  const { team } = useSession();
  return useChange((body: ProviderAccountChange) => client.setTeamProvider({ teamId: team.id, body }), keys.provider(team.id));
}

export function useTeamAudit() {
  return useInfiniteQuery({
    queryKey: keys.audit,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => client.listTeamAudit({ cursor: pageParam, limit: 50 }, { signal }),
    getNextPageParam: nextPage,
  });
}
