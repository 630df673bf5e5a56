/** What happened in the team: the log's latest events, and what the stream tells. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { EventPage, LoggedEvent } from "slipway-client";

import { client } from "./client";
import { keys } from "./keys";
import { itemsOf, nextPage } from "./pages";
import { useLive } from "@/live/LiveProvider";
import { isAfter } from "@/live/position";
import { recent } from "@/live/recent";

const PAGE = 50;

export function useActivity() {
  const { cursor } = useLive();
  const list = useInfiniteQuery({
    queryKey: keys.activity,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => client.listActivity({ cursor: pageParam, limit: PAGE }, { signal }),
    getNextPageParam: nextPage,
  });
  const items = useMemo(() => {
    const logged = itemsOf<LoggedEvent, EventPage>(list.data);
    const position = list.data?.pages[0]?.last_event_id;
    const since = position === undefined ? [] : recent.all.filter(({ id }) => isAfter(id, position) === true);
    const fresh = since.map(({ id, event }) => ({ id, event, recorded_at_ms: event.occurred_at * 1_000 }));
    return [...fresh.reverse(), ...logged];
  }, [list.data, cursor]);
  return { ...list, items };
}
