/** Environments: the list, a single one, orders and deletions. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { EnvironmentCreateRequest } from "slipway-client";

import { client } from "./client";
import { keys } from "./keys";
import { nextPage } from "./pages";
import type { EnvironmentFilter } from "@/environments/filter";

const PAGE = 50;

export function useEnvironments(filter: EnvironmentFilter) {
  return useInfiniteQuery({
    queryKey: keys.environments(filter),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => client.listEnvironments({ cursor: pageParam, limit: PAGE, status: filter.status && [filter.status], text: filter.text }, { signal }),
    getNextPageParam: nextPage,
  });
}

export function useEnvironment(id: number) {
  return useQuery({ queryKey: keys.environment(id), queryFn: ({ signal }) => client.getEnvironment({ environmentId: id }, { signal }) });
}

/** What the order form offers. */
export function useNodeTypes() {
  return useQuery({ queryKey: keys.nodeTypes, queryFn: ({ signal }) => client.listNodeTypes({ signal }), staleTime: Infinity });
}

export interface Order {
  /** The same for every try of one order, so that it is recorded once. */
  key: string;
  body: EnvironmentCreateRequest;
}

export function useOrder() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ key, body }: Order) => client.createEnvironment({ idempotencyKey: key, body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

export function useDeleteEnvironment() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => client.deleteEnvironment({ environmentId: id }),
    onSuccess: (_, id) =>
      Promise.all([
        queries.invalidateQueries({ queryKey: keys.environment(id) }),
        queries.invalidateQueries({ queryKey: ["environments"] }),
      ]),
  });
}
