/** What events change in lists and jobs that were loaded before. Nothing here loads anything. */
import type { Job, JobStatus, JobStatusEvent } from "slipway-client";

const TERMINAL: ReadonlySet<JobStatus> = new Set(["completed", "failed", "cancelled"]);

export function isTerminal(status: JobStatus): boolean {
  return TERMINAL.has(status);
}

/** The job after the event; the same object when the event is no news to it. An ended job stays ended. */
export function afterEvent(job: Job, event: JobStatusEvent): Job {
  if (job.id !== event.job_id || isTerminal(job.status) || event.occurred_at < job.updated_at) return job;
  const next: Job = { ...job, status: event.status, message: event.message, updated_at: event.occurred_at };
  if (event.app_id !== undefined) next.app_id = event.app_id;
  if (isTerminal(event.status)) next.ended_at = event.occurred_at;
  // Whatever happened, it no longer stands where it stood.
  delete next.queue;
  return next;
}

/** The later of two states of one job. Answers may arrive in another order than they were made. */
export function later(known: Job, loaded: Job): Job {
  const back = isTerminal(known.status) && !isTerminal(loaded.status);
  return back || loaded.updated_at < known.updated_at ? known : loaded;
}

/** The list with the job in its place: the newest first, without what does not belong into it. */
export function withJob(jobs: readonly Job[], job: Job, belongs: (job: Job) => boolean): Job[] {
  const known = jobs.find((other) => other.id === job.id);
  const current = known === undefined ? job : later(known, job);
  const others = jobs.filter((other) => other.id !== job.id);
  if (!belongs(current)) return others;
  const place = others.findIndex((other) => other.id < current.id);
  if (place < 0) return [...others, current];
  return [...others.slice(0, place), current, ...others.slice(place)];
}
