"""The relay between real databases and real brokers: in order, nothing lost, one at a time."""

import asyncio
import json
import signal
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
import pytest
from sqlalchemy import func, select, text

from backbone import outbox as queue
from backbone.database.engine import create_engine, reading, statement, transaction
from backbone.database.migrate import upgrade
from backbone.database.tables import leases, outbox
from backbone.events.append import append
from backbone.orders.record import Recorder
from backbone.relay.confirms import Outcome
from backbone.relay.create import create_relay
from backbone.relay.publisher import Publisher
from backbone.relay.queue import QueuedMessage
from backbone.settings import load_settings
from backbone.supervisor import Supervisor
from slipway.amqp import Broker
from slipway.background_tasks import BackgroundTasks
from testing.missing import ServiceMissing, skip_or_fail
from testing.postgres import PrivatePostgres, execute
from testing.tcp_proxy import Proxy
from tests.backbone.rows import creation, job_event, make_team
from tests.integration.relay_process import relay_process

TIMEOUT = 60
FAST = {
    "RELAY_SWEEP_SECONDS": "0.2",
    "RELAY_BACKOFF_MAX_SECONDS": "0.2",
    "RELAY_LEASE_SECONDS": "0.6",
    "RELAY_PUBLISH_TIMEOUT_SECONDS": "1",
}


@asynccontextmanager
async def running(engine, url: str, **settings: str) -> AsyncIterator:
    relay = create_relay(load_settings(FAST | settings), engine, url)
    task = asyncio.create_task(relay.run())
    try:
        yield relay
        assert not task.done(), "the relay must outlive whatever happens"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Listener:
    """What a third party bound to the event exchange hears."""

    def __init__(self) -> None:
        self.messages: list[aio_pika.abc.AbstractIncomingMessage] = []
        self._news = asyncio.Condition()

    async def take(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        async with self._news:
            self.messages.append(message)
            self._news.notify_all()

    async def until(self, happened) -> None:
        async with asyncio.timeout(TIMEOUT), self._news:
            await self._news.wait_for(lambda: happened(self.positions))

    @property
    def positions(self) -> list[int]:
        return [int(str(m.headers["x-event-id"]).split(".")[1]) for m in self.messages]


@asynccontextmanager
async def listening(url: str, exchange: str = "events.topic") -> AsyncIterator[Listener]:
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        topic = await channel.declare_exchange(exchange, "topic", durable=True)
        mine = await channel.declare_queue(exclusive=True)
        await mine.bind(topic, "team.*.job.*.status")
        listener = Listener()
        await mine.consume(listener.take, no_ack=True)
        yield listener


async def empty(engine) -> None:
    async with asyncio.timeout(TIMEOUT):
        while True:
            async with reading(engine) as conn:
                if not await conn.scalar(select(func.count()).select_from(outbox)):
                    return
            await asyncio.sleep(0.02)


async def tell(engine, count: int, team_id: int = 7) -> None:
    for number in range(count):
        async with transaction(engine) as conn:
            await append(conn, team_id, job_event(team_id, number))


async def get(url: str, name: str) -> aio_pika.abc.AbstractIncomingMessage:
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        found = await (await channel.get_queue(name, ensure=False)).get(no_ack=True, fail=False)
        assert found is not None, f"{name} is empty"
        return found


async def test_an_order_reaches_the_job_queue_and_its_event_the_exchange(database, amqp_url):
    await make_team(database)
    async with listening(amqp_url) as listener, running(database, amqp_url):
        order = creation()
        recorded = await Recorder(database).record(order)
        await listener.until(lambda positions: len(positions) == 1)
        await empty(database)
    (event,) = listener.messages
    assert json.loads(event.body) == order.event.model_dump(mode="json")
    assert event.routing_key == f"team.7.job.{order.job_id}.status"
    assert event.headers["x-event-id"] == event.message_id == "epoch7.1"
    assert event.type == "job_status"
    assert event.content_type == "application/json"
    assert event.delivery_mode == 2
    job = await get(amqp_url, "jobs.env.create")
    assert job.body == order.dispatch.body
    assert job.headers["task"] == "domains.environments.create_environment"
    assert job.headers["id"] == job.correlation_id == f"job-{order.job_id}-1"
    assert recorded.last_event_id == "epoch7.0"


async def test_events_arrive_in_the_order_of_the_log_under_load(database, amqp_url):
    await make_team(database)

    async def write() -> None:
        for _ in range(20):
            async with transaction(database) as conn:
                await append(conn, 7, job_event())

    # With a lease that a loaded machine can miss, it would step down and publish some again.
    settings = {"RELAY_BATCH_SIZE": "7", "RELAY_LEASE_SECONDS": "60"}
    async with listening(amqp_url) as listener, running(database, amqp_url, **settings):
        await asyncio.gather(*(write() for _ in range(8)))
        await listener.until(lambda positions: len(positions) >= 160)
        await empty(database)
    assert listener.positions == list(range(1, 161))


async def test_of_two_relays_one_is_active(database, database_url, amqp_url):
    await make_team(database)
    other = create_engine(database_url)
    async with (
        listening(amqp_url) as listener,
        # Nobody dies here, so no lease may run out, however slow the machine is.
        running(database, amqp_url, RELAY_LEASE_SECONDS="60") as first,
        running(other, amqp_url, RELAY_LEASE_SECONDS="60") as second,
    ):
        for _ in range(10):
            await tell(database, 3)
            assert not (first.active and second.active)
        await empty(database)
        await listener.until(lambda positions: len(positions) >= 30)
    assert listener.positions == list(range(1, 31))
    await other.dispose()


async def test_a_stopped_relay_leaves_nothing_that_was_confirmed(database, amqp_url, monkeypatch):
    """Deletions wait for the next message; whoever stops does not leave them to be sent again."""
    monkeypatch.setattr("backbone.relay.relay.DELETION_WINDOW_SECONDS", 60)
    await make_team(database)
    async with running(database, amqp_url) as relay:
        await tell(database, 3)
        async with asyncio.timeout(TIMEOUT):
            while relay._metrics.published._value.get() < 3:
                await asyncio.sleep(0.01)
        # A late wake-up would end the waiting at once.
        await asyncio.sleep(0.1)
    async with reading(database) as conn:
        assert await conn.scalar(select(func.count()).select_from(outbox)) == 0


async def test_a_standby_takes_over_when_the_active_relay_is_killed(
    database, database_url, amqp_url
):
    await make_team(database)
    async with listening(amqp_url) as listener:
        for round_ in range(3):
            async with relay_process(database_url, amqp_url, FAST) as victim:
                before = len(listener.positions)
                await tell(database, 5)
                await listener.until(lambda p, n=before: len(p) > n)
                writing = asyncio.create_task(tell(database, 30))
                await listener.until(lambda p, n=before: len(p) > n + 8)
                victim.send_signal(signal.SIGKILL)
                async with running(database, amqp_url):
                    await writing
                    await empty(database)
                    total = 35 * (round_ + 1)
                    await listener.until(lambda p, total=total: set(p) >= set(range(1, total + 1)))
    firsts = list(dict.fromkeys(listener.positions))
    assert firsts == sorted(firsts), "each event's first delivery is in the log's order"


async def holding(engine) -> int:
    """The number of the relay that has the lease; 0 before the first."""
    async with reading(engine) as conn:
        return await conn.scalar(select(leases.c.fence).where(leases.c.name == "relay")) or 0


async def test_a_standby_takes_over_from_a_frozen_relay_which_does_nothing_when_it_thaws(
    database, database_url, amqp_url
):
    """With default settings. A lock that ends with its session would never come free."""
    await make_team(database)
    async with (
        listening(amqp_url) as listener,
        relay_process(database_url, amqp_url, {}) as frozen,
    ):
        await tell(database, 3)
        await listener.until(lambda positions: 3 in positions)
        await empty(database)
        first = await holding(database)
        async with relay_process(database_url, amqp_url, {}) as standby:
            frozen.send_signal(signal.SIGSTOP)
            await tell(database, 5)
            await listener.until(lambda positions: 8 in positions)
            await empty(database)
            second = await holding(database)
            assert second > first
            frozen.send_signal(signal.SIGCONT)
            await tell(database, 20)
            await listener.until(lambda positions: 28 in positions)
            await empty(database)
            assert await holding(database) == second, "the thawed one stands by"
            assert frozen.poll() is standby.poll() is None
    assert listener.positions == list(range(1, 29)), "nothing is sent twice"


async def test_a_standby_takes_over_from_a_relay_that_the_database_no_longer_hears(
    postgres_url, amqp_url
):
    """A black hole between the active relay and PostgreSQL, and none for anybody else."""
    engine = create_engine(postgres_url)
    await make_team(engine)
    async with Proxy(engine.url.port) as proxy, listening(amqp_url) as listener:
        through = engine.url.set(port=proxy.port).render_as_string(hide_password=False)
        async with relay_process(through, amqp_url, {}) as lost:
            await tell(engine, 3)
            await listener.until(lambda positions: 3 in positions)
            await empty(engine)
            first = await holding(engine)
            proxy.black_hole()
            async with relay_process(postgres_url, amqp_url, {}):
                await tell(engine, 5)
                await listener.until(lambda positions: 8 in positions)
                await empty(engine)
                second = await holding(engine)
                assert second > first
                proxy.heal()
                await tell(engine, 5)
                await listener.until(lambda positions: 13 in positions)
                await empty(engine)
                assert await holding(engine) == second
            # The other way round: it lives, and takes over when it is needed.
            await tell(engine, 1)
            await listener.until(lambda positions: 14 in positions)
            assert lost.poll() is None
    assert listener.positions == list(range(1, 15))
    await engine.dispose()


async def test_a_relay_in_a_black_hole_towards_the_broker_gives_way(database, database_url):
    """It holds the lease and the database; but another one reaches the broker."""
    await make_team(database)
    async with Broker() as broker, Proxy(broker.port) as proxy:
        parts = urllib.parse.urlsplit(broker.url)
        through = parts._replace(
            netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}"
        ).geturl()
        async with (
            listening(broker.url) as listener,
            relay_process(database_url, through, {}),
        ):
            await tell(database, 3)
            await listener.until(lambda positions: 3 in positions)
            await empty(database)
            proxy.black_hole()
            async with relay_process(database_url, broker.url, {}):
                await tell(database, 5)
                await listener.until(lambda positions: 8 in positions)
                await empty(database)


async def test_the_broker_may_die(database):
    await make_team(database)
    broker = Broker()
    await broker.start()
    port = broker.port
    url = broker.url
    async with running(database, url):
        await tell(database, 2)
        await empty(database)
        await broker.stop()
        await tell(database, 5)
        again = Broker()
        await again.start(port=port)
        try:
            async with listening(again.url) as listener:
                await tell(database, 1)
                await empty(database)
                await listener.until(lambda positions: 8 in positions)
        finally:
            await again.stop()
    assert listener.positions == sorted(listener.positions)


@pytest.mark.parametrize("fault", ["black_hole", "cut", "refuse"])
async def test_a_broken_wire_loses_nothing(database, amqp_url, fault):
    await make_team(database)
    parts = urllib.parse.urlsplit(amqp_url)
    async with Proxy(parts.port) as proxy:
        through = parts._replace(
            netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}"
        ).geturl()
        async with listening(amqp_url) as listener, running(database, through):
            await tell(database, 3)
            await empty(database)
            getattr(proxy, fault)()
            await tell(database, 10)
            proxy.heal()
            await tell(database, 2)
            await empty(database)
            await listener.until(lambda positions: 15 in positions)
    firsts = list(dict.fromkeys(listener.positions))
    assert firsts == list(range(1, 16))


async def test_a_silent_broker_does_not_hold_the_relay_for_ever(amqp_url):
    parts = urllib.parse.urlsplit(amqp_url)
    async with Proxy(parts.port) as proxy:
        through = parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}")
        # Without heartbeats, so that nothing but the time-out notices.
        through = through._replace(query="heartbeat=0").geturl()

        async def declare(channel) -> None:
            await channel.declare_exchange("events.topic", "topic", durable=True)

        publisher = Publisher(through, declare, timeout=0.5)
        await publisher.connect()
        proxy.black_hole()
        async with asyncio.timeout(TIMEOUT):
            assert await publisher.publish([]) == []
            message = QueuedMessage(1, 7, "events.topic", "a.b", b"{}", {}, "e.1", {}, 0.0)
            assert await publisher.publish([message]) == [Outcome.LOST]
        assert not publisher.connected
        proxy.heal()
        assert await publisher.publish([message]) == [Outcome.CONFIRMED]
        await publisher.close()


async def test_a_job_without_a_queue_stays_until_there_is_one(database, amqp_url):
    await make_team(database)
    async with running(database, amqp_url), listening(amqp_url) as listener:
        await tell(database, 1)
        await listener.until(lambda positions: positions == [1])
        connection = await aio_pika.connect(amqp_url)
        async with connection:
            channel = await connection.channel()
            await channel.queue_delete("jobs.env.create")
            order = creation()
            async with transaction(database) as conn:
                await queue.add(conn, order.dispatch)
            await tell(database, 1)
            await listener.until(lambda positions: positions == [1, 2])
            async with asyncio.timeout(TIMEOUT):
                while True:
                    async with reading(database) as conn:
                        if await conn.scalar(select(outbox.c.not_before)) is not None:
                            break
                    await asyncio.sleep(0.02)
            jobs = await channel.declare_queue(
                "jobs.env.create",
                durable=True,
                arguments={
                    "x-dead-letter-exchange": "jobs.dead",
                    "x-dead-letter-routing-key": "jobs.env.create",
                },
            )
            await jobs.bind("jobs.direct", "jobs.env.create")
            await empty(database)
        assert (await get(amqp_url, "jobs.env.create")).body == order.dispatch.body


async def test_configured_names_replace_the_contracts(database, amqp_url):
    await make_team(database)
    names = {
        "RABBITMQ_EVENTS_EXCHANGE": "my.events",
        "RABBITMQ_JOBS_EXCHANGE": "my.jobs",
        "RABBITMQ_JOBS_QUEUE": "my.queue",
        "RABBITMQ_JOBS_ROUTING_KEY": "my.key",
    }
    async with listening(amqp_url, "my.events") as listener, running(database, amqp_url, **names):
        order = creation()
        await Recorder(database).record(order)
        await listener.until(lambda positions: positions == [1])
        await empty(database)
    assert (await get(amqp_url, "my.queue")).body == order.dispatch.body
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        await channel.queue_delete("my.queue")


async def test_a_relay_whose_database_session_is_ended_steps_down_and_comes_back(
    postgres_url, amqp_url
):
    engine = create_engine(postgres_url)
    theirs = create_engine(postgres_url, application="relay-under-test")
    await make_team(engine)
    async with listening(amqp_url) as listener, running(theirs, amqp_url) as relay:
        await tell(engine, 1)
        await empty(engine)
        async with statement(engine) as conn:
            ended = await conn.scalar(
                text(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                    "WHERE application_name = 'relay-under-test' AND datname = current_database()"
                )
            )
        assert ended
        await tell(engine, 3)
        await empty(engine)
        await listener.until(lambda positions: 4 in positions)
        async with asyncio.timeout(TIMEOUT):
            while not relay.active:
                await asyncio.sleep(0.01)
    await engine.dispose()
    await theirs.dispose()


async def test_an_idle_relay_holds_no_transaction(postgres_url, amqp_url):
    """A transaction that stays open would keep PostgreSQL from cleaning the outbox up."""
    engine = create_engine(postgres_url, application="relay-under-test")
    watcher = create_engine(postgres_url)
    await make_team(watcher)
    async with running(engine, amqp_url):
        await tell(watcher, 2)
        await empty(watcher)
        async with asyncio.timeout(TIMEOUT), reading(watcher) as conn:
            query = text(
                "SELECT state FROM pg_stat_activity "
                "WHERE application_name = 'relay-under-test' AND datname = current_database()"
            )
            for _ in range(20):
                states = set(await conn.scalars(query))
                assert "idle in transaction" not in states
                await asyncio.sleep(0.01)
            assert states
    await engine.dispose()
    await watcher.dispose()


async def test_the_database_may_restart():
    try:
        server = PrivatePostgres()
    except ServiceMissing as reason:
        skip_or_fail(reason)
    try:
        await asyncio.to_thread(server.start)
        await upgrade(server.url)
        engine = create_engine(server.url)
        await make_team(engine)
        async with (
            Broker() as broker,
            listening(broker.url) as listener,
            running(engine, broker.url) as relay,
        ):
            await tell(engine, 2)
            await listener.until(lambda positions: 2 in positions)
            await asyncio.to_thread(server.stop)
            async with asyncio.timeout(TIMEOUT):
                while relay.active:
                    await asyncio.sleep(0.01)
            await asyncio.to_thread(server.start)
            # The test's own idle connections died too; a request would be told to try again.
            await engine.dispose()
            await tell(engine, 2)
            await empty(engine)
            await listener.until(lambda positions: 4 in positions)
        assert list(dict.fromkeys(listener.positions)) == [1, 2, 3, 4]
        await engine.dispose()
    finally:
        server.remove()


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("ALTER ROLE {0} NOLOGIN", "ALTER ROLE {0} LOGIN"),
        ("ALTER DATABASE {0} RENAME TO {0}_away", "ALTER DATABASE {0}_away RENAME TO {0}"),
    ],
    ids=["nologin", "renamed"],
)
async def test_no_background_task_ends_while_the_database_refuses(postgres_role, begin, end):
    role = postgres_role
    await upgrade(role.url)
    async with Broker() as broker, listening(broker.url) as listener:
        settings = load_settings(
            FAST
            | {
                "DATABASE_URL": role.url,
                "RABBITMQ_URL": broker.url,
                "REAPER_INTERVAL_SECONDS": "0.1",
                "EVENTS_RETENTION_INTERVAL_SECONDS": "0.1",
            }
        )
        engine, writer = create_engine(role.url), create_engine(role.url)
        await make_team(writer)
        async with Supervisor(BackgroundTasks(settings, engine).parts) as supervisor:
            await tell(writer, 2)
            await listener.until(lambda positions: 2 in positions)
            role.disconnect()
            execute(role.server, begin.format(role.name))
            # Long enough for each task to meet it; how long decides nothing.
            await asyncio.sleep(1)
            execute(role.server, end.format(role.name))
            await writer.dispose()
            await tell(writer, 2)
            await listener.until(lambda positions: 4 in positions)
            assert supervisor.readiness() == [], "they wait, and none has failed"
            for task in supervisor._tasks.values():
                assert not task.done()
        await engine.dispose()
        await writer.dispose()
