"""Records a job: its row, its first event, its message and its idempotency key, or none of them.

On PostgreSQL the order of an environment is one statement, shared with those that come meanwhile.
"""

from typing import Any

from sqlalchemy import exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import is_postgresql, reading, transaction
from backbone.database.tables import environments, idempotency_keys, job_logs, teams
from backbone.errors import (
    AnswerLost,
    DatabaseUnavailable,
    EnvironmentBusy,
    IdempotencyKeyReused,
    NotFound,
    OutcomeUnknown,
    ShortdomainTaken,
    TeamInactive,
)
from backbone.events.append import event_values, insert_event, message_of
from backbone.events.position import EventId
from backbone.orders.group import OrderGroup
from backbone.orders.order import CREATE, DELETE, QUEUED, Order, RecordedJob
from backbone.outbox import add
from backbone.team_status import ACTIVE_STATUSES

_TRIES = 3


class _Refused(Exception):  # noqa: N818 - never leaves this module; it rolls the transaction back
    pass


class Recorder:
    """Records the orders of a process. PostgreSQL takes those for environments in groups."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._group = OrderGroup(engine) if is_postgresql(engine) else None

    async def record(self, order: Order) -> RecordedJob:
        """Record the order in one commit, or find the job that the same key recorded before.

        The team's status is judged under its lock; a deletion marks its environment `deleting`.
        Raises TeamInactive, ShortdomainTaken, EnvironmentBusy, IdempotencyKeyReused, NotFound (team
        or environment), ContractError and DatabaseUnavailable; nothing is written then, nor later.
        Raises OutcomeUnknown when the database may have recorded it; the same key finds it.
        """
        for _ in range(_TRIES):
            try:
                place = await self._record(order)
            except (IntegrityError, _Refused):
                place = None
            except AnswerLost as error:
                raise OutcomeUnknown from error
            if place is not None:
                before = EventId(place.epoch, place.position - 1)
                return RecordedJob(order.job_id, QUEUED, str(before))
            async with reading(self._engine) as conn:
                earlier = await _explain(conn, order)
            if earlier is not None:
                return earlier
            # What stood in the way is gone again, such as a job that ended in the meantime.
        raise DatabaseUnavailable("Too many orders of the same kind at once.")

    async def _record(self, order: Order) -> EventId | None:
        if self._group is not None and order.kind == CREATE:
            return await self._group.record(order)
        async with transaction(self._engine) as conn:
            return await _write(conn, order)


async def _write(conn: AsyncConnection, order: Order) -> EventId:
    place = await _take_place(conn, order)
    if order.kind == DELETE:
        await _mark_deleting(conn, order)
    message = message_of(order.event)
    values = event_values(message, order.created_at)
    await conn.execute(insert(job_logs), order.job_values())
    await insert_event(conn, order.team_id, place, message, values)
    await add(conn, order.dispatch, now=order.created_at)
    if order.idempotency is not None:
        await conn.execute(
            insert(idempotency_keys),
            {
                "team_id": order.team_id,
                "user_id": order.user_id,
                "key": order.idempotency.key,
                "request_hash": order.idempotency.request_hash,
                "job_id": order.job_id,
                "status": QUEUED,
                "last_event_id": str(EventId(place.epoch, place.position - 1)),
                "created_at": order.created_at,
            },
        )
    return place


async def _take_place(conn: AsyncConnection, order: Order) -> EventId:
    query = (
        update(teams)
        .where(teams.c.id == order.team_id, teams.c.status.in_(ACTIVE_STATUSES))
        .values(last_position=teams.c.last_position + 1)
        .returning(teams.c.epoch, teams.c.last_position)
    )
    if order.kind == CREATE:
        query = query.where(~_has_environment(order))
    if order.idempotency is not None:
        query = query.where(
            ~exists().where(
                idempotency_keys.c.team_id == order.team_id,
                idempotency_keys.c.user_id == order.user_id,
                idempotency_keys.c.key == order.idempotency.key,
            )
        )
    row = (await conn.execute(query)).one_or_none()
    if row is None:
        raise _Refused
    return EventId(row.epoch, row.last_position)


async def _mark_deleting(conn: AsyncConnection, order: Order) -> None:
    marked = await conn.execute(
        update(environments)
        .where(
            environments.c.id == order.environment_id,
            environments.c.team_id == order.team_id,
            environments.c.status == "running",
        )
        .values(status="deleting")
    )
    if marked.rowcount != 1:
        raise _Refused


async def _explain(conn: AsyncConnection, order: Order) -> RecordedJob | None:
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
    elif await conn.scalar(select(_has_environment(order) | _has_order(order))):
        raise ShortdomainTaken(
            f"Your team already has or orders an environment named {order.env_name}."
        )
    return None


async def _earlier(conn: AsyncConnection, order: Order) -> RecordedJob | None:
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


async def _explain_deletion(conn: AsyncConnection, order: Order) -> None:
    status = await conn.scalar(
        select(environments.c.status).where(
            environments.c.id == order.environment_id, environments.c.team_id == order.team_id
        )
    )
    if status is None or status == "deleted":
        raise NotFound(f"There is no environment {order.environment_id} in your team.")
    if status != "running":
        raise EnvironmentBusy


def _has_environment(order: Order) -> Any:
    return exists().where(
        environments.c.team_id == order.team_id,
        environments.c.shortdomain == order.env_name,
        environments.c.status != "deleted",
    )


def _has_order(order: Order) -> Any:
    return exists().where(
        job_logs.c.team_id == order.team_id,
        job_logs.c.env_name == order.env_name,
        job_logs.c.kind == CREATE,
        job_logs.c.ended_at.is_(None),
    )
