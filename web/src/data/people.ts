/** The team's people, by the numbers that jobs and tokens name them with. */
import { useQuery } from "@tanstack/react-query";

import { client } from "./client";
import { keys } from "./keys";
import { useMay, useSession } from "./session";

export function useMembers() {
  const may = useMay();
  return useQuery({
    queryKey: keys.members,
    queryFn: ({ signal }) => client.listMembers({ signal }),
    enabled: may("members:read"),
    staleTime: 60_000,
  });
}

/** A function from a user's number to a name. */
export function useNames(): (userId: number) => string {
  const { user } = useSession();
  const { data } = useMembers();
  return (userId) => {
    if (userId === user.id) return user.display_name;
    return data?.items.find((member) => member.user.id === userId)?.user.display_name ?? `User ${userId}`;
  };
}
