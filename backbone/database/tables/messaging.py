"""The event log and the messages that wait for the broker."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Double,
    Index,
    LargeBinary,
    Table,
    Text,
    text,
)

from backbone.database.tables.base import SERIAL, metadata

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
    Column("id", SERIAL, primary_key=True, autoincrement=True),
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
