"""Group commit without a database: who goes with whom, who goes alone, who hears which error."""

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest
from sqlalchemy.exc import IntegrityError

from backbone.database.group import MOST, Group
from backbone.errors import DatabaseUnavailable
from backbone.events.position import EventId
from backbone.orders.order import Order
from backbone.orders.record import names
from generated.messaging.contract import ContractError
from tests.backbone.rows import creation


class Database:
    """Takes the place of the statement: notes its calls, refuses or fails as it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[int], bool]] = []
        self.locked: set[int] = set()
        self.unknown: set[int] = set()
        self.errors: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, orders: Sequence[Order], /, *, waits: bool) -> dict[int, EventId]:
        self.calls.append(([order.job_id for order in orders], waits))
        await self.gate.wait()
        if self.errors:
            raise self.errors.pop(0)
        absent = self.unknown if waits else self.unknown | self.locked
        return {o.job_id: EventId("e", o.job_id) for o in orders if o.team_id not in absent}


class Orders:
    """Writes orders in groups, as the Recorder does."""

    def __init__(self, database: Database) -> None:
        self._group: Group[Order, EventId] = Group(database, "order-group")

    async def record(self, order: Order) -> EventId | None:
        return await self._group.write(order, order.job_id, names(order))


@pytest.fixture
def database() -> Database:
    return Database()


async def entered(database: Database, calls: int = 1) -> None:
    while len(database.calls) < calls:
        await asyncio.sleep(0)


async def test_a_lone_order_goes_at_once(database):
    order = creation()
    assert await Orders(database).record(order) == EventId("e", order.job_id)
    assert database.calls == [([order.job_id], False)]


async def test_what_comes_during_a_statement_goes_together_in_the_next(database):
    group, orders = Orders(database), [creation() for _ in range(5)]
    database.gate.clear()
    first = asyncio.create_task(group.record(orders[0]))
    await entered(database)
    others = [asyncio.create_task(group.record(order)) for order in orders[1:]]
    await asyncio.sleep(0)
    database.gate.set()
    places = await asyncio.gather(first, *others)
    assert places == [EventId("e", order.job_id) for order in orders]
    ids = [order.job_id for order in orders]
    assert database.calls == [(ids[:1], False), (ids[1:], False)]


async def test_a_statement_has_its_limit(database):
    group, orders = Orders(database), [creation() for _ in range(MOST + 1)]
    await asyncio.gather(*map(group.record, orders))
    assert [len(ids) for ids, _ in database.calls] == [MOST, 1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (creation(name="shop"), creation(name="shop")),
        (creation(key="k"), creation(key="k")),
    ],
)
async def test_duplicates_never_go_together(database, first, second):
    other = creation()
    await asyncio.gather(*map(Orders(database).record, (first, second, other)))
    together, later = database.calls
    assert together == ([first.job_id, other.job_id], False)
    assert later == ([second.job_id], False)


async def test_the_same_name_and_key_of_others_are_no_duplicates(database):
    orders = [creation(7, name="shop", key="k"), creation(8, name="shop", key="k")]
    await asyncio.gather(*map(Orders(database).record, orders))
    assert len(database.calls) == 1


async def test_an_order_that_was_left_out_goes_alone_and_waits(database):
    database.locked, database.unknown = {7}, {9}
    locked, free, unknown = creation(7), creation(8), creation(9)
    places = await asyncio.gather(*map(Orders(database).record, (locked, free, unknown)))
    assert places == [EventId("e", locked.job_id), EventId("e", free.job_id), None]
    assert database.calls[1:] == [([locked.job_id], True), ([unknown.job_id], True)]


@pytest.mark.parametrize(
    "error",
    [
        IntegrityError("", None, Exception()),
        asyncpg.UntranslatableCharacterError(),
        ContractError("missing", "/job_id", "Needed"),
    ],
)
async def test_an_order_that_spoils_the_statement_spoils_only_itself(database, error):
    orders = [creation(), creation()]
    database.errors = [error]
    places = await asyncio.gather(*map(Orders(database).record, orders))
    assert places == [EventId("e", order.job_id) for order in orders]
    assert database.calls[1:] == [([order.job_id], True) for order in orders]


async def test_an_orders_own_error_is_its_own(database):
    database.errors = [asyncpg.DataError(), IntegrityError("", None, Exception())]
    results = await asyncio.gather(
        *map(Orders(database).record, (creation(), creation())), return_exceptions=True
    )
    assert [type(result) for result in results] == [IntegrityError, EventId]


async def test_all_hear_that_the_database_is_away_and_the_next_order_is_tried(database):
    group = Orders(database)
    database.errors = [DatabaseUnavailable("away")]
    results = await asyncio.gather(
        *map(group.record, (creation(), creation())), return_exceptions=True
    )
    assert [type(result) for result in results] == [DatabaseUnavailable] * 2
    assert len(database.calls) == 1
    assert await group.record(creation()) is not None


async def test_who_gives_up_while_waiting_orders_nothing(database):
    group, kept = Orders(database), creation()
    database.gate.clear()
    running = asyncio.create_task(group.record(creation()))
    await entered(database)
    given_up = asyncio.create_task(group.record(creation()))
    waiting = asyncio.create_task(group.record(kept))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.sleep(0)
    database.gate.set()
    await asyncio.gather(running, waiting)
    assert database.calls[1:] == [([kept.job_id], False)]


async def test_who_gives_up_during_the_statement_disturbs_nobody(database):
    group, orders = Orders(database), [creation(), creation()]
    database.gate.clear()
    given_up, other = (asyncio.create_task(group.record(order)) for order in orders)
    await entered(database)
    given_up.cancel()
    await asyncio.sleep(0)
    database.gate.set()
    assert await other == EventId("e", orders[1].job_id)
