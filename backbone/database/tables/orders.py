"""What was ordered: jobs, the environments that they make, and the keys of repeated orders."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from backbone.database.tables.base import SERIAL, metadata

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
    Column("id", SERIAL, primary_key=True, autoincrement=True),
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
