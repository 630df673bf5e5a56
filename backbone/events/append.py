"""Writes an event: next number, event row and outbox row, in the caller's transaction."""

import time
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.direct import DirectStatement
from backbone.database.engine import compact_json, is_postgresql, mark_queued
from backbone.database.tables import events, outbox, teams
from backbone.errors import NotFound
from backbone.events.position import EventId
from backbone.outbox import CHANNEL, facts, properties
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

# The number is taken under the lock of the team's row and the outbox id after it, so that both grow
# with the order of the commits.
_APPEND = DirectStatement(
    f"""
    WITH team AS (
        UPDATE teams SET last_position = last_position + 1 WHERE id = :team_id
        RETURNING id, epoch, last_position
    ), event AS (
        INSERT INTO events (team_id, position, type, job_id, user_id, status,
                            routing_key, body, occurred_at, created_at)
        SELECT id, last_position, CAST(:type AS text), CAST(:job_id AS bigint),
               CAST(:user_id AS bigint), CAST(:status AS text), CAST(:routing_key AS text),
               CAST(:body AS text), CAST(:occurred_at AS double precision),
               CAST(:created_at AS double precision)
        FROM team
    ), message AS (
        INSERT INTO outbox (team_id, epoch, position, exchange, routing_key, body, properties,
                            created_at)
        SELECT id, epoch, last_position, CAST(:exchange AS text), CAST(:routing_key AS text),
               convert_to(CAST(:body AS text), 'UTF8'), CAST(:properties AS json),
               CAST(:created_at AS double precision)
        FROM team
    )
    SELECT epoch, last_position, pg_notify('{CHANNEL}', '') FROM team
    """  # noqa: S608 - the only thing inserted is a constant
)


def message_of(event: Event) -> OutgoingMessage:
    """Build the event's message. Raises ContractError when the event breaks its contract."""
    if isinstance(event, JobStatusEvent):
        return send_job_status(event)
    return send_auth_event(event)


def event_values(message: OutgoingMessage, now: float) -> dict[str, Any]:
    """Return the columns of an event's row, all but its place in the log."""
    said = facts(message)
    return {
        "type": said["type"],
        "job_id": said.get("job_id"),
        "user_id": said.get("user_id"),
        "status": said.get("status"),
        "routing_key": message.routing_key,
        "body": message.body.decode(),
        "occurred_at": float(said["occurred_at"]),
        "created_at": now,
    }


async def append(
    conn: AsyncConnection, team_id: int, event: Event, *, now: float | None = None
) -> EventId:
    """Give the event the team's next number, log it and queue its message; the caller commits.

    The team's row stays locked until then, so write this last. Raises ContractError, and NotFound
    when there is no such team.
    """
    message = message_of(event)
    values = event_values(message, time.time() if now is None else now)
    if is_postgresql(conn):
        row = await _APPEND.first(
            conn,
            values
            | {
                "team_id": team_id,
                "exchange": message.exchange,
                "properties": compact_json(properties(message)),
            },
        )
        if row is None:
            raise NotFound(f"There is no team {team_id}.")
        place = EventId(row[0], row[1])
    else:
        place = await next_place(conn, team_id)
        await insert_event(conn, team_id, place, message, values)
    mark_queued(conn)
    return place


async def next_place(conn: AsyncConnection, team_id: int) -> EventId:
    """Lock the team's row and take its next number."""
    row = (
        await conn.execute(
            update(teams)
            .where(teams.c.id == team_id)
            .values(last_position=teams.c.last_position + 1)
            .returning(teams.c.epoch, teams.c.last_position)
        )
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no team {team_id}.")
    return EventId(row.epoch, row.last_position)


async def insert_event(
    conn: AsyncConnection,
    team_id: int,
    place: EventId,
    message: OutgoingMessage,
    values: dict[str, Any],
) -> None:
    """Write an event's two rows at a place that `next_place` gave."""
    await conn.execute(insert(events), values | {"team_id": team_id, "position": place.position})
    await conn.execute(
        insert(outbox),
        {
            "team_id": team_id,
            "epoch": place.epoch,
            "position": place.position,
            "exchange": message.exchange,
            "routing_key": message.routing_key,
            "body": message.body,
            "properties": properties(message),
            "created_at": values["created_at"],
        },
    )
