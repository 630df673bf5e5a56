/** A job's events: those of the log, and what the stream told since. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { EventId, JobStatusEvent, LoggedEvent } from "slipway-client";

import { client } from "./client";
import { keys } from "./keys";
import { useLive } from "@/live/LiveProvider";
import { isAfter } from "@/live/position";
import { recent } from "@/live/recent";

export interface NumberedEvent {
  id: EventId;
  /** Seconds since 1970, to the millisecond where the log said it. */
  at: number;
  event: JobStatusEvent;
}

interface Log {
  items: LoggedEvent[];
  position: EventId | undefined;
  complete: boolean;
}

async function load(jobId: number, signal: AbortSignal): Promise<Log> {
  const items: LoggedEvent[] = [];
  let position: EventId | undefined;
  let complete = true;
  let cursor: string | undefined;
  do {
    const page = await client.listJobEvents({ jobId, cursor, limit: 100 }, { signal });
    items.push(...page.items);
    position ??= page.last_event_id;
    complete &&= page.complete;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return { items, position, complete };
}

function numbered(id: EventId, event: { type: string }, at: number | undefined): NumberedEvent[] {
  if (event.type !== "job_status") return [];
  const status = event as JobStatusEvent;
  return [{ id, event: status, at: at ?? status.occurred_at }];
}

/** The events of the job, the oldest first, and whether the log still has all of them. */
export function useJobEvents(jobId: number) {
  const { cursor } = useLive();
  const query = useQuery({ queryKey: keys.jobEvents(jobId), queryFn: ({ signal }) => load(jobId, signal) });
  const events = useMemo(() => {
    const logged = query.data?.items.flatMap(({ id, event, recorded_at_ms: ms }) => numbered(id, event, ms / 1_000)) ?? [];
    const last = logged.at(-1)?.id;
    const since = recent.all.filter(({ id, event }) => event.type === "job_status" && event.job_id === jobId && (last === undefined || isAfter(id, last) === true));
    return [...logged, ...since.flatMap(({ id, event }) => numbered(id, event, undefined))];
    // `recent` grows with the cursor.
  }, [query.data, jobId, cursor]);
  return { ...query, events, complete: query.data?.complete ?? true };
}
