"""Orders of environments as one PostgreSQL statement: many orders, one round trip, one commit."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from backbone.database.direct import DirectStatement
from backbone.database.engine import compact_json
from backbone.database.statement_pool import StatementPool
from backbone.events.append import message_of
from backbone.events.position import EventId
from backbone.events.rows import log_events
from backbone.orders.order import CREATE, QUEUED, Order
from backbone.orders.rules import as_sql, creation_may_be_recorded, team_may_order
from backbone.orders.spans import recording
from backbone.outbox import CHANNEL, properties, queue_messages
from backbone.tracing.context import is_recorded

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
    "trace_context": "text",
}
"""What is told of each order: an array for each column, an element for each order."""


def _statement(locking: str) -> DirectStatement:
    # The lock is taken on the newest version of each team's row, so the team's status and position
    # are those of the commit; always in the order of ids, so that no two statements wait for each
    # other. What a concurrent duplicate has just written, the rules may not see: the unique indexes
    # do, and end the whole statement.
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _COLUMNS.items())
    return DirectStatement(
        f"""
    WITH wanted AS (
        SELECT * FROM unnest({arrays}) AS wanted ({", ".join(_COLUMNS)})
    ), team AS MATERIALIZED (
        SELECT id, epoch, last_position FROM teams
        WHERE id = ANY(CAST(:team_id AS bigint[])) AND {as_sql(team_may_order)}
        ORDER BY id FOR NO KEY UPDATE {locking}
    ), accepted AS MATERIALIZED (
        SELECT wanted.*, epoch,
               last_position + row_number() OVER (PARTITION BY team_id ORDER BY job_id) AS position
        FROM wanted JOIN team ON team.id = wanted.team_id
        WHERE {creation_may_be_recorded("wanted.")}
    ), event AS (
        SELECT team_id, epoch, position, 'job_status' AS type, job_id,
               CAST(NULL AS bigint) AS user_id, '{QUEUED}' AS status, routing_key, body,
               occurred_at, created_at, exchange, CAST(properties AS json) AS properties,
               trace_context
        FROM accepted
    ), message AS (
        SELECT jobs_exchange AS exchange, jobs_routing_key AS routing_key, jobs_body AS body,
               CAST(jobs_properties AS json) AS properties,
               CAST(NULL AS double precision) AS not_before, created_at, trace_context
        FROM accepted ORDER BY job_id
    ), moved AS (
        UPDATE teams SET last_position = last.position
        FROM (SELECT team_id, max(position) AS position FROM accepted GROUP BY team_id) AS last
        WHERE teams.id = last.team_id
    ), job AS (
        INSERT INTO job_logs (id, team_id, user_id, kind, status, message, env_name, payload,
                              run_at, created_at, updated_at, trace_context)
        SELECT job_id, team_id, user_id, '{CREATE}', '{QUEUED}', message, env_name,
               CAST(payload AS json), created_at, created_at, created_at, trace_context
        FROM accepted
    ), dispatched AS (
        {queue_messages("message")}
    ), {log_events("event")}, idempotency AS (
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
    statement_pool: StatementPool, orders: Sequence[Order], *, waits: bool
) -> dict[int, EventId]:
    """Record orders of environments in one commit; return their first events' places by job.

    Absent are those whose team is inactive or unknown, has or orders the environment, or has the
    key; and, unless it `waits`, those whose team's row is locked. No two may be duplicates. Raises
    IntegrityError when another process's duplicate came first. Nothing is written then.
    """
    statement = _RECORD if waits else _RECORD_UNLESS_LOCKED
    traced = [order for order in orders if order.trace and is_recorded(order.trace)]
    with recording(traced, len(orders)) if traced and not waits else nullcontext():
        rows = await statement_pool.fetch(statement.sql, statement.arguments(_arrays(orders)))
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
        order.trace,
    )
