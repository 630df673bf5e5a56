"""What must be true to record an order, once: for one order or as SQL for many, and why it is not.

The unique indexes say the same of what two transactions write at the same time.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Dialect, column, func, make_url, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import environments, events, idempotency_keys, job_logs, teams
from backbone.errors import (
    EnvironmentBusy,
    IdempotencyKeyReused,
    NotFound,
    ShortdomainTaken,
    TeamInactive,
)
from backbone.events.position import EventId
from backbone.orders.order import CREATE, DELETE, Order, RecordedJob
from backbone.team_status import ACTIVE_STATUSES

_POSTGRESQL: Dialect = make_url("postgresql+asyncpg://").get_dialect()()

team_may_order = teams.c.status.in_(sorted(ACTIVE_STATUSES))
"""The condition on a team's row."""


def conditions(order: Order) -> list[ColumnElement[bool]]:
    """Return what must be true of the team's row and of other rows to record the order."""
    found: list[ColumnElement[bool]] = [team_may_order]
    if order.kind == CREATE:
        found.append(name_is_free(order.team_id, order.env_name))
    if order.idempotency is not None:
        found.append(key_is_new(order.team_id, order.user_id, order.idempotency.key))
    if order.retry_of is not None:
        found.append(_none((job_logs.c.retry_of == order.retry_of,)))
    return found


def name_is_free(team_id: Any, env_name: Any) -> ColumnElement[bool]:
    """Return the condition that a team has and orders no environment of a name.

    Arguments are values or columns, here and below.
    """
    had = (
        environments.c.team_id == team_id,
        environments.c.shortdomain == env_name,
        environments.c.status != "deleted",
    )
    ordered = (
        job_logs.c.team_id == team_id,
        job_logs.c.env_name == env_name,
        job_logs.c.kind == CREATE,
        job_logs.c.ended_at.is_(None),
    )
    return _none(had) & _none(ordered)


def key_is_new(team_id: Any, user_id: Any, key: Any) -> ColumnElement[bool]:
    """Return the condition that no order was recorded with the user's key; no key (None) is new."""
    return _none(
        (
            idempotency_keys.c.team_id == team_id,
            idempotency_keys.c.user_id == user_id,
            idempotency_keys.c.key == key,
        )
    )


def _none(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    # A scalar subquery, so that for each of many orders it is a look into an index.
    return select(true()).where(*conditions).limit(1).scalar_subquery().is_(None)


def creation_may_be_recorded(of_order: str) -> str:
    """Return SQL that is true for a creation that may be recorded, told by its names.

    `of_order` precedes these: `orders.` for a table of orders, `:` for one order's parameters.
    """
    names = ("team_id", "user_id", "env_name", "key")
    of: dict[str, Any] = {name: column(of_order + name, is_literal=True) for name in names}
    return as_sql(
        name_is_free(of["team_id"], of["env_name"])
        & key_is_new(of["team_id"], of["user_id"], of["key"])
    )


def as_sql(condition: ColumnElement[bool]) -> str:
    """Return a condition as text, with its values in it; both databases understand it."""
    options = {"literal_binds": True, "render_postcompile": True}
    return str(condition.compile(dialect=_POSTGRESQL, compile_kwargs=options))


def may_be_deleted(order: Order) -> ColumnElement[bool]:
    """Find the environment of a deletion, if it is the team's and runs."""
    return _named(order) & (environments.c.status == "running")


async def explain(conn: AsyncConnection, order: Order) -> RecordedJob | None:
    """Find the earlier job, or raise why there can be none; None when nothing is in the way."""
    if (earlier := await _earlier(conn, order)) is not None:
        return earlier
    status = await conn.scalar(select(teams.c.status).where(teams.c.id == order.team_id))
    if status is None:
        raise NotFound(f"There is no team {order.team_id}.")
    if status not in ACTIVE_STATUSES:
        raise TeamInactive(f"Team {order.team_id} is {status}; it must be TRIALING or ACTIVE.")
    if order.kind == DELETE:
        await _explain_deletion(conn, order)
    elif not await conn.scalar(select(name_is_free(order.team_id, order.env_name))):
        raise ShortdomainTaken(
            f"Your team already has or orders an environment named {order.env_name}."
        )
    return None


async def _earlier(conn: AsyncConnection, order: Order) -> RecordedJob | None:
    if order.retry_of is not None:
        return await _earlier_retry(conn, order.retry_of)
    if order.idempotency is None:
        return None
    row = (
        await conn.execute(
            select(
                idempotency_keys.c.request_hash,
                idempotency_keys.c.job_id,
                idempotency_keys.c.status,
                idempotency_keys.c.last_event_id,
            ).where(
                idempotency_keys.c.team_id == order.team_id,
                idempotency_keys.c.user_id == order.user_id,
                idempotency_keys.c.key == order.idempotency.key,
            )
        )
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != order.idempotency.request_hash:
        raise IdempotencyKeyReused
    return RecordedJob(row.job_id, row.status, row.last_event_id, replayed=True)


async def _earlier_retry(conn: AsyncConnection, retry_of: int) -> RecordedJob | None:
    first = (
        select(func.min(events.c.position))
        .where(events.c.team_id == job_logs.c.team_id, events.c.job_id == job_logs.c.id)
        .correlate(job_logs)
        .scalar_subquery()
    )
    row = (
        await conn.execute(
            select(job_logs.c.id, job_logs.c.status, teams.c.epoch, first)
            .join(teams, teams.c.id == job_logs.c.team_id)
            .where(job_logs.c.retry_of == retry_of)
        )
    ).one_or_none()
    if row is None:
        return None
    # Without its events, which age has trimmed, a stream begins with a reset.
    before = EventId(row.epoch, max(0, (row[3] or 0) - 1))
    return RecordedJob(row.id, row.status, str(before), replayed=True)


async def _explain_deletion(conn: AsyncConnection, order: Order) -> None:
    status = await conn.scalar(select(environments.c.status).where(_named(order)))
    if status is None or status == "deleted":
        raise NotFound(f"There is no environment {order.environment_id} in your team.")
    if status != "running":
        raise EnvironmentBusy


def _named(order: Order) -> ColumnElement[bool]:
    return (environments.c.id == order.environment_id) & (environments.c.team_id == order.team_id)
