"""Group commit: orders that come while others are being recorded are recorded together, next."""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, field

import asyncpg
from sqlalchemy.exc import IntegrityError

from backbone.database.statement_pool import StatementPool
from backbone.events.position import EventId
from backbone.orders.order import Order
from backbone.orders.spans import recording
from backbone.orders.statement import record_creations
from backbone.tracing.context import is_recorded
from generated.messaging.contract import ContractError

MOST = 64
"""Orders in a statement: enough for the commit to cost little of each, few enough to be quick."""


@dataclass(eq=False, slots=True)
class _Waiting:
    order: Order
    place: asyncio.Future[EventId | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class OrderGroup:
    """The orders of environments of one process, on PostgreSQL; one statement at a time.

    A lone order is recorded at once. Under load a statement holds what came during the one before,
    so round trips, commits and the locks of teams' rows are shared. No order waits for another's
    team: what finds its team's row locked is recorded by itself, and waits alone.
    """

    def __init__(self, statement_pool: StatementPool) -> None:
        self._statement_pool = statement_pool
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def record(self, order: Order) -> EventId | None:
        """Record an order in one commit and return the place of its first event.

        None when the team is inactive or unknown, has or orders the environment, or has the key.
        Raises IntegrityError when a duplicate came first, and DatabaseUnavailable. Nothing is
        written then.
        """
        waiting = _Waiting(order)
        self._waiting.append(waiting)
        if self._task is None:
            self._task = asyncio.create_task(self._record_all(), name="order-group")
        place = await waiting.place
        if place is None:
            alone = await record_creations(self._statement_pool, [order], waits=True)
            place = alone.get(order.job_id)
        return place

    async def _record_all(self) -> None:
        try:
            while group := self._take():
                await self._record(group)
        finally:
            self._task = None

    def _take(self) -> list[_Waiting]:
        """Take the next orders; of duplicates only the first, whose fate the others must see."""
        group: list[_Waiting] = []
        left: list[_Waiting] = []
        taken: set[tuple[object, ...]] = set()
        for waiting in self._waiting:
            if waiting.place.done():
                continue  # who ordered has gone
            order = waiting.order
            names: set[tuple[object, ...]] = {(order.team_id, order.env_name)}
            if order.idempotency is not None:
                names.add((order.team_id, order.user_id, order.idempotency.key))
            if len(group) < MOST and taken.isdisjoint(names):
                group.append(waiting)
                taken |= names
            else:
                left.append(waiting)
        self._waiting = left
        return group

    async def _record(self, group: list[_Waiting]) -> None:
        places: dict[int, EventId] = {}
        orders = [waiting.order for waiting in group]
        try:
            traced = [order for order in orders if order.trace and is_recorded(order.trace)]
            with recording(traced, len(orders)) if traced else nullcontext():
                places = await record_creations(self._statement_pool, orders, waits=False)
        except (IntegrityError, asyncpg.DataError, ContractError):
            pass  # one of them spoils it for all: each goes by itself, and hears its own error
        except Exception as error:  # noqa: BLE001 - each of them must hear of it
            for waiting in group:
                if not waiting.place.done():
                    waiting.place.set_exception(error)
            return
        for waiting in group:
            if not waiting.place.done():
                waiting.place.set_result(places.get(waiting.order.job_id))
