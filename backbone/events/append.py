"""Writes an event: next number, event row and outbox row, in the caller's transaction."""

import time

from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.direct import DirectStatement
from backbone.database.engine import is_postgresql, mark_queued
from backbone.errors import NotFound
from backbone.events.position import EventId
from backbone.events.rows import insert_event, log_event, next_place, parameters
from backbone.outbox import CHANNEL
from generated.messaging.message import OutgoingMessage, send_auth_event, send_job_status
from generated.models.event import (
    ConcurrentLoginAnsweredEvent,
    ConcurrentLoginRequestedEvent,
    JobStatusEvent,
    SessionRevokedEvent,
    TeamStatusChangedEvent,
)

Event = (
    JobStatusEvent
    | ConcurrentLoginRequestedEvent
    | ConcurrentLoginAnsweredEvent
    | SessionRevokedEvent
    | TeamStatusChangedEvent
)
"""What a team's log holds."""

_APPEND = DirectStatement(
    f"""
    WITH {log_event(":team_id")}
    SELECT epoch, position, pg_notify('{CHANNEL}', '') FROM placed
    """  # noqa: S608 - only constants are inserted
)


def message_of(event: Event) -> OutgoingMessage:
    """Build the event's message. Raises ContractError when the event breaks its contract."""
    if isinstance(event, JobStatusEvent):
        return send_job_status(event)
    return send_auth_event(event)


async def append(
    conn: AsyncConnection,
    team_id: int,
    event: Event,
    *,
    now: float | None = None,
    trace: str | None = None,
) -> EventId:
    """Give the event the team's next number, log it and queue its message; the caller commits.

    The team's row stays locked until then, so write this last. The event goes on with the current
    trace, else with `trace`. Raises ContractError, and NotFound
    when there is no such team.
    """
    message = message_of(event)
    now = time.time() if now is None else now
    if is_postgresql(conn):
        row = await _APPEND.first(conn, parameters(message, now, trace) | {"team_id": team_id})
        place = None if row is None else EventId(row[0], row[1])
    else:
        place = await next_place(conn, team_id)
        if place is not None:
            await insert_event(conn, team_id, place, message, now, trace=trace)
    if place is None:
        raise NotFound(f"There is no team {team_id}.")
    mark_queued(conn)
    return place
