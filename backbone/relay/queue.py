"""The outbox as the relay sees it: read what is due, delete what the broker has, postpone."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.direct import DirectStatement
from backbone.database.engine import is_postgresql
from backbone.database.id_in import id_in
from backbone.database.tables import outbox
from backbone.events.position import EventId

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
)

# One trip for both. The SELECT does not see what the DELETE in the same statement does. The driver
# leaves text alone, so equal properties need not be decoded again and again.
_ADVANCE = DirectStatement(
    """
    WITH removed AS (DELETE FROM outbox WHERE id = ANY(CAST(:gone AS bigint[])))
    SELECT id, team_id, epoch, position, exchange, routing_key, body, CAST(properties AS text)
    FROM outbox
    WHERE id <> ALL(CAST(:gone AS bigint[]))
      AND (not_before IS NULL OR not_before <= CAST(:now AS double precision))
      AND (position IS NULL OR team_id <> ALL(CAST(:without AS bigint[])))
    ORDER BY id LIMIT CAST(:most AS bigint)
    """
)


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A row of the outbox. `team_id` is the log whose order it keeps, None for a job's message."""

    id: int
    team_id: int | None
    exchange: str
    routing_key: str
    body: bytes
    headers: dict[str, Any]
    message_id: str | None
    properties: dict[str, Any]

    @property
    def mandatory(self) -> bool:
        """Whether the broker must have a queue for it."""
        return bool(self.properties.get("mandatory"))


async def due(
    conn: AsyncConnection, now: float, *, limit: int, without: Collection[int] = ()
) -> list[QueuedMessage]:
    """Read the oldest due messages, leaving out events of the teams in `without`."""
    return await advance(conn, (), now, limit=limit, without=without)


async def advance(
    conn: AsyncConnection,
    gone: Sequence[int],
    now: float,
    *,
    limit: int,
    without: Collection[int] = (),
) -> list[QueuedMessage]:
    """Delete what the broker has confirmed and read on as `due` does; PostgreSQL does both at once.

    With something `gone`, the connection must be one to write by.
    """
    if is_postgresql(conn):
        values = {"gone": list(gone), "now": now, "without": sorted(without), "most": limit}
        return [_message(row) for row in await _ADVANCE.all(conn, values)]
    if gone:
        await remove(conn, gone)
    query = (
        select(*_COLUMNS)
        .where(or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now))
        .order_by(outbox.c.id)
        .limit(limit)
    )
    if without:
        query = query.where(
            or_(outbox.c.position.is_(None), outbox.c.team_id.not_in(sorted(without)))
        )
    return [_message(row) for row in await conn.execute(query)]


async def remove(conn: AsyncConnection, ids: Sequence[int]) -> None:
    """Delete what has been done."""
    await conn.execute(delete(outbox).where(id_in(conn, outbox.c.id, ids)))


async def postpone(conn: AsyncConnection, ids: Sequence[int], until: float) -> None:
    """Let messages wait until `until` (epoch seconds)."""
    await conn.execute(update(outbox).where(id_in(conn, outbox.c.id, ids)).values(not_before=until))


def _message(row: Sequence[Any]) -> QueuedMessage:
    id_, team_id, epoch, position, exchange, routing_key, body, properties = row
    logged = position is not None
    if isinstance(properties, str):
        properties = _known(properties) if logged else json.loads(properties)
    headers = dict(properties.get("headers") or {})
    message_id = properties.get("message_id")
    if logged:
        message_id = headers[EVENT_ID_HEADER] = str(EventId(epoch, position))
    return QueuedMessage(
        id=id_,
        team_id=team_id if logged else None,
        exchange=exchange,
        routing_key=routing_key,
        body=body,
        headers=headers,
        message_id=message_id,
        properties=properties,
    )


@lru_cache(maxsize=64)
def _known(properties: str) -> dict[str, Any]:
    """Decode those of an event: its id is in other columns, so they are mostly the same text."""
    decoded: dict[str, Any] = json.loads(properties)
    return decoded
