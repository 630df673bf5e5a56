"""Orders of environments as one PostgreSQL statement: many orders, one round trip, one commit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.direct import DirectStatement
from backbone.database.engine import compact_json, mark_queued
from backbone.events.append import message_of
from backbone.events.position import EventId
from backbone.orders.order import CREATE, QUEUED, Order
from backbone.outbox import CHANNEL, properties
from backbone.team_status import ACTIVE_STATUSES

_COLUMNS = {
    "job_id": "bigint",
    "team_id": "bigint",
    "user_id": "bigint",
    "env_name": "text",
    "message": "text",
    "payload": "text",
    "created_at": "double precision",
    "occurred_at": "double precision",
    "exchange": "text",
    "routing_key": "text",
    "body": "text",
    "properties": "text",
    "jobs_exchange": "text",
    "jobs_routing_key": "text",
    "jobs_body": "bytea",
    "jobs_properties": "text",
    "key": "text",
    "request_hash": "text",
}
"""What is told of each order: an array for each column, an element for each order."""


_ACTIVE = ", ".join(f"'{status}'" for status in sorted(ACTIVE_STATUSES))


def _statement(locking: str) -> DirectStatement:
    # The lock is taken on the newest version of each team's row, so the team's status and position
    # are those of the commit; always in the order of ids, so that no two statements wait for each
    # other. What a concurrent duplicate has just written, the subqueries may not see: the unique
    # indexes do, and end the whole statement. They are scalar so that each is a look into an index.
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _COLUMNS.items())
    return DirectStatement(
        f"""
    WITH wanted AS (
        SELECT * FROM unnest({arrays}) AS wanted ({", ".join(_COLUMNS)})
    ), team AS MATERIALIZED (
        SELECT id, epoch, last_position FROM teams
        WHERE id = ANY(CAST(:team_id AS bigint[])) AND status IN ({_ACTIVE})
        ORDER BY id FOR NO KEY UPDATE {locking}
    ), accepted AS MATERIALIZED (
        SELECT wanted.*, epoch,
               last_position + row_number() OVER (PARTITION BY team_id ORDER BY job_id) AS position
        FROM wanted JOIN team ON team.id = wanted.team_id
        WHERE (SELECT true FROM environments
               WHERE team_id = wanted.team_id AND shortdomain = wanted.env_name
                 AND status <> 'deleted' LIMIT 1) IS NULL
          AND (SELECT true FROM job_logs
               WHERE team_id = wanted.team_id AND env_name = wanted.env_name
                 AND kind = '{CREATE}' AND ended_at IS NULL LIMIT 1) IS NULL
          AND (SELECT true FROM idempotency_keys
               WHERE team_id = wanted.team_id AND user_id = wanted.user_id
                 AND key = wanted.key LIMIT 1) IS NULL
    ), moved AS (
        UPDATE teams SET last_position = last.position
        FROM (SELECT team_id, max(position) AS position FROM accepted GROUP BY team_id) AS last
        WHERE teams.id = last.team_id
    ), job AS (
        INSERT INTO job_logs (id, team_id, user_id, kind, status, message, env_name, payload,
                              run_at, created_at, updated_at)
        SELECT job_id, team_id, user_id, '{CREATE}', '{QUEUED}', message, env_name,
               CAST(payload AS json), created_at, created_at, created_at
        FROM accepted
    ), event AS (
        INSERT INTO events (team_id, position, type, job_id, status, routing_key, body,
                            occurred_at, created_at)
        SELECT team_id, position, 'job_status', job_id, '{QUEUED}', routing_key, body,
               occurred_at, created_at
        FROM accepted
    ), message AS (
        INSERT INTO outbox (team_id, epoch, position, exchange, routing_key, body, properties,
                            created_at)
        SELECT team_id, epoch, position, exchange, routing_key, body, properties, created_at
        FROM (
            SELECT job_id, team_id, epoch, position, exchange, routing_key,
                   convert_to(body, 'UTF8') AS body, CAST(properties AS json), created_at
            FROM accepted
            UNION ALL
            SELECT job_id, NULL, NULL, NULL, jobs_exchange, jobs_routing_key, jobs_body,
                   CAST(jobs_properties AS json), created_at
            FROM accepted
        ) AS messages
        ORDER BY job_id, position
    ), idempotency AS (
        INSERT INTO idempotency_keys (team_id, user_id, key, request_hash, job_id, status,
                                      last_event_id, created_at)
        SELECT team_id, user_id, key, request_hash, job_id, '{QUEUED}',
               epoch || '.' || (position - 1), created_at
        FROM accepted WHERE key IS NOT NULL
    )
    SELECT job_id, epoch, position, (SELECT pg_notify('{CHANNEL}', '')) FROM accepted
    """  # noqa: S608 - all that is inserted are constants
    )


_RECORD = _statement("")
_RECORD_UNLESS_LOCKED = _statement("SKIP LOCKED")


async def record_creations(
    engine: AsyncEngine, orders: Sequence[Order], *, waits: bool
) -> dict[int, EventId]:
    """Record orders of environments in one commit; return their first events' places by job.

    Absent are those whose team is inactive or unknown, has or orders the environment, or has the
    key; and, unless it `waits`, those whose team's row is locked. No two may be duplicates. Raises
    IntegrityError when another process's duplicate came first. Nothing is written then.
    """
    statement = _RECORD if waits else _RECORD_UNLESS_LOCKED
    rows = await statement.all(engine, _arrays(orders))
    if rows:
        mark_queued(engine)
    return {job_id: EventId(epoch, position) for job_id, epoch, position, _ in rows}


def _arrays(orders: Sequence[Order]) -> dict[str, tuple[Any, ...]]:
    return dict(zip(_COLUMNS, zip(*map(_values, orders), strict=True), strict=True))


def _values(order: Order) -> tuple[Any, ...]:
    """Return what is told of an order, in the order of `_COLUMNS`."""
    event, dispatch, idempotency = message_of(order.event), order.dispatch, order.idempotency
    return (
        order.job_id,
        order.team_id,
        order.user_id,
        order.env_name,
        order.event.message,
        compact_json(order.payload),
        order.created_at,
        float(order.event.occurred_at),
        event.exchange,
        event.routing_key,
        event.body.decode(),
        compact_json(properties(event)),
        dispatch.exchange,
        dispatch.routing_key,
        dispatch.body,
        compact_json(properties(dispatch)),
        None if idempotency is None else idempotency.key,
        None if idempotency is None else idempotency.request_hash,
    )
