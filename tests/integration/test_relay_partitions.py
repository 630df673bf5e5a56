"""Relays that share the outbox, as processes on PostgreSQL and RabbitMQ: in order, nothing lost."""

import asyncio
import signal
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import select, text

from backbone import leases
from backbone import outbox as queue
from backbone.database import tables
from backbone.database.engine import create_engine, reading, transaction
from backbone.events.append import append
from backbone.relay.partition import partitions
from backbone.relay.partition_index import PartitionIndex
from backbone.relay.queue import advance
from benchmarks.depth.plans import MODES, PostgresPlans, capturing
from tests.backbone.rows import creation, job_event, make_team
from tests.integration.relay_process import relay_process
from tests.integration.test_relay import Listener, empty, listening

ON_RABBITMQ = pytest.mark.parametrize(
    "amqp_url", [pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)], indirect=True
)
TEAMS = range(1, 9)
TIMEOUT = 60
SETTINGS = {
    "RELAY_PARTITIONS": "4",
    "RELAY_SWEEP_SECONDS": "0.2",
    "RELAY_LEASE_SECONDS": "2",
    "RELAY_PUBLISH_TIMEOUT_SECONDS": "1",
}


@pytest.fixture
async def postgres(postgres_url) -> AsyncIterator:
    engine = create_engine(postgres_url)
    for team in TEAMS:
        await make_team(engine, team)
    yield engine
    await engine.dispose()


async def tell(engine, count: int) -> None:
    for number in range(count):
        for team in TEAMS:
            async with transaction(engine) as conn:
                await append(conn, team, job_event(team, number))
                await queue.add(conn, creation(team).dispatch)


async def holders(engine) -> Counter[str]:
    """How many partitions each process has."""
    async with reading(engine) as conn:
        held = await leases.held(conn, "relay-")
        rows = await conn.execute(select(tables.leases.c.name, tables.leases.c.holder))
        return Counter(row.holder for row in rows if row.name in held and "member" not in row.name)


async def members(engine) -> int:
    async with reading(engine) as conn:
        return len(await leases.held(conn, "relay-member-"))


async def until(condition) -> None:
    async with asyncio.timeout(TIMEOUT):
        while not await condition():
            await asyncio.sleep(0.02)


def by_team(listener: Listener) -> Mapping[str, list[int]]:
    heard: dict[str, list[int]] = defaultdict(list)
    for message in listener.messages:
        epoch, _, position = str(message.headers["x-event-id"]).partition(".")
        heard[epoch].append(int(position))
    return heard


def in_order(listener: Listener, count: int) -> bool:
    """Whether each team's events were each first heard in the order of its log, all of them."""
    return {team: list(dict.fromkeys(heard)) for team, heard in by_team(listener).items()} == {
        f"epoch{team}": list(range(1, count + 1)) for team in TEAMS
    }


def all_heard(count: int):
    return lambda positions: positions.count(count) >= len(TEAMS)


@ON_RABBITMQ
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_relay_joins_and_the_other_one_ends_while_events_are_written(
    postgres, postgres_url, amqp_url, end
):
    async def alone() -> bool:
        return list((await holders(postgres)).values()) == [4]

    async def shared() -> bool:
        return list((await holders(postgres)).values()) == [2, 2]

    async def taken_over() -> bool:
        now = await holders(postgres)
        return sum(now.values()) == 4 and ours not in now

    async with AsyncExitStack() as stack:
        listener = await stack.enter_async_context(listening(amqp_url))
        process = relay_process(postgres_url, amqp_url, SETTINGS)
        first = await stack.enter_async_context(process)
        await until(alone)
        (ours,) = await holders(postgres)
        writing = asyncio.create_task(tell(postgres, 60))
        await stack.enter_async_context(relay_process(postgres_url, amqp_url, SETTINGS))
        await until(shared)
        first.send_signal(end)
        await until(taken_over)
        if end == signal.SIGSTOP:
            first.send_signal(signal.SIGCONT)
            # It is counted again, so the second one leaves it its share.
            await until(shared)
            assert first.poll() is None
        await writing
        await listener.until(all_heard(60))
        await empty(postgres)
    assert in_order(listener, 60)


@ON_RABBITMQ
async def test_the_number_changes_while_relays_of_both_are_there(postgres, postgres_url, amqp_url):
    """In a rolling restart from one partition to four and back."""

    async def four_led() -> bool:
        return sum((await holders(postgres)).values()) == 4

    async def another_waits() -> bool:
        return await members(postgres) == 1

    async def led_whole() -> bool:
        async with reading(postgres) as conn:
            holder = await conn.scalar(
                select(tables.leases.c.holder).where(tables.leases.c.name == "relay")
            )
        return bool(holder) and not str(holder).startswith("of ")

    async with AsyncExitStack() as stack:
        listener = await stack.enter_async_context(listening(amqp_url))
        whole = relay_process(postgres_url, amqp_url, SETTINGS | {"RELAY_PARTITIONS": "1"})
        first = await stack.enter_async_context(whole)
        await until(led_whole)
        four = await stack.enter_async_context(relay_process(postgres_url, amqp_url, SETTINGS))
        await until(another_waits)
        writing = asyncio.create_task(tell(postgres, 40))
        await listener.until(all_heard(5))
        assert not await holders(postgres), "those of another number wait"
        first.send_signal(signal.SIGTERM)
        await until(four_led)
        again = relay_process(postgres_url, amqp_url, SETTINGS | {"RELAY_PARTITIONS": "1"})
        await stack.enter_async_context(again)
        await listener.until(all_heard(30))
        assert not await led_whole()
        four.send_signal(signal.SIGTERM)
        await until(led_whole)
        await writing
        await listener.until(all_heard(40))
        await empty(postgres)
    assert in_order(listener, 40)


async def test_a_partition_is_read_by_an_index_however_much_waits_in_others(postgres, postgres_url):
    assert await PartitionIndex(postgres_url).built()
    async with transaction(postgres) as conn:
        await conn.execute(
            text(
                "INSERT INTO outbox (team_id, epoch, position, exchange, routing_key, body, "
                "properties, created_at) SELECT 1, 'epoch1', n, 'jobs.events', 'team.1', '{}', "
                "'{}', 0 FROM generate_series(1, 20000) AS n"
            )
        )
        await append(conn, 2, job_event(2))
    found = [await advance(postgres, (), 0.0, limit=50, partition=one) for one in partitions(4)]
    assert [len(part) for part in found] == [0, 50, 1, 0]
    assert [message.team_id for message in found[2]] == [2]
    async with PostgresPlans(postgres_url) as plans:
        for one in partitions(4):
            async with capturing(postgres) as caught:
                await advance(postgres, (), 0.0, limit=50, partition=one)
            for statement in caught.statements:
                for mode in MODES:
                    plan = await plans.explain(statement, mode)
                    assert plan.rows <= 4 * 50 + 50, f"{one} [{mode}] {plan.rows}: {plan.shape}"
