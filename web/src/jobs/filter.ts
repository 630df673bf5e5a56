/** What a list of jobs is narrowed to, and how the URL says it. */
import { type Job, JOB_KIND, JOB_STATUS, type JobKind, type JobStatus, type ListJobsArguments } from "slipway-client";

export interface JobFilter {
  status?: JobStatus;
  kind?: JobKind;
  text?: string;
  /** The jobs of one environment; not in the URL of the list. */
  environment?: string;
}

function oneOf<T extends string>(values: readonly T[], value: string | null): T | undefined {
  return values.find((known) => known === value);
}

export function jobFilter(search: URLSearchParams): JobFilter {
  const filter: JobFilter = {};
  const status = oneOf(JOB_STATUS, search.get("status"));
  const kind = oneOf(JOB_KIND, search.get("kind"));
  const text = search.get("q")?.trim().toLowerCase();
  if (status !== undefined) filter.status = status;
  if (kind !== undefined) filter.kind = kind;
  if (text) filter.text = text;
  return filter;
}

export function isFiltered(filter: JobFilter): boolean {
  return Object.keys(filter).length > 0;
}

/** Whether the job belongs into the list; the service decides by the same rules. */
export function belongs(job: Job, filter: JobFilter): boolean {
  if (filter.status !== undefined && job.status !== filter.status) return false;
  if (filter.kind !== undefined && job.kind !== filter.kind) return false;
  if (filter.environment !== undefined && job.env_name !== filter.environment) return false;
  return filter.text === undefined || job.env_name.toLowerCase().includes(filter.text) || String(job.id) === filter.text;
}

/** The filter as the service takes it. */
export function listArguments({ status, kind, text, environment }: JobFilter): ListJobsArguments {
  return { status: status === undefined ? undefined : [status], kind, text, envName: environment };
}
