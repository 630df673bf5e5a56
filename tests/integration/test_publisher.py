"""The publisher on real brokers: what it says of each message is what became of it."""

import asyncio
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import suppress

import aio_pika
import pytest
import structlog

from backbone.relay import confirms
from backbone.relay.confirms import ConfirmedChannel, Outcome
from backbone.relay.plain import PlainChannel
from backbone.relay.publisher import BrokerUnavailable, Publisher
from backbone.relay.queue import QueuedMessage
from testing.tcp_proxy import Proxy

CONFIRMED, UNROUTABLE, REFUSED, LOST = (
    Outcome.CONFIRMED,
    Outcome.UNROUTABLE,
    Outcome.REFUSED,
    Outcome.LOST,
)
EXCHANGE = "publisher.test"
PERSISTENT = {"delivery_mode": 2, "mandatory": True}


async def declare(channel: aio_pika.abc.AbstractChannel) -> None:
    exchange = await channel.declare_exchange(EXCHANGE, "direct", durable=True)
    taking = await channel.declare_queue("publisher.taking", durable=True)
    await taking.bind(exchange, "taking")
    full = await channel.declare_queue(
        "publisher.full",
        durable=True,
        arguments={"x-max-length": 1, "x-overflow": "reject-publish"},
    )
    await full.bind(exchange, "full")


async def undeclare(url: str) -> None:
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        for name in ("publisher.taking", "publisher.full"):
            await channel.queue_delete(name)
        await channel.exchange_delete(EXCHANGE)


@pytest.fixture(autouse=True, params=["by our frames", "by aio-pika alone"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How messages are published: as ever, and where aiormq lacks a part that we rely on."""
    if request.param == "by aio-pika alone":
        monkeypatch.setattr(confirms, "_RELIED_ON", ("_on_confirm_frame", "_gone"))
    return request.param


@pytest.fixture
async def publisher(amqp_url: str) -> AsyncIterator[Publisher]:
    publisher = Publisher(amqp_url, declare, timeout=10)
    yield publisher
    await publisher.close()
    await undeclare(amqp_url)


def message(key: str, number: int, body: bytes = b"{}", **properties: object) -> QueuedMessage:
    return QueuedMessage(
        number,
        None,
        EXCHANGE,
        key,
        body,
        {"n": number},
        f"id-{number}",
        PERSISTENT | properties,
        0.0,
    )


async def received(url: str, count: int) -> list[aio_pika.abc.AbstractIncomingMessage]:
    connection = await aio_pika.connect(url)
    async with connection, asyncio.timeout(30):
        channel = await connection.channel()
        queue = await channel.get_queue("publisher.taking", ensure=False)
        found = []
        async with queue.iterator(no_ack=True) as messages:
            async for one in messages:
                found.append(one)
                if len(found) == count:
                    break
        return found


async def test_each_message_has_its_own_outcome(publisher, amqp_url):
    kinds = {"taking": CONFIRMED, "nowhere": UNROUTABLE}
    keys = ["taking", "nowhere", "taking", "taking", "nowhere"] * 40
    for _ in range(3):
        batch = [message(key, number) for number, key in enumerate(keys)]
        batch[7] = message("taking", 7, priority=1_000)  # cannot be encoded
        batch[8] = message("nowhere", 8, mandatory=False)
        outcomes = await publisher.publish(batch)
        expected = [kinds[key] for key in keys]
        expected[7], expected[8] = REFUSED, CONFIRMED
        assert outcomes == expected
        taken = [n for n, key in enumerate(keys) if key == "taking" and n not in {7, 8}]
        assert [m.headers["n"] for m in await received(amqp_url, len(taken))] == taken


async def test_a_full_queue_refuses(publisher):
    batch = [message("full", number) for number in range(20)] + [message("taking", 20)]
    assert (await publisher.publish(batch))[-1] is CONFIRMED
    outcomes = await publisher.publish(batch)
    assert outcomes == [REFUSED] * 20 + [CONFIRMED]


async def test_a_large_body_arrives_whole(publisher, amqp_url):
    body = bytes(range(256)) * 2_000
    assert await publisher.publish([message("taking", 1, body), message("taking", 2, b"")]) == [
        CONFIRMED,
        CONFIRMED,
    ]
    assert [m.body for m in await received(amqp_url, 2)] == [body, b""]


async def test_an_exchange_that_is_missing_loses_the_batch_and_the_connection(publisher):
    lost = QueuedMessage(1, None, "publisher.missing", "k", b"", {}, "m", {}, 0.0)
    assert await publisher.publish([lost]) == [LOST]
    assert not publisher.connected
    assert await publisher.publish([message("taking", 1)]) == [CONFIRMED]


async def test_a_connection_cut_in_mid_batch_is_made_anew(publisher, amqp_url):
    parts = urllib.parse.urlsplit(amqp_url)
    async with Proxy(parts.port) as proxy:
        through = parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}")
        wired = Publisher(through.geturl(), declare, timeout=30)
        assert await wired.publish([message("taking", 1)]) == [CONFIRMED]
        proxy.black_hole()
        batch = asyncio.create_task(wired.publish([message("taking", n) for n in range(500)]))
        await asyncio.sleep(0.1)
        proxy.cut()
        async with asyncio.timeout(20):
            assert await batch == [LOST] * 500
        assert not wired.connected
        proxy.heal()
        assert await wired.publish([message("taking", 1)]) == [CONFIRMED]
        await wired.close()
    assert await publisher.publish([]) == []


async def test_an_abandoned_batch_does_not_answer_for_the_next(publisher):
    assert await publisher.publish([message("taking", 1)]) == [CONFIRMED]
    batch = asyncio.create_task(publisher.publish([message("nowhere", n) for n in range(100)]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch
    assert await publisher.publish([message("taking", n) for n in range(100)]) == [CONFIRMED] * 100


async def test_the_slow_way_is_taken_where_the_library_lacks_a_part_and_told(publisher, way):
    with structlog.testing.capture_logs() as logs:
        assert await publisher.publish([message("taking", 1)]) == [CONFIRMED]
    told = [entry["hint"] for entry in logs if entry["event"] == "relay_publishes_slowly"]
    if way == "by our frames":
        assert type(publisher._channel) is ConfirmedChannel
        assert told == []
    else:
        assert type(publisher._channel) is PlainChannel
        assert "has no _gone; install the release" in told[0]


async def test_a_broker_that_is_slower_than_the_time_out_is_reached_in_the_end(amqp_url):
    async def slowly(channel: aio_pika.abc.AbstractChannel) -> None:
        await asyncio.sleep(0.3)
        await declare(channel)

    publisher = Publisher(amqp_url, slowly, timeout=0.2)
    for _ in range(2):
        with pytest.raises(BrokerUnavailable, match="TimeoutError"):
            await publisher.connect()
    async with asyncio.timeout(60):
        while not publisher.connected:
            with suppress(BrokerUnavailable):
                await publisher.connect(patient=True)
    await publisher.close()
    await undeclare(amqp_url)
