"""Orders of environments on SQLite: each in a group of the writer's, with others of that moment."""

import sqlite3
from typing import Any, Final

from backbone.database.engine import compact_json
from backbone.database.sqlite_writer import SqliteWriter
from backbone.events.append import message_of
from backbone.events.position import EventId
from backbone.events.rows import SQLITE_EVENT, log_sqlite_event, parameters
from backbone.orders.order import CREATE, QUEUED, Order
from backbone.orders.rules import as_sql, creation_may_be_recorded, team_may_order
from backbone.outbox import SQLITE_MESSAGE, queued_values

_PLACE: Final = f"""
    UPDATE teams SET last_position = last_position + 1
    WHERE id = :team_id AND {as_sql(team_may_order)} AND {creation_may_be_recorded(":")}
    RETURNING epoch, last_position
"""  # noqa: S608 - only constants are inserted
_JOB: Final = f"""
    INSERT INTO job_logs (id, team_id, user_id, kind, status, message, env_name, payload, run_at,
                          created_at, updated_at, trace_context)
    VALUES (:job_id, :team_id, :user_id, '{CREATE}', '{QUEUED}', :message, :env_name, :payload,
            :created_at, :created_at, :created_at, :trace)
"""  # noqa: S608 - only constants are inserted
_KEY: Final = f"""
    INSERT INTO idempotency_keys (team_id, user_id, key, request_hash, job_id, status,
                                  last_event_id, created_at)
    VALUES (:team_id, :user_id, :key, :request_hash, :job_id, '{QUEUED}', :before, :created_at)
"""  # noqa: S608 - only constants are inserted
_SQL: Final = _JOB + SQLITE_EVENT + SQLITE_MESSAGE + _KEY


async def record_creation(writer: SqliteWriter, order: Order) -> EventId | None:
    """Record the order of an environment and return its first event's place.

    None when the team is inactive or unknown, has or orders the environment, or has the key.
    Raises IntegrityError and DatabaseUnavailable. Nothing is written then.
    """
    idempotency = order.idempotency
    values: dict[str, Any] = {
        "job_id": order.job_id,
        "team_id": order.team_id,
        "user_id": order.user_id,
        "env_name": order.env_name,
        "message": order.event.message,
        "payload": compact_json(order.payload),
        "created_at": order.created_at,
        "trace": order.trace,
        "key": None if idempotency is None else idempotency.key,
        "request_hash": None if idempotency is None else idempotency.request_hash,
    }
    event = parameters(message_of(order.event), order.created_at, order.trace)
    dispatch = queued_values(order.dispatch, order.created_at, trace=order.trace)

    def write(connection: sqlite3.Connection) -> EventId | None:
        told = {**event, **{name: values[name] for name in ("env_name", "key")}}
        place = log_sqlite_event(connection, order.team_id, told, _PLACE)
        if place is None:
            return None
        connection.execute(_JOB, values)
        connection.execute(SQLITE_MESSAGE, dispatch)
        if idempotency is not None:
            before = str(EventId(place.epoch, place.position - 1))
            connection.execute(_KEY, {**values, "before": before})
        return place

    return await writer.run(write, sql=_SQL)
