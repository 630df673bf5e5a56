"""Every table, as SQLAlchemy Core. Times are epoch seconds as doubles; ids are 64-bit integers."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts only columns of type INTEGER, whose numbers have 64 bits there.
_SERIAL = BigInteger().with_variant(Integer, "sqlite")

teams = Table(
    "teams",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_changed_at", Double, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("last_position", BigInteger, nullable=False, server_default=text("0")),
    Column("trimmed_position", BigInteger, nullable=False, server_default=text("0")),
    Column("provider_login", Text),
    # Of `provider_login`; the common password is for the common login only.
    Column("provider_password_encrypted", Text),
    Column("provider_session_encrypted", Text),
    Column("node_group", Text),
    Column("created_at", Double, nullable=False),
    # Each event updates its team's row: room on the page keeps that a heap-only update.
    postgresql_with={"fillfactor": 50},
)

users = Table(
    "users",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("email", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("is_operator", Boolean, nullable=False, server_default=false()),
    # A disabled user signs in nowhere, and what was signed in is over.
    Column("disabled_at", Double),
)

memberships = Table(
    "memberships",
    metadata,
    Column("team_id", BigInteger, ForeignKey("teams.id"), primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("role", Text, nullable=False, server_default=text("'member'")),
    # If not null, what of the role's permissions this member has.
    Column("permissions", JSON(none_as_null=True)),
    Index("ix_memberships_user_id", "user_id", "team_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", BigInteger, ForeignKey("users.id"), nullable=False),
    Column("team_id", BigInteger, ForeignKey("teams.id"), nullable=False),
    Column("created_at", Double, nullable=False),
    # When it ends by itself as things stand: use moves it on, up to `absolute_expires_at`.
    Column("expires_at", Double, nullable=False),
    Column("absolute_expires_at", Double),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
    Column("revoked_reason", Text),
    Column("address", Text),
    Column("user_agent", Text),
    Index("ix_sessions_user_id", "user_id"),
    Index("ix_sessions_expires_at", "expires_at"),
    Index(
        "ix_sessions_revoked_at",
        "revoked_at",
        postgresql_where=text("revoked_at IS NOT NULL"),
        sqlite_where=text("revoked_at IS NOT NULL"),
    ),
)

access_changes = Table(
    "access_changes",
    metadata,
    # Triggers write it: whose access may have changed, any where it says "" or 0.
    Column("credential", Text, primary_key=True),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("team_id", BigInteger, primary_key=True, autoincrement=False),
    Column("stamp", BigInteger, nullable=False),
    Index("ix_access_changes_stamp", "stamp"),
)

exchange_tokens = Table(
    "exchange_tokens",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", BigInteger, ForeignKey("users.id"), nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("used_at", Double),
    # What names the sign-in to the user's other sessions, which may have to approve it.
    Column("request_id", Text),
    Column("created_at", Double),
    Column("address", Text),
    Column("user_agent", Text),
    # Who may exchange it: the client's network and program, or its device.
    Column("client_hash", Text),
    Column("device_hash", Text),
    # Waits for an answer until then, if not null.
    Column("answer_until", Double),
    Column("answer", Text),
    Index("ix_exchange_tokens_user_id", "user_id"),
    Index("ix_exchange_tokens_expires_at", "expires_at"),
)

known_devices = Table(
    "known_devices",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("device_hash", Text, primary_key=True),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double, nullable=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    Column("token_hash", Text, nullable=False, unique=True),
    # The beginning of the token, by which people recognise it.
    Column("prefix", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("user_id", BigInteger, ForeignKey("users.id"), nullable=False),
    Column("team_id", BigInteger, ForeignKey("teams.id"), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
    Index("ix_api_tokens_team_id", "team_id", "id"),
    Index("ix_api_tokens_user_id", "user_id"),
    sqlite_autoincrement=True,
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("team_id", BigInteger, ForeignKey("teams.id"), nullable=False),
    Column("role", Text, nullable=False),
    # The only address that may use it, if not null.
    Column("email", Text),
    Column("created_by", BigInteger, ForeignKey("users.id")),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("accepted_at", Double),
    Column("accepted_by", BigInteger, ForeignKey("users.id")),
    Column("revoked_at", Double),
    Index("ix_invitations_team_id", "team_id", "id"),
    sqlite_autoincrement=True,
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    Column("occurred_at", Double, nullable=False),
    # Who: a user, or whoever ran the command line; no foreign key, because the record outlives all.
    Column("actor", Text, nullable=False),
    Column("actor_user_id", BigInteger),
    Column("action", Text, nullable=False),
    Column("team_id", BigInteger),
    Column("target", Text),
    # From where: a network address, or the host of the command line.
    Column("origin", Text),
    Column("details", JSON, nullable=False),
    Index("ix_audit_log_team_id", "team_id", "id"),
    sqlite_autoincrement=True,
)

_ENDED = "ended_at IS NOT NULL"
_FAILED = f"{_ENDED} AND error_code IS NOT NULL"
_CANCELLED = f"{_ENDED} AND cancel_requested_at IS NOT NULL"
_ORDERING = "kind = 'environment.create' AND ended_at IS NULL"
_WAITING = "ended_at IS NULL AND lease_until IS NULL AND poll_at IS NULL"
_SUSPENDED = "ended_at IS NULL AND poll_at IS NOT NULL"
_HELD = "ended_at IS NULL AND lease_until IS NOT NULL"
_DELETING = "kind = 'environment.delete' AND ended_at IS NULL"

job_logs = Table(
    "job_logs",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    # No foreign key: the row is written by the statement that holds the team's row.
    Column("team_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("env_name", Text, nullable=False),
    Column("app_id", Text),
    Column("environment_id", BigInteger),
    Column("error_code", Text),
    # How the job will end, from before its removal at the provider; not shown to anyone.
    Column("failure_code", Text),
    Column("failure_message", Text),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("lease_until", Double),
    Column("run_at", Double),
    # The job waits at the provider and holds nothing: when the poller has to read this row again.
    Column("poll_at", Double),
    Column("cancel_requested_at", Double),
    Column("payload", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("ended_at", Double),
    Column("updated_at", Double, nullable=False),
    # The failed job whose work this one does again; a job is retried once.
    Column("retry_of", BigInteger),
    # The trace of the order, for who works on the job without a message.
    Column("trace_context", Text),
    Index("ix_job_logs_team_id_id", "team_id", "id"),
    Index(
        "ix_job_logs_retry_of",
        "retry_of",
        unique=True,
        postgresql_where=text("retry_of IS NOT NULL"),
        sqlite_where=text("retry_of IS NOT NULL"),
    ),
    # What lists are filtered by. Only of jobs that are over, so that a step of a job writes none of
    # them; those that are not are few, and found by `ix_job_logs_unfinished`.
    *(
        Index(
            f"ix_job_logs_ended_{column}",
            "team_id",
            column,
            "id",
            postgresql_where=text(_ENDED),
            sqlite_where=text(_ENDED),
        )
        for column in ("env_name", "user_id")
    ),
    # Failed and cancelled ones, by columns that no step of a job that goes well changes: PostgreSQL
    # writes every index anew when a column of any of them, partial or not, changes.
    *(
        Index(
            f"ix_job_logs_{status}",
            "team_id",
            "id",
            postgresql_where=text(which),
            sqlite_where=text(which),
        )
        for status, which in (("failed", _FAILED), ("cancelled", _CANCELLED))
    ),
    # Which have been over for long enough to go.
    Index(
        "ix_job_logs_ended_at",
        "ended_at",
        "id",
        postgresql_where=text(_ENDED),
        sqlite_where=text(_ENDED),
    ),
    # What the reaper looks for: jobs that wait for a worker, and leases that run out. Their places
    # are told in the order of the orders.
    Index(
        "ix_job_logs_waiting_created_at_id",
        "created_at",
        "id",
        postgresql_where=text(_WAITING),
        sqlite_where=text(_WAITING),
    ),
    Index(
        "ix_job_logs_held",
        "lease_until",
        postgresql_where=text(_HELD),
        sqlite_where=text(_HELD),
    ),
    # What the poller reads.
    Index(
        "ix_job_logs_suspended",
        "poll_at",
        postgresql_where=text(_SUSPENDED),
        sqlite_where=text(_SUSPENDED),
    ),
    # A snapshot shows these first.
    Index(
        "ix_job_logs_unfinished",
        "team_id",
        "id",
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
    # One order per name, one deletion per environment, at a time.
    Index(
        "ix_job_logs_ordering",
        "team_id",
        "env_name",
        unique=True,
        postgresql_where=text(_ORDERING),
        sqlite_where=text(_ORDERING),
    ),
    Index(
        "ix_job_logs_deleting",
        "environment_id",
        unique=True,
        postgresql_where=text(_DELETING),
        sqlite_where=text(_DELETING),
    ),
    # Room on the page for a job's steps, most of which change no indexed column.
    postgresql_with={"fillfactor": 80},
)

# What became of jobs whose rows are gone: how many ended so in a month (UTC), and how long they
# took from order to end, together.
job_counts = Table(
    "job_counts",
    metadata,
    Column("team_id", BigInteger, primary_key=True, autoincrement=False),
    Column("month", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("jobs", BigInteger, nullable=False),
    Column("seconds", Double, nullable=False),
)

_LIVING = "deleted_at IS NULL"
_DELETED = "deleted_at IS NOT NULL"

environments = Table(
    "environments",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    Column("team_id", BigInteger, ForeignKey("teams.id"), nullable=False),
    Column("job_id", BigInteger, ForeignKey("job_logs.id"), nullable=False, unique=True),
    Column("shortdomain", Text, nullable=False),
    Column("env_name", Text, nullable=False),
    Column("app_id", Text),
    Column("domain", Text),
    Column("display_name", Text),
    Column("status", Text, nullable=False),
    Column("metadata", JSON),
    Column("created_at", Double, nullable=False),
    Column("deleted_at", Double),
    Index("ix_environments_team_id_id", "team_id", "id"),
    Index("ix_environments_team_id_shortdomain_id", "team_id", "shortdomain", "id"),
    # Lists show these; a team may have deleted far more.
    Index(
        "ix_environments_living",
        "team_id",
        "id",
        postgresql_where=text(_LIVING),
        sqlite_where=text(_LIVING),
    ),
    Index(
        "ix_environments_deleted_at",
        "deleted_at",
        "id",
        postgresql_where=text(_DELETED),
        sqlite_where=text(_DELETED),
    ),
    Index(
        "ix_environments_name",
        "team_id",
        "shortdomain",
        unique=True,
        postgresql_where=text("status <> 'deleted'"),
        sqlite_where=text("status <> 'deleted'"),
    ),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("team_id", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("job_id", BigInteger),
    Column("user_id", BigInteger),
    Column("status", Text),
    Column("routing_key", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("occurred_at", Double, nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_events_team_id_job_id_position", "team_id", "job_id", "position"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    # Which event of which log this is; all null for a message that is not in a log.
    Column("team_id", BigInteger),
    Column("epoch", Text),
    Column("position", BigInteger),
    Column("exchange", Text, nullable=False),
    Column("routing_key", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("properties", JSON, nullable=False),
    Column("not_before", Double),
    Column("created_at", Double, nullable=False),
    # Which trace the message goes on with (`backbone.tracing.context`).
    Column("trace_context", Text),
    Index("ix_outbox_team_id_position", "team_id", "position"),
    Index(
        "ix_outbox_not_before",
        "not_before",
        postgresql_where=text("not_before IS NOT NULL"),
        sqlite_where=text("not_before IS NOT NULL"),
    ),
    # Without it SQLite gives a deleted row's id to the next one, and a late delete takes that.
    sqlite_autoincrement=True,
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("team_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("request_hash", Text, nullable=False),
    Column("job_id", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("last_event_id", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_idempotency_keys_created_at", "created_at"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    # Raised with each new holder.
    Column("fence", BigInteger, nullable=False, server_default=text("0")),
    Column("seconds", Double, nullable=False, server_default=text("0")),
    Column("expires_at", Double, nullable=False),
)

schema_support = Table(
    "schema_support",
    metadata,
    Column("id", Integer, primary_key=True),
    # The oldest revision whose programs may use this schema (`backbone.database.schema`).
    Column("oldest_program", Text, nullable=False),
)

id_blocks = Table(
    "id_blocks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_id", BigInteger, nullable=False),
)
