/** The keys of what was loaded. What begins with one of `LIVE` is kept current by the stream. */
import type { EnvironmentFilter } from "@/environments/filter";
import type { JobFilter } from "@/jobs/filter";

export const keys = {
  me: ["me"] as const,
  myTeams: ["my-teams"] as const,
  waiting: ["waiting-sign-ins"] as const,
  sessions: ["sessions"] as const,
  members: ["members"] as const,
  invitations: ["invitations"] as const,
  tokens: ["tokens"] as const,
  audit: ["audit"] as const,
  jobs: (filter: JobFilter) => ["jobs", filter] as const,
  job: (id: number) => ["job", id] as const,
  environments: (filter: EnvironmentFilter) => ["environments", filter] as const,
  environment: (id: number) => ["environment", id] as const,
  teams: ["teams"] as const,
  users: ["users"] as const,
};

export const LIVE: ReadonlySet<unknown> = new Set(["jobs", "job", "environments", "environment"]);
