"""The outbox as the relay sees it: read what is due, delete what the broker has, postpone."""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    exists,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.direct import DirectStatement
from backbone.database.engine import engine_state, is_postgresql, reading, statement, transaction
from backbone.database.id_in import id_in
from backbone.database.sqlite_writer import SqliteWriter
from backbone.database.tables import leases, outbox
from backbone.events.position import RECORDED_AT_HEADER, EventId
from backbone.relay.low_water_mark import LowWaterMark
from backbone.relay.partition import BUCKET, WHOLE, Partition

EVENT_ID_HEADER = "x-event-id"
_COLUMNS = (
    outbox.c.id,
    outbox.c.team_id,
    outbox.c.epoch,
    outbox.c.position,
    outbox.c.exchange,
    outbox.c.routing_key,
    outbox.c.body,
    outbox.c.properties,
    outbox.c.trace_context,
    outbox.c.created_at,
)

# One trip for both. The SELECT does not see what the DELETE in the same statement does. The driver
# leaves text alone, so equal properties need not be decoded again and again. Who has lost the lease
# deletes nothing, and finds nothing. It waits for no disk: a deletion that a crash of the database
# forgets only has a message sent again, which readers must bear anyway.
# What was never postponed is read from `:start` on: as long as anybody has an old snapshot, deleted
# rows stay, and reading would begin with all of them. The outer join tells the snapshot when there
# is nothing else to tell.
_ADVANCE = """
    WITH held AS MATERIALIZED (
        SELECT set_config('synchronous_commit', 'off', true)
        WHERE NOT EXISTS (
            SELECT FROM unnest(CAST(:leases AS text[]), CAST(:fences AS bigint[])) AS my (name, n)
            WHERE NOT EXISTS (SELECT FROM leases AS l WHERE l.name = my.name AND l.fence = my.n))
    ), removed AS (
        DELETE FROM outbox WHERE id = ANY(CAST(:gone AS bigint[])) AND EXISTS (SELECT FROM held)
    ), fresh AS (
        {fresh}
    ), postponed AS (
        SELECT * FROM outbox
        WHERE EXISTS (SELECT FROM held) AND not_before <= CAST(:now AS double precision)
          AND {mine} AND id <> ALL(CAST(:gone AS bigint[]))
          AND (position IS NULL OR team_id <> ALL(CAST(:without AS bigint[])))
        ORDER BY not_before LIMIT CAST(:most AS bigint)
    ), found AS (
        SELECT * FROM fresh UNION ALL SELECT * FROM postponed
        ORDER BY id LIMIT CAST(:most AS bigint)
    )
    SELECT id, team_id, epoch, position, exchange, routing_key, body, CAST(properties AS text),
           trace_context, created_at, not_before IS NULL,
           CAST(CAST(pg_snapshot_xmin(now.snapshot) AS text) AS bigint),
           CAST(CAST(pg_snapshot_xmax(now.snapshot) AS text) AS bigint)
    FROM (SELECT pg_current_snapshot() AS snapshot) AS now LEFT JOIN found ON true
    ORDER BY id
"""
_FRESH = """
    SELECT * FROM outbox
    WHERE {mine} AND EXISTS (SELECT FROM held) AND id >= CAST(:start AS bigint)
      AND id <> ALL(CAST(:gone AS bigint[])) AND not_before IS NULL
      AND (position IS NULL OR team_id <> ALL(CAST(:without AS bigint[])))
    ORDER BY id LIMIT CAST(:most AS bigint)
"""
# Each bucket is read in the order of an index, or a reading would pass all that others have to do.
_FRESH_OF_BUCKETS = f"""
    SELECT fresh.* FROM unnest(CAST(:buckets AS bigint[])) AS my (bucket)
    CROSS JOIN LATERAL ({_FRESH.format(mine=f"{BUCKET} = my.bucket")}) AS fresh
    ORDER BY id LIMIT CAST(:most AS bigint)
"""  # noqa: S608 - only constants are inserted
_ADVANCE_ALL = DirectStatement(_ADVANCE.format(fresh=_FRESH.format(mine="true"), mine="true"))
_ADVANCE_PARTITION = DirectStatement(
    _ADVANCE.format(fresh=_FRESH_OF_BUCKETS, mine=f"{BUCKET} = ANY(CAST(:buckets AS bigint[]))")
)


_SQLITE_HELD = """
    SELECT 1 WHERE NOT EXISTS (
        SELECT 1 FROM json_each(:fences) AS my
        WHERE NOT EXISTS (SELECT 1 FROM leases WHERE name = my.key AND fence = my.value))
"""
_SQLITE_REMOVED = "DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(:gone))"
_SQLITE_DUE = f"""
    SELECT {", ".join(column.name for column in _COLUMNS)} FROM outbox
    WHERE (not_before IS NULL OR not_before <= :now)
      AND {BUCKET} IN (SELECT value FROM json_each(:buckets))
      AND (position IS NULL OR team_id NOT IN (SELECT value FROM json_each(:without)))
    ORDER BY id LIMIT :most
"""  # noqa: S608 - only constants are inserted


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A row of the outbox. `team_id` is the log whose order it keeps, None for a job's message.

    `trace` is the trace that it goes on with; `created_at` is in epoch seconds.
    """

    id: int
    team_id: int | None
    exchange: str
    routing_key: str
    body: bytes
    headers: dict[str, Any]
    message_id: str | None
    properties: dict[str, Any]
    created_at: float
    trace: str | None = None

    @property
    def mandatory(self) -> bool:
        """Whether the broker must have a queue for it."""
        return bool(self.properties.get("mandatory"))


async def due(engine: AsyncEngine, now: float, *, limit: int) -> list[QueuedMessage]:
    """Read the oldest due messages. Raises DatabaseUnavailable."""
    return await advance(engine, (), now, limit=limit)


async def advance(
    engine: AsyncEngine,
    gone: Sequence[int],
    now: float,
    *,
    limit: int,
    without: Collection[int] = (),
    fences: Mapping[str, int] | None = None,
    low_water_mark: LowWaterMark | None = None,
    partition: Partition = WHOLE,
) -> list[QueuedMessage]:
    """Delete what the broker has confirmed and read the oldest due messages, in one commit.

    Events of the teams in `without` are left out. `fences` are the numbers of the caller's leases:
    when one is over, nothing is deleted and nothing found. `low_water_mark` says where
    reading begins.
    Nothing is found but of `partition`. Raises DatabaseUnavailable.
    """
    if is_postgresql(engine):
        values = {
            "gone": list(gone),
            "now": now,
            "without": sorted(without),
            "most": limit,
            "leases": list(fences or ()),
            "fences": list((fences or {}).values()),
            "start": 0 if low_water_mark is None else low_water_mark.start(),
        }
        reading_ = _ADVANCE_ALL
        if partition.of > 1:
            reading_ = _ADVANCE_PARTITION
            values["buckets"] = partition.buckets
        rows = await reading_.all(engine, values)
        found = [row for row in rows if row[0] is not None]
        fresh = [row[0] for row in found if row[10]]
        # What is left out, for a team's sake or for want of room, is still there.
        if low_water_mark is not None and not without and (fresh or len(found) < limit):
            low_water_mark.note(fresh, oldest=rows[0][11], next_=rows[0][12])
        return [_message(row[:10]) for row in found]
    if gone and (writer := engine_state(engine).sqlite_writer) is not None:
        told = {
            "gone": json.dumps(list(gone)),
            "without": json.dumps(sorted(without)),
            "fences": json.dumps(dict(fences or {})),
            "buckets": json.dumps(partition.buckets),
            "now": now,
            "most": limit,
        }
        return await _advance_sqlite(writer, told)
    async with transaction(engine) if gone else reading(engine) as conn:
        if not await conn.scalar(select(_held(fences))):
            return []
        if gone:
            await conn.execute(delete(outbox).where(id_in(conn, outbox.c.id, gone)))
        return [_message(row) for row in await conn.execute(_due(now, limit, without, partition))]


async def _advance_sqlite(writer: SqliteWriter, values: Mapping[str, Any]) -> list[QueuedMessage]:
    def write(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
        if connection.execute(_SQLITE_HELD, values).fetchone() is None:
            return []
        connection.execute(_SQLITE_REMOVED, values)
        return connection.execute(_SQLITE_DUE, values).fetchall()

    # As on PostgreSQL, it waits for no disk.
    rows = await writer.run(write, sql=_SQLITE_REMOVED + _SQLITE_DUE, durable=False)
    return [_message(row) for row in rows]


def _due(now: float, limit: int, without: Collection[int], partition: Partition) -> Select[Any]:
    query = (
        select(*_COLUMNS)
        .where(or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now))
        .order_by(outbox.c.id)
        .limit(limit)
    )
    if partition.of > 1:
        query = query.where(literal_column(BUCKET).in_(partition.buckets))
    if without:
        query = query.where(
            or_(outbox.c.position.is_(None), outbox.c.team_id.not_in(sorted(without)))
        )
    return query


async def remove(
    engine: AsyncEngine, ids: Sequence[int], *, fences: Mapping[str, int] | None = None
) -> None:
    """Delete what has been done; nothing when a holding of `fences` is over.

    Raises DatabaseUnavailable.
    """
    async with statement(engine) as conn:
        await conn.execute(delete(outbox).where(id_in(conn, outbox.c.id, ids), _held(fences)))


async def postpone(
    engine: AsyncEngine, times: Mapping[int, float], *, fences: Mapping[str, int] | None = None
) -> None:
    """Let each message wait until its time (epoch seconds); `fences` and errors as for `remove`."""
    async with transaction(engine) as conn:
        for id_, until in sorted(times.items()):
            query = update(outbox).where(outbox.c.id == id_, _held(fences))
            await conn.execute(query.values(not_before=until))


def _held(fences: Mapping[str, int] | None) -> ColumnElement[bool]:
    held = (
        exists().where(leases.c.name == name, leases.c.fence == fence)
        for name, fence in (fences or {}).items()
    )
    return and_(true(), *held)


def _message(row: Sequence[Any]) -> QueuedMessage:
    id_, team_id, epoch, position, exchange, routing_key, body, properties, trace, created = row
    logged = position is not None
    if isinstance(properties, str):
        properties = _known(properties) if logged else json.loads(properties)
    headers = dict(properties.get("headers") or {})
    message_id = properties.get("message_id")
    if logged:
        message_id = headers[EVENT_ID_HEADER] = str(EventId(epoch, position))
        headers[RECORDED_AT_HEADER] = int(created * 1000)
    return QueuedMessage(
        id=id_,
        team_id=team_id if logged else None,
        exchange=exchange,
        routing_key=routing_key,
        body=body,
        headers=headers,
        message_id=message_id,
        properties=properties,
        created_at=created,
        trace=trace,
    )


@lru_cache(maxsize=64)
def _known(properties: str) -> dict[str, Any]:
    """Decode those of an event: its id is in other columns, so they are mostly the same text."""
    decoded: dict[str, Any] = json.loads(properties)
    return decoded
