"""Records a job: its row, its first event, its message and its idempotency key, or none of them.

The order of an environment shares its commit with others of that moment: on PostgreSQL in one
statement, on SQLite in a group of the writer's.
"""

from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import engine_state, mark_queued, reading, transaction
from backbone.database.group import Group
from backbone.database.tables import environments, idempotency_keys, job_logs
from backbone.errors import AnswerLost, DatabaseUnavailable, OutcomeUnknown
from backbone.events.append import message_of
from backbone.events.position import EventId
from backbone.events.rows import insert_event, next_place
from backbone.orders.order import CREATE, DELETE, QUEUED, Order, RecordedJob
from backbone.orders.rules import conditions, explain, may_be_deleted
from backbone.orders.sqlite import record_creation
from backbone.orders.statement import record_creations
from backbone.outbox import add, with_request_id

_TRIES = 3

log = structlog.get_logger(__name__)


class _Refused(Exception):  # noqa: N818 - never leaves this module; it rolls the transaction back
    pass


class Recorder:
    """Records the orders of a process. Those for environments are taken in groups."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        state = engine_state(engine)
        self._record_creation: Callable[[Order], Awaitable[EventId | None]] | None = None
        if state.statement_pool is not None:
            together = partial(record_creations, state.statement_pool)
            group: Group[Order, EventId] = Group(together, "order-group")
            self._record_creation = lambda order: group.write(order, order.job_id, names(order))
        elif state.sqlite_writer is not None:
            self._record_creation = partial(record_creation, state.sqlite_writer)

    async def record(self, order: Order) -> RecordedJob:
        """Record the order in one commit, or find the job that the same key recorded before.

        The order's message carries the id of the request that is being worked on. The team's status
        is judged under its lock; a deletion marks its environment `deleting`.
        Raises TeamInactive, ShortdomainTaken, EnvironmentBusy, IdempotencyKeyReused, NotFound (team
        or environment), ContractError and DatabaseUnavailable; nothing is written then, nor later.
        Raises OutcomeUnknown when the database may have recorded it; the same key finds it.
        """
        with_request_id(order.dispatch)
        recorded = await self._record_or_find(order)
        log.info(
            "order_replayed" if recorded.replayed else "order_recorded",
            job_id=recorded.job_id,
            kind=order.kind,
            env_name=order.env_name,
        )
        return recorded

    async def _record_or_find(self, order: Order) -> RecordedJob:
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
                earlier = await explain(conn, order)
            if earlier is not None:
                return earlier
            # What stood in the way is gone again, such as a job that ended in the meantime.
        raise DatabaseUnavailable("Too many orders of the same kind at once.")

    async def _record(self, order: Order) -> EventId | None:
        # A retry is rare, and the groups' statements do not know of it.
        may_join = order.kind == CREATE and order.retry_of is None
        if may_join and self._record_creation is not None:
            place = await self._record_creation(order)
            if place is not None:
                mark_queued(self._engine)
            return place
        async with transaction(self._engine) as conn:
            return await _write(conn, order)


def names(order: Order) -> list[tuple[object, ...]]:
    """Return what no two orders in a statement may share."""
    found: list[tuple[object, ...]] = [(order.team_id, order.env_name)]
    if order.idempotency is not None:
        found.append((order.team_id, order.user_id, order.idempotency.key))
    return found


async def _write(conn: AsyncConnection, order: Order) -> EventId:
    place = await next_place(conn, order.team_id, *conditions(order))
    if place is None:
        raise _Refused
    if order.kind == DELETE:
        await _mark_deleting(conn, order)
    await conn.execute(insert(job_logs), order.job_values())
    event = message_of(order.event)
    await insert_event(conn, order.team_id, place, event, order.created_at, trace=order.trace)
    await add(conn, order.dispatch, now=order.created_at, trace=order.trace)
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


async def _mark_deleting(conn: AsyncConnection, order: Order) -> None:
    marked = await conn.execute(
        update(environments).where(may_be_deleted(order)).values(status="deleting")
    )
    if marked.rowcount != 1:
        raise _Refused
