/** A job's events: those of the log, and what the stream told since. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { EventId, JobStatusEvent, LoggedEvent } from "slipway-client";

import { client } from "./client";
import { keys } from "./keys";
import { useLive } from "@/live/LiveProvider";
import { isAfter, numberOf } from "@/live/position";
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

function since(jobId: number, last: EventId | undefined): NumberedEvent[] {
  return recent.all.flatMap(({ id, event }) => {
    const fresh = event.type === "job_status" && event.job_id === jobId && (last === undefined || isAfter(id, last) === true);
    return fresh ? numbered(id, event, undefined) : [];
  });
}

/** What the log said, and what the stream told since, the oldest first. */
function eventsOf(jobId: number, log: Log | undefined): NumberedEvent[] {
  const logged = log?.items.flatMap(({ id, event, recorded_at_ms: ms }) => numbered(id, event, ms / 1_000)) ?? [];
  return [...logged, ...since(jobId, logged.at(-1)?.id)];
}

function query(jobId: number) {
  return { queryKey: keys.jobEvents(jobId), queryFn: ({ signal }: { signal: AbortSignal }) => load(jobId, signal) };
}

function numbered(id: EventId, event: { type: string }, at: number | undefined): NumberedEvent[] {
  if (event.type !== "job_status") return [];
  const status = event as JobStatusEvent;
  return [{ id, event: status, at: at ?? status.occurred_at }];
}

/** The events of the job, the oldest first, and whether the log still has all of them. */
export function useJobEvents(jobId: number) {
  const { cursor } = useLive();
  const log = useQuery(query(jobId));
  // `recent` grows with the cursor.
  const events = useMemo(() => eventsOf(jobId, log.data), [log.data, jobId, cursor]);
  return { ...log, events, complete: log.data?.complete ?? true };
}

/** The events of several jobs, the newest first. */
export function useEventsOfJobs(jobIds: readonly number[]) {
  const { cursor } = useLive();
  const logs = useQueries({
    queries: jobIds.map(query),
    combine: (results) => ({
      error: results.find(({ error }) => error !== null)?.error ?? null,
      data: results.some(({ isPending }) => isPending) ? undefined : results.map(({ data }) => data),
      refetch: () => Promise.all(results.map(({ refetch }) => refetch())),
    }),
  });
  const events = useMemo(
    () => jobIds.flatMap((id, index) => eventsOf(id, logs.data?.[index])).sort((one, other) => Number(numberOf(other.id)) - Number(numberOf(one.id))),
    [logs.data, jobIds, cursor],
  );
  return { ...logs, events };
}
