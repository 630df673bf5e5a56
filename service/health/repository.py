"""What probes ask of the database, and the smoke event; a probe changes nothing."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone import outbox
from generated.messaging.message import OutgoingMessage


async def touch(conn: AsyncConnection) -> None:
    """One round trip; raises `DatabaseUnavailable` through the connection's context."""
    await conn.execute(text("SELECT 1"))


async def queue_smoke_event(conn: AsyncConnection, message: OutgoingMessage) -> None:
    """Hand an event to the relay without a log: team 0 has none, so it has no position either."""
    await outbox.add(conn, message)
