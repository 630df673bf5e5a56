"""A lease: who has it, for how long, and that a frozen holder knows."""

import asyncio

import pytest
from sqlalchemy import update

from backbone.database.engine import transaction
from backbone.database.tables import leases
from backbone.lease_lock import LeaseLock, LeaseLost

LEASE = "relay"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def end_lease(engine) -> None:
    async with transaction(engine) as conn:
        await conn.execute(update(leases).values(expires_at=0.0))


async def test_one_at_a_time_and_a_higher_number_each_time(engine):
    first, second = LeaseLock(engine, LEASE, 60), LeaseLock(engine, LEASE, 60)
    assert await first.acquire()
    assert not await second.acquire()
    await first.release()
    assert await second.acquire()
    assert not await first.acquire()
    assert second.fences[LEASE] == first.fences[LEASE] + 1
    await first.release()
    assert not await first.acquire(), "who has nothing gives nothing back"


async def test_a_holder_that_was_frozen_beyond_its_lease_knows_at_once(engine):
    clock = Clock()
    lock = LeaseLock(engine, LEASE, 60, clock=clock)
    assert await lock.acquire()
    clock.now += 59
    lock.check()
    clock.now += 1
    with pytest.raises(LeaseLost):
        lock.check()
    assert await lock.acquire(), "nobody took it"
    lock.check()
    await lock.release()
    with pytest.raises(LeaseLost):
        lock.check()


async def test_holding_renews_until_another_has_it(engine):
    lock, thief = LeaseLock(engine, LEASE, 0.3), LeaseLock(engine, LEASE, 60)
    assert await lock.acquire()
    holding = asyncio.create_task(lock.hold())
    for _ in range(3):
        await asyncio.sleep(0.15)
        await end_lease(engine)
    while not await thief.acquire():
        await end_lease(engine)
    async with asyncio.timeout(20):
        await holding


async def test_a_lease_that_was_another_s_in_between_is_not_the_same(engine):
    """Renewing must not turn a lost holding into a new one: what was read belongs to the old."""
    lock, other = LeaseLock(engine, LEASE, 0.3), LeaseLock(engine, LEASE, 60)
    assert await lock.acquire()
    await end_lease(engine)
    assert await other.acquire()
    await other.release()
    async with asyncio.timeout(20):
        await lock.hold()
    await lock.release()
    assert await other.acquire()


async def test_keeping_asks_nobody_while_fresh_and_then_renews(engine):
    clock = Clock()
    lock, other = LeaseLock(engine, LEASE, 60, clock=clock), LeaseLock(engine, LEASE, 60)
    assert await lock.keep()
    await end_lease(engine)
    clock.now += 19
    assert await lock.keep(), "it is fresh, so nobody was asked"
    clock.now += 1
    assert await lock.keep(), "it was renewed"
    assert not await other.keep()


async def test_keeping_takes_the_lease_again_that_another_had_in_between(engine):
    clock = Clock()
    lock, other = LeaseLock(engine, LEASE, 60, clock=clock), LeaseLock(engine, LEASE, 60)
    assert await lock.keep()
    await end_lease(engine)
    assert await other.keep()
    clock.now += 20
    assert not await lock.keep()
    await other.release()
    assert await lock.keep()
    await lock.release()
    assert await other.keep(), "what was given back is free at once"
