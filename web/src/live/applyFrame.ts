/** What a frame changes in what was loaded. */
import type { QueryClient } from "@tanstack/react-query";
import type { EventId, Job, JobPage, JobStatusEvent, StreamEvent, StreamEventsFrame } from "slipway-client";

import { afterEvent, isTerminal, later, withJob } from "./fold";
import { isAfter } from "./position";
import { recent } from "./recent";
import { client } from "@/data/client";
import { keys, LIVE } from "@/data/keys";
import { type Pages, withItems } from "@/data/pages";
import { belongs, type JobFilter } from "@/jobs/filter";

/** Changes within this time are loaded once. */
const COLLECT = 200;
/** More changed jobs than these are loaded as lists. */
const SINGLY = 12;

const changed = new Set<number>();
let environmentsChanged = false;
let timer: ReturnType<typeof setTimeout> | undefined;

export function applyFrame(frame: StreamEventsFrame, queries: QueryClient): void {
  switch (frame.event) {
    case "sync":
      if (frame.data.status === "resumed") return;
      recent.begin(frame.data.to);
      reloadLive(queries);
      return;
    case "reset":
    case "lagged":
      recent.begin(frame.data.snapshot.last_event_id);
      reloadLive(queries);
      return;
    case "message":
      // An event without a position is another program's; the log knows nothing of it.
      if (frame.id === undefined) return;
      recent.add({ id: frame.id, event: frame.data });
      applyEvent(frame.data, frame.id, queries);
      return;
    case "drain":
    case "end":
      return;
  }
}

function reloadLive(queries: QueryClient): void {
  void queries.invalidateQueries({ predicate: ({ queryKey }) => LIVE.has(queryKey[0]) });
}

function applyEvent(event: StreamEvent, id: EventId, queries: QueryClient): void {
  switch (event.type) {
    case "job_status":
      applyJobStatus(event, id, queries);
      return;
    case "team_status_changed":
      void queries.invalidateQueries({ queryKey: keys.me });
      void queries.invalidateQueries({ queryKey: keys.myTeams });
      return;
    case "concurrent_login_requested":
    case "concurrent_login_answered":
      void queries.invalidateQueries({ queryKey: keys.waiting });
      void queries.invalidateQueries({ queryKey: keys.sessions });
      return;
    case "session_revoked":
      void queries.invalidateQueries({ queryKey: keys.sessions });
      return;
  }
}

function applyJobStatus(event: JobStatusEvent, id: EventId, queries: QueryClient): void {
  queries.setQueryData<Job>(keys.job(event.job_id), (job) => {
    const known = job?.last_event_id === undefined ? undefined : isAfter(id, job.last_event_id);
    return job === undefined || known === false ? job : afterEvent(job, event);
  });
  eachList(queries, (jobs, filter, data) => {
    const page = data.pages.find(({ items }) => items.some((job) => job.id === event.job_id));
    // What was loaded after the event knows more than it.
    if (page !== undefined && isAfter(id, page.last_event_id) === false) return [...jobs];
    const known = jobs.find((job) => job.id === event.job_id);
    if (known === undefined) return [...jobs];
    const next = afterEvent(known, event);
    return next === known ? [...jobs] : withJob(jobs, next, (job) => belongs(job, filter));
  });
  // An event does not carry all of a job: attempt, error code and environment are loaded after it.
  changed.add(event.job_id);
  environmentsChanged ||= isTerminal(event.status) || event.status === "queued";
  timer ??= setTimeout(() => {
    timer = undefined;
    void loadChanged(queries);
  }, COLLECT);
}

function eachList(queries: QueryClient, change: (jobs: readonly Job[], filter: JobFilter, data: Pages<JobPage>) => Job[]): void {
  for (const [key, data] of queries.getQueriesData<Pages<JobPage>>({ queryKey: ["jobs"] })) {
    if (data === undefined) continue;
    queries.setQueryData(key, withItems<Job, JobPage>(data, (jobs) => change(jobs, key[1] as JobFilter, data)));
  }
}

async function loadChanged(queries: QueryClient): Promise<void> {
  const ids = [...changed];
  changed.clear();
  if (environmentsChanged) {
    environmentsChanged = false;
    void queries.invalidateQueries({ queryKey: ["environments"] });
    void queries.invalidateQueries({ queryKey: ["environment"] });
  }
  for (const id of ids) void queries.invalidateQueries({ queryKey: keys.jobEvents(id) });
  if (ids.length > SINGLY) {
    void queries.invalidateQueries({ queryKey: ["jobs"] });
    void queries.invalidateQueries({ queryKey: ["job"] });
    return;
  }
  await Promise.all(
    ids.map(async (id) => {
      try {
        const job = await client.getJob({ jobId: id });
        queries.setQueryData<Job>(keys.job(id), (known) => (known === undefined ? job : later(known, job)));
        eachList(queries, (jobs, filter) => withJob(jobs, job, (candidate) => belongs(candidate, filter)));
      } catch {
        // The list stays as the event left it; the next event or visit loads it again.
      }
    }),
  );
}
