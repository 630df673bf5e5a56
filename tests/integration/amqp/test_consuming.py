"""Prefetch, turns, giving back, exclusive and single active consumers. The same on the embedded broker and on RabbitMQ."""

import asyncio

import pytest
from aiormq import exceptions

from tests.integration.amqp.scenario import (
    SECONDS,
    Inbox,
    ignore,
    send,
    unique,
)

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


async def test_prefetch_bounds_each_consumer(channel, queue):
    await channel.set_qos(prefetch_count=2)
    await send(channel, queue.name, b"1", b"2", b"3")
    inbox = await Inbox.of(queue)
    first = await inbox.next()
    await inbox.next()
    await queue.declare()
    assert inbox.messages.empty()
    await first.ack()
    assert (await inbox.next()).body == b"3"


async def test_global_prefetch_bounds_the_channel(channel):
    await channel.set_qos(prefetch_count=2, global_=True)
    inboxes = []
    for _ in range(2):
        queue = await channel.declare_queue("", exclusive=True)
        await send(channel, queue.name, b"1", b"2", b"3")
        inboxes.append(await Inbox.of(queue))
    held = [await inboxes[0].next(), await inboxes[0].next()]
    await channel.declare_queue(queue.name, passive=True)
    assert all(inbox.messages.empty() for inbox in inboxes)
    for message in held:
        await message.ack()
    waits = [asyncio.create_task(inbox.messages.get()) for inbox in inboxes]
    done, _ = await asyncio.wait(waits, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
    assert done
    for wait in waits:
        wait.cancel()


async def test_consumers_take_turns(connect, queue, channel):
    await channel.set_qos(prefetch_count=10)
    inboxes = [await Inbox.of(queue) for _ in range(2)]
    await send(channel, queue.name, *(str(n).encode() for n in range(6)))
    assert [len(await inbox.bodies(3)) for inbox in inboxes] == [3, 3]


async def test_what_is_given_back_returns_to_its_place_marked_redelivered(channel, queue):
    await send(channel, queue.name, b"1", b"2", b"3", b"4")
    held = [await queue.get() for _ in range(3)]
    await held[1].nack(requeue=True)
    await held[0].reject(requeue=True)
    await held[2].nack(requeue=True)
    again = [await queue.get() for _ in range(4)]
    assert [m.body for m in again] == [b"1", b"2", b"3", b"4"]
    assert [m.redelivered for m in again] == [True, True, True, False]


async def test_multiple_settles_all_up_to_a_tag(connect, channel, queue):
    await send(channel, queue.name, *(str(n).encode() for n in range(6)))
    held = [await queue.get() for _ in range(6)]
    await held[1].ack(multiple=True)
    await held[3].nack(multiple=True, requeue=True)
    assert [(await queue.get()).body for _ in range(2)] == [b"2", b"3"]
    assert await queue.get(fail=False) is None


async def test_recover_requeues_what_is_unsettled(channel, queue):
    await send(channel, queue.name, b"1", b"2")
    inbox = await Inbox.of(queue)
    assert await inbox.bodies(2) == [b"1", b"2"]
    await (await channel.get_underlay_channel()).basic_recover(requeue=True)
    again = [await inbox.next() for _ in range(2)]
    assert [(m.body, m.redelivered) for m in again] == [(b"1", True), (b"2", True)]


async def test_a_lost_connection_gives_back_what_it_held(connect, channel):
    queue = await channel.declare_queue(unique("queue"), auto_delete=False)
    await send(channel, queue.name, b"1", b"2", b"3")
    lost = await connect()
    inbox = await Inbox.of(await (await lost.channel()).get_queue(queue.name, ensure=False))
    held = [await inbox.next() for _ in range(3)]
    await held[1].ack()
    await lost.close()
    inbox = await Inbox.of(queue)
    again = [await inbox.next() for _ in range(2)]
    assert [(m.body, m.redelivered) for m in again] == [(b"1", True), (b"3", True)]
    await queue.delete(if_unused=False, if_empty=False)


async def test_an_unknown_delivery_tag_closes_the_channel(connect, channel, queue):
    raw = await channel.get_underlay_channel()
    await raw.basic_ack(77)
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await raw.queue_declare(queue.name, passive=True)
    assert raw.is_closed


async def test_an_exclusive_consumer_is_alone(connect, channel):
    queue = await channel.declare_queue(unique("queue"), auto_delete=True)
    await Inbox.of(queue, exclusive=True)
    other = await (await connect()).channel()
    with pytest.raises(exceptions.ChannelAccessRefused):
        await Inbox.of(await other.get_queue(queue.name, ensure=False))


async def test_a_single_active_consumer_is_followed_by_the_next(channel):
    queue = await channel.declare_queue(
        "", exclusive=True, arguments={"x-single-active-consumer": True}
    )
    first, second = await Inbox.of(queue, no_ack=True), await Inbox.of(queue, no_ack=True)
    await send(channel, queue.name, b"1", b"2")
    assert await first.bodies(2) == [b"1", b"2"]
    await queue.cancel(first.tag)
    await send(channel, queue.name, b"3")
    assert await second.bodies(1) == [b"3"]
    assert first.messages.empty()


async def test_consumers_hear_that_their_queue_was_deleted(connect, channel):
    queue = await channel.declare_queue(unique("queue"))
    raw = await channel.get_underlay_channel()
    cancelled = asyncio.Event()
    await raw.basic_consume(queue.name, ignore, consumer_tag="mine")

    async def watch() -> None:
        while "mine" in raw.consumers:
            await asyncio.sleep(0.01)
        cancelled.set()

    watching = asyncio.create_task(watch())
    await (await (await connect()).channel()).queue_delete(queue.name)
    await asyncio.wait_for(cancelled.wait(), SECONDS)
    await watching
