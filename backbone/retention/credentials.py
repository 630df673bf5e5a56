"""Deletes credentials and keys whose time is over, and notes of access that nobody reads again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    any_,
    delete,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.access_changes import KEPT
from backbone.database.engine import is_postgresql
from backbone.database.tables import exchange_tokens, idempotency_keys, sessions

KEPT_AFTER_EXPIRY = 86_400.0
"""How long, in seconds, a session, a token or an idempotency key stays after its time."""

EXPIRING: Sequence[tuple[Table, Column[float]]] = (
    (exchange_tokens, exchange_tokens.c.expires_at),
    (sessions, sessions.c.expires_at),
    (idempotency_keys, idempotency_keys.c.created_at),
)
"""Each table, and the column by which its rows go."""

_PAST_CHANGES = {
    # A number that no transaction has had yet came with a backup of another database. Rows that a
    # withdrawal holds are passed over: neither waits for the other.
    True: """
        WITH foreign_ones AS (
          SELECT ctid AS place FROM access_changes
          WHERE stamp >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)
          ORDER BY stamp LIMIT :most FOR UPDATE SKIP LOCKED
        ), old_ones AS (
          SELECT ctid AS place FROM access_changes
          WHERE stamp < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)
            - :kept
          ORDER BY stamp LIMIT :most FOR UPDATE SKIP LOCKED
        ), past AS (SELECT * FROM foreign_ones UNION ALL SELECT * FROM old_ones)
        DELETE FROM access_changes WHERE ctid = ANY(ARRAY(SELECT place FROM past))
    """,
    False: """
        DELETE FROM access_changes WHERE rowid IN (
          SELECT rowid FROM access_changes
          WHERE stamp < (SELECT MAX(stamp) FROM access_changes) - :kept ORDER BY stamp LIMIT :most
        )
    """,
}
"""By whether it is PostgreSQL's."""


async def delete_expired(
    conn: AsyncConnection, table: Table, expiry: Column[float], before: float, most: int
) -> int:
    """Delete up to `most` rows of one of EXPIRING that were over `before` (epoch seconds)."""
    # By their places in the table: for a join with the keys found, all of it might be read.
    place: ColumnElement[Any] = literal_column("ctid" if is_postgresql(conn) else "rowid")
    past = select(place).select_from(table).where(expiry < before).order_by(expiry).limit(most)
    found = (
        place == any_(func.array(past.scalar_subquery()))
        if is_postgresql(conn)
        else place.in_(past)
    )
    return (await conn.execute(delete(table).where(found, expiry < before))).rowcount


async def delete_past_changes(conn: AsyncConnection, most: int) -> int:
    """Delete notes of changed access that every reader has read; up to `most` of each sort."""
    statement = text(_PAST_CHANGES[is_postgresql(conn)])
    return (await conn.execute(statement, {"kept": KEPT, "most": most})).rowcount
