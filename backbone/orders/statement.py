"""The order of an environment as one PostgreSQL statement: one round trip, one commit."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.direct import DirectStatement
from backbone.database.engine import compact_json, mark_queued
from backbone.events.append import event_values, message_of
from backbone.events.position import EventId
from backbone.orders.order import Order
from backbone.outbox import CHANNEL, properties

# The UPDATE waits for the team's row and judges the newest version of it, so the team's status is
# that of the commit. What a concurrent twin has just written, its subqueries may not see: the
# unique indexes do, and end the whole statement.
_RECORD = DirectStatement(
    f"""
    WITH team AS (
        UPDATE teams SET last_position = last_position + 1
        WHERE id = :team_id AND status IN ('TRIALING', 'ACTIVE')
          AND NOT EXISTS (
              SELECT FROM environments
              WHERE team_id = :team_id AND shortdomain = :env_name AND status <> 'deleted')
          AND NOT EXISTS (
              SELECT FROM idempotency_keys
              WHERE team_id = :team_id AND user_id = :user_id AND key = :key)
        RETURNING id, epoch, last_position
    ), job AS (
        INSERT INTO job_logs (id, team_id, user_id, kind, status, message, env_name, payload,
                              run_at, created_at, updated_at)
        SELECT CAST(:job_id AS bigint), id, CAST(:user_id AS bigint), CAST(:kind AS text),
               'queued', CAST(:message AS text), CAST(:env_name AS text),
               CAST(:payload AS json), CAST(:created_at AS double precision),
               CAST(:created_at AS double precision), CAST(:created_at AS double precision)
        FROM team
    ), event AS (
        INSERT INTO events (team_id, position, type, job_id, status, routing_key, body,
                            occurred_at, created_at)
        SELECT id, last_position, CAST(:type AS text), CAST(:job_id AS bigint),
               CAST(:status AS text), CAST(:routing_key AS text), CAST(:body AS text),
               CAST(:occurred_at AS double precision), CAST(:created_at AS double precision)
        FROM team
    ), message AS (
        INSERT INTO outbox (team_id, epoch, position, exchange, routing_key, body, properties,
                            created_at)
        SELECT id, epoch, last_position, CAST(:exchange AS text), CAST(:routing_key AS text),
               convert_to(CAST(:body AS text), 'UTF8'), CAST(:properties AS json),
               CAST(:created_at AS double precision)
        FROM team
        UNION ALL
        SELECT NULL, NULL, NULL, CAST(:jobs_exchange AS text), CAST(:jobs_routing_key AS text),
               CAST(:jobs_body AS bytea), CAST(:jobs_properties AS json),
               CAST(:created_at AS double precision)
        FROM team
    ), idempotency AS (
        INSERT INTO idempotency_keys (team_id, user_id, key, request_hash, job_id, status,
                                      last_event_id, created_at)
        SELECT id, CAST(:user_id AS bigint), CAST(:key AS text), CAST(:request_hash AS text),
               CAST(:job_id AS bigint), 'queued', epoch || '.' || (last_position - 1),
               CAST(:created_at AS double precision)
        FROM team WHERE CAST(:key AS text) IS NOT NULL
    )
    SELECT epoch, last_position, pg_notify('{CHANNEL}', '') FROM team
    """  # noqa: S608 - the only thing inserted is a constant
)


async def record_creation(engine: AsyncEngine, order: Order) -> EventId | None:
    """Record the order of an environment in one commit and return the place of its first event.

    None when the team is inactive or unknown, has the environment or the key. Raises
    IntegrityError when a twin or another order of the name came first. Nothing is written then.
    """
    row = await _RECORD.first(engine, _values(order))
    if row is None:
        return None
    mark_queued(engine)
    return EventId(row[0], row[1])


def _values(order: Order) -> dict[str, Any]:
    event = message_of(order.event)
    values = event_values(event, order.created_at)
    values.pop("user_id")
    idempotency = order.idempotency
    return values | {
        "team_id": order.team_id,
        "user_id": order.user_id,
        "job_id": order.job_id,
        "kind": order.kind,
        "message": order.event.message,
        "env_name": order.env_name,
        "payload": compact_json(order.payload),
        "exchange": event.exchange,
        "properties": compact_json(properties(event)),
        "jobs_exchange": order.dispatch.exchange,
        "jobs_routing_key": order.dispatch.routing_key,
        "jobs_body": order.dispatch.body,
        "jobs_properties": compact_json(properties(order.dispatch)),
        "key": None if idempotency is None else idempotency.key,
        "request_hash": None if idempotency is None else idempotency.request_hash,
    }
