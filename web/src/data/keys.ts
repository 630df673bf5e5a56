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
  jobEvents: (id: number) => ["job-events", id] as const,
  activity: ["activity"] as const,
  nodeTypes: ["node-types"] as const,
  provider: (teamId: number) => ["provider", teamId] as const,
  deadLetters: (queue: string) => ["dead-letters", queue] as const,
  deadLetter: (queue: string, id: string) => ["dead-letter", queue, id] as const,
  platformAudit: ["platform-audit"] as const,
  readiness: ["readiness"] as const,
  environments: (filter: EnvironmentFilter) => ["environments", filter] as const,
  environment: (id: number) => ["environment", id] as const,
  teams: ["teams"] as const,
  users: ["users"] as const,
};

export const LIVE: ReadonlySet<unknown> = new Set(["jobs", "job", "job-events", "environments", "environment", "activity"]);
