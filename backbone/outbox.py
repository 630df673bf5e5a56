"""Queues messages in the caller's transaction; the relay publishes them after the commit."""

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import func, insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.contextvars import get_contextvars

from backbone.database.direct import DirectStatement
from backbone.database.engine import compact_json, is_postgresql, mark_queued
from backbone.database.tables import outbox
from backbone.tracing.context import current_trace
from generated.messaging.message import OutgoingMessage

REQUEST_ID_HEADER: Final = "x-request-id"
"""The request that a job's message began with, for the log of whoever works on it."""
_REQUEST_ID: Final = "request_id"

CHANNEL = "slipway_outbox"
"""The PostgreSQL notification channel that wakes the relay, with the commit."""

_TOLD: Final = {
    "exchange": "text",
    "routing_key": "text",
    "body": "bytea",
    "properties": "json",
    "not_before": "double precision",
    "created_at": "double precision",
    "trace_context": "text",
}
"""What is told of a message that is in no log, with PostgreSQL's types."""


STALE_SECONDS: Final = 10.0
"""A message that is due for longer is not published as it should be."""


async def first_job_message(conn: AsyncConnection) -> float | None:
    """Tell when the first of the jobs' messages was queued that were never postponed."""
    queued_at: float | None = await conn.scalar(
        select(outbox.c.created_at)
        .where(outbox.c.not_before.is_(None), outbox.c.position.is_(None))
        .order_by(outbox.c.id)
        .limit(1)
    )
    return queued_at


async def oldest_due(conn: AsyncConnection, now: float) -> float | None:
    """Tell since when the message that is due for longest is due, in epoch seconds.

    Of those that were never postponed that is the one with the least id, as they are sent in order.
    """
    first = (
        select(outbox.c.created_at.label("due"))
        .where(outbox.c.not_before.is_(None))
        .order_by(outbox.c.id)
        .limit(1)
        .subquery()
    )
    postponed = select(func.min(outbox.c.not_before).label("due")).where(outbox.c.not_before <= now)
    found = union_all(select(first.c.due), postponed).subquery()
    oldest: float | None = await conn.scalar(
        select(func.min(found.c.due)).where(found.c.due <= now)
    )
    return oldest


def queue_messages(source: str) -> str:
    """Return the INSERT that queues the messages of `source`, a part of a WITH; in no log."""
    columns = ", ".join(_TOLD)
    return f"INSERT INTO outbox ({columns}) SELECT {columns} FROM {source}"  # noqa: S608


# A CTE that writes runs although nothing reads from it, so message and notification are one trip.
_ADD = DirectStatement(
    f"""
    WITH told AS (
        SELECT {", ".join(f"CAST(:{name} AS {kind}) AS {name}" for name, kind in _TOLD.items())}
    ), message AS (
        {queue_messages("told")}
    )
    SELECT pg_notify('{CHANNEL}', '')
    """
)


SQLITE_MESSAGE: Final = f"""
    INSERT INTO outbox ({", ".join(_TOLD)}) VALUES ({", ".join(f":{name}" for name in _TOLD)})
"""  # noqa: S608 - only constants are inserted
"""Queues a message, told by `queued_values`, as a part of what SQLite's writer does at once."""


def queued_values(
    message: OutgoingMessage, now: float, *, not_before: float | None = None, trace: str | None
) -> dict[str, Any]:
    """Return the columns of a message that is in no log, with its properties as JSON text."""
    return {
        "exchange": message.exchange,
        "routing_key": message.routing_key,
        "body": message.body,
        "properties": compact_json(properties(message)),
        "not_before": not_before,
        "created_at": now,
        "trace_context": current_trace() or trace,
    }


async def add(
    conn: AsyncConnection,
    message: OutgoingMessage,
    *,
    not_before: float | None = None,
    now: float | None = None,
    trace: str | None = None,
) -> None:
    """Queue a message that is in no log; it is published after the caller's commit.

    `not_before` (epoch seconds) delays it. It goes on with the current trace, else with `trace`.
    For what belongs into a team's log, use `append`.
    """
    values = queued_values(
        message, time.time() if now is None else now, not_before=not_before, trace=trace
    )
    if is_postgresql(conn):
        await _ADD.first(conn, values)
    else:
        await conn.execute(insert(outbox), values | {"properties": properties(message)})
    mark_queued(conn)


def properties(message: OutgoingMessage) -> dict[str, Any]:
    """Return everything of a message but its address and its body, as JSON."""
    return {
        "operation": message.operation,
        "headers": message.headers,
        "content_type": message.content_type,
        "content_encoding": message.content_encoding,
        "type": message.type,
        "message_id": message.message_id,
        "correlation_id": message.correlation_id,
        "reply_to": message.reply_to,
        "delivery_mode": message.delivery_mode,
        "priority": message.priority,
        "expiration": message.expiration,
        "mandatory": message.mandatory,
    }


def facts(message: OutgoingMessage) -> dict[str, Any]:
    """Return what an event says of itself: the decoded body, which its builder has validated."""
    decoded: dict[str, Any] = json.loads(message.body)
    return decoded


def with_request_id(message: OutgoingMessage) -> OutgoingMessage:
    """Have a message carry the id of the request that is being worked on, if there is one."""
    if (request_id := get_contextvars().get(_REQUEST_ID)) is not None:
        message.headers[REQUEST_ID_HEADER] = request_id
    return message


def request_fields(headers: Mapping[str, Any]) -> dict[str, str]:
    """Return what of a received message's headers belongs into each log line of its work."""
    request_id = headers.get(REQUEST_ID_HEADER)
    return {_REQUEST_ID: request_id} if isinstance(request_id, str) else {}
