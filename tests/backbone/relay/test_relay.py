import asyncio
import time

import pytest
import structlog
from sqlalchemy import func, select, update

from backbone import outbox as queue
from backbone.database.engine import reading, transaction
from backbone.database.tables import leases, outbox
from backbone.events.append import append
from backbone.lease_lock import LeaseLock, LeaseLost
from backbone.relay.confirms import Outcome
from backbone.relay.publisher import BrokerUnavailable
from backbone.relay.relay import Relay, RelayRules
from backbone.supervisor import Supervisor
from backbone.wake import Wake
from generated.messaging.message import send_job_status
from tests.backbone.relay.scripted import FreeLock, ScriptedPublisher
from tests.backbone.rows import creation, job_event, make_team


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def publisher() -> ScriptedPublisher:
    return ScriptedPublisher()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def relay(engine, publisher, clock) -> Relay:
    rules = RelayRules(batch=10, sweep=30, backoff_max=0.01, standby=0.001)
    return Relay(engine, publisher, FreeLock(), rules=rules, clock=clock)


async def tell(engine, team_id: int, count: int) -> None:
    async with transaction(engine) as conn:
        for number in range(count):
            await append(conn, team_id, job_event(team_id, number))


async def dispatch(engine, **more) -> None:
    async with transaction(engine) as conn:
        await queue.add(conn, creation().dispatch, **more)


async def waiting(engine) -> int:
    async with reading(engine) as conn:
        return await conn.scalar(select(func.count()).select_from(outbox))


async def test_messages_are_published_in_order_with_their_event_ids_and_then_deleted(
    engine, relay, publisher
):
    await make_team(engine)
    await tell(engine, 7, 3)
    await dispatch(engine)
    assert await relay.drain() == 4
    first, *_, job = publisher.sent
    assert publisher.ids[:3] == ["epoch7.1", "epoch7.2", "epoch7.3"]
    assert first.headers["x-event-id"] == "epoch7.1"
    assert first.body == send_job_status(job_event(7, 0)).body
    assert not first.mandatory
    assert job.mandatory
    assert "x-event-id" not in job.headers
    assert job.headers["task"] == "domains.environments.create_environment"
    assert await waiting(engine) == 0
    assert await relay.drain() == 0


async def test_a_batch_is_bounded(engine, relay, publisher):
    await make_team(engine)
    await tell(engine, 7, 25)
    assert await relay.drain() == 25
    assert publisher.batches == [10, 10, 5]


async def test_nothing_is_deleted_while_the_broker_is_away(engine, relay, publisher):
    await make_team(engine)
    await tell(engine, 7, 2)
    publisher.away = True
    with pytest.raises(BrokerUnavailable):
        await relay.drain()
    assert await waiting(engine) == 2
    publisher.away = False
    assert await relay.drain() == 2


async def test_behind_a_lost_event_the_whole_team_is_sent_again_in_order(engine, relay, publisher):
    await make_team(engine, 7)
    await make_team(engine, 8)
    await tell(engine, 7, 3)
    await tell(engine, 8, 2)
    publisher.answer = lambda m: Outcome.LOST if m.message_id == "epoch7.2" else Outcome.CONFIRMED
    with pytest.raises(BrokerUnavailable, match="1 of 5"):
        await relay.drain()
    assert await waiting(engine) == 2, "team 8 is done, of team 7 the first"
    publisher.sent.clear()
    publisher.answer = lambda _: Outcome.CONFIRMED
    await relay.drain()
    assert publisher.ids == ["epoch7.2", "epoch7.3"]


async def test_a_refused_event_holds_its_team_back_and_nobody_else(engine, relay, publisher, clock):
    await make_team(engine, 7)
    await make_team(engine, 8)
    await tell(engine, 7, 12)
    await tell(engine, 8, 12)
    publisher.answer = lambda m: (
        Outcome.REFUSED if m.message_id == "epoch7.2" else Outcome.CONFIRMED
    )
    await relay.drain()
    assert [i for i in publisher.ids if i.startswith("epoch8")] == [
        f"epoch8.{n}" for n in range(1, 13)
    ]
    assert await waiting(engine) == 11
    publisher.sent.clear()
    await relay.drain()
    assert publisher.sent == [], "not before its time"
    publisher.answer = lambda _: Outcome.CONFIRMED
    clock.now += 2
    await relay.drain()
    assert publisher.ids == [f"epoch7.{n}" for n in range(2, 13)]
    assert await waiting(engine) == 0


async def test_an_unroutable_job_stays_and_is_tried_again_and_blocks_nothing(
    engine, relay, publisher, clock
):
    await make_team(engine)
    for _ in range(15):
        await dispatch(engine)
    await tell(engine, 7, 2)
    publisher.answer = lambda m: Outcome.UNROUTABLE if m.mandatory else Outcome.CONFIRMED
    assert await relay.drain() == 2
    assert publisher.ids == ["epoch7.1", "epoch7.2"]
    assert await waiting(engine) == 15
    publisher.answer = lambda _: Outcome.CONFIRMED
    assert await relay.drain() == 0
    clock.now += 2
    assert await relay.drain() == 15


async def test_what_is_refused_for_long_is_given_up(engine, relay, publisher, clock):
    clock.now = time.time()
    await make_team(engine)
    await tell(engine, 7, 2)
    await dispatch(engine)
    publisher.answer = lambda _: Outcome.REFUSED
    clock.now += 86_000
    await relay.drain()
    assert await waiting(engine) == 3
    clock.now += 500
    await relay.drain()
    assert await waiting(engine) == 0
    assert publisher.sent == []


async def test_what_is_refused_waits_for_a_tenth_of_its_age(engine, relay, publisher, clock):
    clock.now = time.time()
    await dispatch(engine, now=clock.now - 200)
    publisher.answer = lambda _: Outcome.UNROUTABLE
    await relay.drain()
    async with reading(engine) as conn:
        until = await conn.scalar(select(outbox.c.not_before))
    assert 10 <= until - clock.now <= 20.1


async def test_a_message_waits_for_its_time(engine, relay, clock):
    await dispatch(engine, not_before=clock.now + 5)
    assert await relay.drain() == 0
    clock.now += 5
    assert await relay.drain() == 1


async def test_a_commit_wakes_the_running_relay(engine, relay, publisher):
    """The sweep is 30 s away, so only the wake-up can bring these."""
    await make_team(engine)
    running = asyncio.create_task(relay.run())
    for number in range(1, 4):
        await tell(engine, 7, 1)
        await publisher.until(lambda number=number: publisher.attempts >= number)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert publisher.ids == ["epoch7.1", "epoch7.2", "epoch7.3"]
    assert publisher.closed


async def test_the_relay_tries_again_until_the_broker_is_back(engine, relay, publisher):
    await make_team(engine)
    await tell(engine, 7, 1)
    publisher.away = True
    running = asyncio.create_task(relay.run())
    await publisher.until(lambda: publisher.attempts >= 5)
    publisher.away = False
    await publisher.until(lambda: bool(publisher.batches) or not publisher.away)
    while await waiting(engine):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert publisher.ids == ["epoch7.1"]


async def test_a_lost_lock_stops_the_publishing_at_once(engine, publisher, clock):
    lock = FreeLock()
    relay = Relay(engine, publisher, lock, rules=RelayRules(standby=60), clock=clock)
    await make_team(engine)
    await tell(engine, 7, 1)
    reached = asyncio.Event()

    async def hang(messages):
        reached.set()
        await asyncio.Event().wait()

    publisher.publish = hang
    running = asyncio.create_task(relay.run())
    await reached.wait()
    assert relay.active
    lock.lose.set()
    while relay.active or not lock.released:
        await asyncio.sleep(0)
    assert await waiting(engine) == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_unforeseen_error_is_the_supervisors_and_no_message_is_left(
    engine, relay, publisher
):
    await make_team(engine)
    await tell(engine, 7, 1)
    broken = [True]
    publish = publisher.publish

    async def fail_once(messages):
        if broken.pop() if broken else False:
            raise KeyError("unforeseen")
        return await publish(messages)

    publisher.publish = fail_once
    with structlog.testing.capture_logs() as logs:
        async with Supervisor({"relay": relay.run}), asyncio.timeout(20):
            await publisher.until(lambda: publisher.attempts >= 1)
            while await waiting(engine):
                await asyncio.sleep(0)
    assert publisher.ids == ["epoch7.1"]
    assert [log["error"] for log in logs if log["event"] == "part_failed"] == ["KeyError"]


async def test_what_comes_while_a_batch_is_on_its_way_is_read_with_its_deletion(
    engine, relay, publisher
):
    await make_team(engine)
    await tell(engine, 7, 1)
    publish = publisher.publish

    async def more_comes(messages):
        outcomes = await publish(messages)
        if len(publisher.batches) == 1:
            await tell(engine, 7, 2)
            await tell(engine, 7, 1)
        return outcomes

    publisher.publish = more_comes
    async with Wake(engine) as wake:
        assert await relay.drain(wake) == 4
    assert publisher.batches == [1, 3]
    assert publisher.ids == [f"epoch7.{n}" for n in range(1, 5)], "each once"
    assert await waiting(engine) == 0


async def test_in_a_stream_messages_gather_for_the_next_batch(
    engine, relay, publisher, monkeypatch
):
    """Two that would be a batch each, because each commit wakes, become one; then all is idle."""
    monkeypatch.setattr("backbone.relay.relay.STREAM", 2)
    monkeypatch.setattr("backbone.relay.relay.BATCHING_WINDOW_SECONDS", 30)
    await make_team(engine)
    await tell(engine, 7, 1)
    publish, rests = publisher.publish, []

    async def one_more_comes(messages):
        outcomes = await publish(messages)
        if len(publisher.batches) < 3:
            await tell(engine, 7, 1)
        return outcomes

    async def rest(seconds: float) -> None:
        if not rests:
            await tell(engine, 7, 1)
            await tell(engine, 7, 1)
        rests.append(seconds)

    publisher.publish = one_more_comes
    async with Wake(engine) as wake:
        await wake.wait(0)
        monkeypatch.setattr("backbone.relay.relay.asyncio.sleep", rest)
        assert await relay.drain(wake) == 5
        assert publisher.batches == [1, 1, 1, 2]
        assert rests == [30, 30], "the second found nothing"
        assert await waiting(engine) == 0
        await tell(engine, 7, 1)
        publisher.publish = publish
        assert await relay.drain(wake) == 1
        assert len(rests) == 2, "a single message waits for nobody"


@pytest.mark.parametrize("name", ["DELETION_WINDOW_SECONDS", "BATCHING_WINDOW_SECONDS"])
async def test_a_relay_that_is_stopped_deletes_what_was_confirmed(
    engine, relay, publisher, monkeypatch, name
):
    """Its deletions would otherwise have waited for a while yet."""
    monkeypatch.setattr("backbone.relay.relay." + name, 60)
    if name == "BATCHING_WINDOW_SECONDS":
        monkeypatch.setattr("backbone.relay.relay.STREAM", 0)
    await make_team(engine)
    await tell(engine, 7, 3)
    async with Wake(engine) as wake:
        await wake.wait(0)
        draining = asyncio.create_task(relay.drain(wake))
        while not publisher.sent:
            await asyncio.sleep(0)
        draining.cancel()
        with pytest.raises(asyncio.CancelledError):
            await draining
    assert publisher.batches == [3]
    assert await waiting(engine) == 0


async def test_what_was_read_before_the_process_was_frozen_is_not_published(
    engine, relay, publisher
):
    await make_team(engine)
    await tell(engine, 7, 3)
    relay._lock.over = True
    with pytest.raises(LeaseLost):
        await relay.drain()
    assert publisher.sent == []
    assert await waiting(engine) == 3


async def test_a_relay_whose_holding_is_over_finds_and_deletes_nothing(engine, relay, publisher):
    await make_team(engine)
    await tell(engine, 7, 3)
    ours, theirs = LeaseLock(engine, "relay", 60), LeaseLock(engine, "relay", 60)
    assert await ours.acquire()
    relay._lock = ours
    publish = publisher.publish

    async def another_takes_over(messages):
        async with transaction(engine) as conn:
            await conn.execute(update(leases).values(expires_at=0.0))
        assert await theirs.acquire()
        return await publish(messages)

    publisher.publish = another_takes_over
    assert await relay.drain() == 3
    assert await waiting(engine) == 3, "its successor sends them and deletes them"
    assert theirs.fences["relay"] > ours.fences["relay"]
    assert await relay.drain() == 0, "it does not even read"
    relay._lock = theirs
    publisher.publish = publish
    assert await relay.drain() == 3
    assert await waiting(engine) == 0


async def test_a_relay_that_does_not_reach_the_broker_gives_way(engine, publisher):
    """Another one may reach it; who gave way comes back only when it can publish."""
    await make_team(engine)
    await tell(engine, 7, 1)
    lock = FreeLock()
    rules = RelayRules(sweep=30, backoff_max=0.01, standby=0.001, yield_after=0.02)
    relay = Relay(engine, publisher, lock, rules=rules)
    publisher.away = True
    async with Supervisor({"relay": relay.run}) as supervisor, asyncio.timeout(20):
        while not lock.released:
            await asyncio.sleep(0)
        attempts = publisher.attempts
        await publisher.until(lambda: publisher.attempts > attempts + 2)
        assert not relay.active
        assert lock.released == 1
        publisher.away = False
        while await waiting(engine):
            await asyncio.sleep(0)
        assert supervisor.readiness() == []
    assert publisher.ids == ["epoch7.1"]
