"""A broker that takes no messages for a while (its memory or disk is short) is waited for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aio_pika
import pytest

from backbone.relay.confirms import Outcome
from backbone.relay.publisher import Publisher
from backbone.relay.queue import QueuedMessage
from slipway.amqp import Broker, Limits
from testing.missing import ServiceMissing, skip_or_fail
from testing.rabbitmq import PrivateRabbit

MEMORY = 100_000
Blocking = tuple[str, Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]


@pytest.fixture(scope="module")
def private_rabbitmq() -> Iterator[PrivateRabbit]:
    try:
        broker = PrivateRabbit()
        broker.start()
    except ServiceMissing as reason:
        skip_or_fail(reason)
    yield broker
    broker.remove()


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
async def blocking(request: pytest.FixtureRequest) -> AsyncIterator[Blocking]:
    """A broker's URL, and how it is blocked and unblocked."""
    if request.param == "rabbitmq":
        node: PrivateRabbit = request.getfixturevalue("private_rabbitmq")
        alarm = "{resource_limit, memory, node()}"

        async def block() -> None:
            await asyncio.to_thread(node.evaluate, f"rabbit_alarm:set_alarm({{{alarm}, []}}).")

        async def unblock() -> None:
            await asyncio.to_thread(node.evaluate, f"rabbit_alarm:clear_alarm({alarm}).")

        yield node.url, block, unblock
        return
    async with Broker(limits=Limits(memory=MEMORY)) as broker:
        connection = await aio_pika.connect(broker.url)
        async with connection:
            channel = await connection.channel()
            filler = await channel.declare_queue("filler")

            async def fill() -> None:
                body = aio_pika.Message(bytes(MEMORY + 1))
                await channel.default_exchange.publish(body, "filler")

            async def empty() -> None:
                await filler.purge()

            yield broker.url, fill, empty


async def declare(channel: aio_pika.abc.AbstractChannel) -> None:
    await channel.declare_queue("taking", durable=True)


def message(number: int) -> QueuedMessage:
    body, properties = b"%d" % number, {"delivery_mode": 2, "content_type": "application/json"}
    return QueuedMessage(number, None, "", "taking", body, {}, f"m-{number}", properties, 0.0)


async def test_a_blocked_publisher_waits_and_repeats_nothing(blocking: Blocking) -> None:
    url, block, unblock = blocking
    publisher = Publisher(url, declare, timeout=3)
    assert await publisher.publish([message(0)]) == [Outcome.CONFIRMED]
    connection = publisher._connection
    await block()
    waiting = asyncio.create_task(publisher.publish([message(n) for n in range(1, 20)]))
    await asyncio.sleep(4)
    assert not waiting.done(), "it waits for longer than its time-out"
    await unblock()
    async with asyncio.timeout(30):
        assert await waiting == [Outcome.CONFIRMED] * 19
    assert publisher._connection is connection, "the connection is the same"
    await publisher.close()
    observer = await aio_pika.connect(url)
    async with observer:
        queue = await (await observer.channel()).declare_queue("taking", passive=True)
        assert queue.declaration_result.message_count == 20
