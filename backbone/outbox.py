"""Queues messages in the caller's transaction; the relay publishes them after the commit."""

import json
import time
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.engine import compact_json, is_postgresql, mark_queued
from backbone.database.tables import outbox
from generated.messaging.message import OutgoingMessage

CHANNEL = "slipway_outbox"
"""The PostgreSQL notification channel that wakes the relay, with the commit."""

# A CTE that writes runs although nothing reads from it, so message and notification are one trip.
_ADD = text(
    f"""
    WITH message AS (
        INSERT INTO outbox (exchange, routing_key, body, properties, not_before, created_at)
        VALUES (:exchange, :routing_key, :body, CAST(:properties AS json),
                CAST(:not_before AS double precision), CAST(:created_at AS double precision))
    )
    SELECT pg_notify('{CHANNEL}', '')
    """  # noqa: S608 - the only thing inserted is the constant above
)


async def add(
    conn: AsyncConnection,
    message: OutgoingMessage,
    *,
    not_before: float | None = None,
    now: float | None = None,
) -> None:
    """Queue a message that is in no log; it is published after the caller's commit.

    `not_before` (epoch seconds) delays it. For what belongs into a team's log, use `append`.
    """
    values = {
        "exchange": message.exchange,
        "routing_key": message.routing_key,
        "body": message.body,
        "properties": properties(message),
        "not_before": not_before,
        "created_at": time.time() if now is None else now,
    }
    if is_postgresql(conn):
        await conn.execute(_ADD, values | {"properties": compact_json(values["properties"])})
    else:
        await conn.execute(insert(outbox), values)
    mark_queued(conn)


def properties(message: OutgoingMessage) -> dict[str, Any]:
    """Everything of a message but its address and its body, as JSON."""
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
