"""What probes ask of the database, and the smoke event; a probe changes nothing."""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone import outbox
from backbone.database.tables import outbox as outbox_table
from generated.messaging.message import OutgoingMessage


async def touch(conn: AsyncConnection) -> None:
    """One round trip; raises `DatabaseUnavailable` through the connection's context."""
    await conn.execute(text("SELECT 1"))


async def oldest_due_message(conn: AsyncConnection, now: float) -> float | None:
    """When the longest waiting message that is due was queued, in epoch seconds."""
    due = func.coalesce(outbox_table.c.not_before, outbox_table.c.created_at)
    statement = select(func.min(due)).where(due <= now)
    oldest: float | None = (await conn.execute(statement)).scalar_one()
    return oldest


async def queue_smoke_event(conn: AsyncConnection, message: OutgoingMessage) -> None:
    """Hand an event to the relay without a log: team 0 has none, so it has no position either."""
    await outbox.add(conn, message)
