"""An event's number and its rows in the log and in the outbox: only this code writes them.

As SQL, to be a part of PostgreSQL's statement or a group of SQLite's writer, and as SQLAlchemy, to
be a part of a transaction. Either way the number is taken under the lock of the team's row, and the
outbox id after it, so that both grow in the order of the commits.
"""

import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.engine import compact_json
from backbone.database.tables import events, outbox, teams
from backbone.events.position import EventId
from backbone.outbox import facts, properties
from backbone.tracing.context import current_trace
from generated.messaging.message import OutgoingMessage

EVENT_COLUMNS: Final = {
    "type": "text",
    "job_id": "bigint",
    "user_id": "bigint",
    "status": "text",
    "routing_key": "text",
    "body": "text",
    "occurred_at": "double precision",
    "created_at": "double precision",
    "exchange": "text",
    "properties": "json",
    "trace_context": "text",
}
"""What `parameters` tells of an event, with PostgreSQL's types."""


def log_events(source: str) -> str:
    """Return the parts of a WITH that write the events of `source`, which is another part of it.

    Its columns: team_id, epoch, position, and those of `parameters`.
    """
    return f"""
    logged AS (
        INSERT INTO events (team_id, position, type, job_id, user_id, status, routing_key, body,
                            occurred_at, created_at)
        SELECT team_id, position, type, job_id, user_id, status, routing_key, body,
               occurred_at, created_at
        FROM {source}
    ), queued AS (
        INSERT INTO outbox (team_id, epoch, position, exchange, routing_key, body, properties,
                            created_at, trace_context)
        SELECT team_id, epoch, position, exchange, routing_key, convert_to(body, 'UTF8'),
               properties, created_at, trace_context
        FROM {source} ORDER BY team_id, position
    )"""  # noqa: S608 - only constants are inserted


def log_event(team_id: str) -> str:
    """Return the parts of a WITH that write one event, told by `parameters`; `placed` is its place.

    `team_id` is SQL: a parameter or a subquery that finds one team or none.
    """
    told = ", ".join(f"CAST(:{name} AS {kind}) AS {name}" for name, kind in EVENT_COLUMNS.items())
    return f"""
    placed AS (
        UPDATE teams SET last_position = last_position + 1 WHERE id = {team_id}
        RETURNING id AS team_id, epoch, last_position AS position
    ), told AS (
        SELECT placed.*, {told} FROM placed
    ), {log_events("told")}"""  # noqa: S608 - only constants are inserted


_SQLITE_PLACE = """
    UPDATE teams SET last_position = last_position + 1 WHERE id = :team_id
    RETURNING epoch, last_position
"""
_SQLITE_LOGGED = """
    INSERT INTO events (team_id, position, type, job_id, user_id, status, routing_key, body,
                        occurred_at, created_at)
    VALUES (:team_id, :position, :type, :job_id, :user_id, :status, :routing_key, :body,
            :occurred_at, :created_at)
"""
_SQLITE_QUEUED = """
    INSERT INTO outbox (team_id, epoch, position, exchange, routing_key, body, properties,
                        created_at, trace_context)
    VALUES (:team_id, :epoch, :position, :exchange, :routing_key, CAST(:body AS blob), :properties,
            :created_at, :trace_context)
"""
SQLITE_EVENT: Final = _SQLITE_PLACE + _SQLITE_LOGGED + _SQLITE_QUEUED
"""What a trace shows of `log_sqlite_event`."""


def log_sqlite_event(
    connection: sqlite3.Connection,
    team_id: int,
    told: Mapping[str, Any],
    place_sql: str = _SQLITE_PLACE,
) -> EventId | None:
    """Write one event, told by `parameters`, in a transaction of the SQLite writer.

    `place_sql` takes the team's next number, if it may. None when it takes none.
    """
    values = {**told, "team_id": team_id}
    found: tuple[str, int] | None = connection.execute(place_sql, values).fetchone()
    if found is None:
        return None
    values["epoch"], values["position"] = found
    connection.execute(_SQLITE_LOGGED, values)
    connection.execute(_SQLITE_QUEUED, values)
    return EventId(*found)


def parameters(message: OutgoingMessage, now: float, trace: str | None = None) -> dict[str, Any]:
    """Return what `log_event` needs to know of an event; it is logged at `now` (epoch seconds).

    It goes on with the current trace, else with `trace`.
    """
    return values(message, now) | {
        "exchange": message.exchange,
        "properties": compact_json(properties(message)),
        "trace_context": current_trace() or trace,
    }


def values(message: OutgoingMessage, now: float) -> dict[str, Any]:
    """Return the columns of an event's row in the log, all but its place."""
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


async def next_place(
    conn: AsyncConnection, team_id: int, *conditions: ColumnElement[bool]
) -> EventId | None:
    """Lock the team's row and take its next number; None when there is none that meets them all."""
    row = (
        await conn.execute(
            update(teams)
            .where(teams.c.id == team_id, *conditions)
            .values(last_position=teams.c.last_position + 1)
            .returning(teams.c.epoch, teams.c.last_position)
        )
    ).one_or_none()
    return None if row is None else EventId(row.epoch, row.last_position)


async def insert_event(
    conn: AsyncConnection,
    team_id: int,
    place: EventId,
    message: OutgoingMessage,
    now: float,
    *,
    trace: str | None = None,
) -> None:
    """Write an event's two rows at a place that `next_place` gave; `trace` as for `parameters`."""
    place_columns = {"team_id": team_id, "position": place.position}
    await conn.execute(insert(events), values(message, now) | place_columns)
    await conn.execute(
        insert(outbox),
        place_columns
        | {
            "epoch": place.epoch,
            "exchange": message.exchange,
            "routing_key": message.routing_key,
            "body": message.body,
            "properties": properties(message),
            "created_at": now,
            "trace_context": current_trace() or trace,
        },
    )
