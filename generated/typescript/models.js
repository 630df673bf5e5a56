/** Whether another sign-in to the account may become a session. */
export const SIGN_IN_ANSWER = ["approve", "refuse"];

/** The dead-letter queue of an exchange. */
export const DEAD_LETTER_QUEUE = ["jobs", "events"];

/** Where an environment is in its life. */
export const ENVIRONMENT_STATUS = ["creating", "running", "deleting", "deleted"];

/** The order of a list of environments. */
export const ENVIRONMENT_ORDER = ["newest", "oldest", "name"];

/** How a part is. A degraded process still does its work, by a slower way. */
export const CHECK_STATUS = ["ok", "degraded", "failed"];

/** What a team may do. Only TRIALING and ACTIVE teams order environments and listen to events. */
export const TEAM_STATUS = ["TRIALING", "ACTIVE", "PAST_DUE", "SUSPENDED", "CANCELED"];

/** What a member may do within the team. `platform:operate` is for platform operators, and so is `teams:manage`, its older name. More will come; ignore those that you do not know. */
export const PERMISSION = ["environments:read", "environments:write", "jobs:read", "jobs:cancel", "events:read", "teams:manage", "members:read", "members:write", "tokens:write", "team:manage", "platform:operate"];

/** What a member is in the team. A viewer reads, a member works as well, an admin decides who is in the team, an owner decides about the team. The table of roles and permissions is in `docs/identity.md`. */
export const ROLE = ["viewer", "member", "admin", "owner"];

/** What a job does. More kinds will come; show those that you do not know by their name. */
export const JOB_KIND = ["environment.create", "environment.delete"];

/** Where a job is. `completed`, `failed` and `cancelled` are terminal. */
export const JOB_STATUS = ["queued", "started", "polling", "completed", "failed", "cancelled"];

/** The order of a list of jobs, by when they were ordered. */
export const JOB_ORDER = ["newest", "oldest"];

/** How a stream began. `fresh` starts now, `resumed` replays what was missed, `reset` says that history is gone and a `reset` frame follows. */
export const SYNC_STATUS = ["fresh", "resumed", "reset"];

/** Why the position that the client came with is of no use. */
export const RESET_REASON = ["unknown_epoch", "trimmed", "future", "malformed"];

/** Why the server ends a stream. After `access_withdrawn` a reconnect is refused. */
export const DRAIN_REASON = ["shutdown", "max_age", "overloaded", "access_withdrawn"];

/** What ended the access, beside the reason `access_withdrawn`. */
export const WITHDRAWAL_CAUSE = ["session_revoked", "session_expired", "password_changed", "token_revoked", "token_expired", "user_disabled", "membership_removed", "permission_lost", "team_inactive"];
