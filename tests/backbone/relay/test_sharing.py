"""Relays that share partitions: fairly, and never two of them one."""

import asyncio
from collections.abc import Iterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import func, select, update

from backbone.database.engine import reading, transaction
from backbone.database.tables import leases, outbox
from backbone.events.append import append
from backbone.lease_lock import LeaseLock
from backbone.relay.partition import LEASE, Partition, partitions
from backbone.relay.relay import Relay, RelayRules
from backbone.relay.sharing import PartitionLock, Sharing, fair_share
from backbone.supervisor import Supervisor
from tests.backbone.relay.scripted import ScriptedPublisher
from tests.backbone.rows import job_event, make_team


@pytest.mark.parametrize(
    ("partitions", "relays", "share"),
    [(4, 0, 4), (4, 1, 4), (4, 2, 2), (4, 3, 2), (4, 4, 1), (4, 9, 1), (16, 3, 6)],
)
def test_all_partitions_find_a_relay_whatever_its_share(partitions, relays, share):
    assert fair_share(partitions, relays) == share
    assert share * max(1, relays) >= partitions


class Process:
    """A process's relays, of which a test makes each step."""

    def __init__(self, engine, of: int = 4) -> None:
        self.sharing = Sharing(engine, of, 60)
        self.locks = {each.number: PartitionLock(self.sharing, each) for each in partitions(of)}
        self.sharing.relays = dict.fromkeys(self.locks, self)
        self.gave_way = False

    def give_up(self) -> None: ...

    async def take_all_it_may(self) -> list[int]:
        await self.sharing.look()
        for lock in self.locks.values():
            await lock.acquire()
        return sorted(self.sharing.mine)

    async def end(self) -> None:
        for lock in self.locks.values():
            await lock.release()
        await self.sharing._leave()


async def test_who_is_alone_takes_all_and_leaves_half_to_the_next_one(engine):
    first, second = Process(engine), Process(engine)
    assert await first.take_all_it_may() == [0, 1, 2, 3]
    assert await second.take_all_it_may() == [], "nothing is free"
    await first.sharing.look()
    assert first.sharing.share == 2
    for number in (2, 3):
        await first.locks[number].release()
    assert await first.take_all_it_may() == [0, 1], "it takes back no more than its share"
    assert await second.take_all_it_may() == [2, 3]
    await first.end()
    assert await second.take_all_it_may() == [0, 1, 2, 3]


async def test_of_two_that_come_at_once_each_takes_its_share_and_no_partition_has_two(engine):
    first, second = Process(engine), Process(engine)
    await first.sharing.look()
    await second.sharing.look()
    await first.sharing.look()
    locks = [
        lock
        for pair in zip(first.locks.values(), second.locks.values(), strict=True)
        for lock in pair
    ]
    await asyncio.gather(*(lock.acquire() for lock in locks))
    for process in (first, second):
        assert len(await process.take_all_it_may()) == 2
    assert first.sharing.mine | second.sharing.mine == {0, 1, 2, 3}


async def test_who_does_not_reach_the_broker_is_counted_no_more(engine):
    first, second = Process(engine), Process(engine)
    await first.sharing.look()
    await second.sharing.look()
    first.gave_way = True
    await first.sharing.look()
    assert await second.take_all_it_may() == [0, 1, 2, 3]


async def test_who_has_not_looked_for_a_lease_takes_nothing(engine):
    process = Process(engine)
    now = [0.0]
    process.sharing.clock = lambda: now[0]
    await process.sharing.look()
    assert process.sharing.may_take(Partition(0, 4))
    now[0] += 60
    assert not process.sharing.may_take(Partition(0, 4))


async def test_another_number_of_partitions_waits_until_all_of_the_present_one_are_over(engine):
    four, two, whole = Process(engine, 4), Process(engine, 2), LeaseLock(engine, LEASE, 60)
    assert await four.take_all_it_may() == [0, 1, 2, 3]
    await four.locks[0].release()
    assert await two.take_all_it_may() == []
    assert not await whole.acquire(), "nor do those of an earlier release"
    assert await four.locks[1].acquire(), "meanwhile they are renewed"
    await end_leases(engine)
    assert await two.take_all_it_may() == [0, 1]
    assert not await four.locks[1].acquire(), "theirs is over"
    await end_leases(engine)
    assert await whole.acquire()
    assert await Process(engine, 4).take_all_it_may() == []


async def end_leases(engine) -> None:
    async with transaction(engine) as conn:
        await conn.execute(update(leases).values(expires_at=0.0))


async def test_a_relay_of_an_earlier_number_finds_and_deletes_nothing_although_nobody_has_its_lease(
    engine,
):
    await make_team(engine, 4)
    async with transaction(engine) as conn:
        await append(conn, 4, job_event(4))
    four, two = Process(engine, 4), Process(engine, 2)
    await four.take_all_it_may()
    publisher = ScriptedPublisher()
    relay = Relay(engine, publisher, four.locks[0], partition=Partition(0, 4))
    publish = publisher.publish

    async def others_begin(messages):
        await end_leases(engine)
        assert await two.take_all_it_may() == [0, 1]
        return await publish(messages)

    publisher.publish = others_begin
    assert await relay.drain() == 1
    async with reading(engine) as conn:
        assert await conn.scalar(select(func.count()).select_from(outbox)) == 1
    assert await relay.drain() == 0, "it does not even read"


class Running:
    """A process whose relays run, with what they have published."""

    def __init__(self, engine, journal: list[tuple[int, str]]) -> None:
        rules = RelayRules(batch=5, sweep=0.02, standby=0.01)
        self.sharing = Sharing(engine, 4, 60, interval=0.01)
        self.publishers = {number: ScriptedPublisher() for number in range(4)}
        self.sharing.relays = {
            each.number: Relay(
                engine,
                self.publishers[each.number],
                PartitionLock(self.sharing, each),
                partition=each,
                rules=rules,
            )
            for each in partitions(4)
        }
        for publisher in self.publishers.values():
            publisher.answer = self._noting(publisher.answer, journal)

    @staticmethod
    def _noting(answer, journal):
        def noted(message):
            if message.team_id is not None:
                journal.append((message.team_id, message.message_id))
            return answer(message)

        return noted

    def parts(self) -> Iterator:
        yield "sharing", self.sharing.run
        yield from ((str(number), relay.run) for number, relay in self.sharing.relays.items())

    @asynccontextmanager
    async def at_work(self):
        async with Supervisor(dict(self.parts())):
            yield


async def until(condition) -> None:
    async with asyncio.timeout(60):
        while not await condition():
            await asyncio.sleep(0.01)


async def test_events_keep_their_order_while_relays_come_and_go(engine):
    journal: list[tuple[int, str]] = []
    teams = range(1, 9)
    for team in teams:
        await make_team(engine, team)

    async def write() -> None:
        for number in range(15):
            for team in teams:
                async with transaction(engine) as conn:
                    await append(conn, team, job_event(team, number))
            await asyncio.sleep(0.01)

    async def empty() -> bool:
        async with reading(engine) as conn:
            return not await conn.scalar(select(func.count()).select_from(outbox))

    first, second = Running(engine, journal), Running(engine, journal)
    writing = asyncio.create_task(write())
    async with first.at_work():

        async def all_first() -> bool:
            return len(first.sharing.mine) == 4

        async def shared() -> bool:
            return len(first.sharing.mine) == len(second.sharing.mine) == 2

        await until(all_first)
        async with second.at_work():
            await until(shared)
        await until(all_first)
        await writing
        await until(empty)
    for team in teams:
        expected = [f"epoch{team}.{position}" for position in range(1, 16)]
        heard = [event for whose, event in journal if whose == team]
        assert list(dict.fromkeys(heard)) == expected, "who is stopped may have sent some already"
