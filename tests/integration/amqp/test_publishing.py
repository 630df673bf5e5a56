"""Mandatory messages, confirms and failures of a channel. The same on the embedded broker and on RabbitMQ."""

import asyncio

import aiormq
import pytest
from aio_pika import Message
from aiormq import exceptions

from tests.integration.amqp.scenario import (
    Inbox,
    ignore,
    send,
    unique,
)

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


async def test_an_unroutable_mandatory_message_is_returned_before_its_confirm(connect):
    channel = await (await connect()).channel(publisher_confirms=True, on_return_raises=True)
    with pytest.raises(exceptions.PublishError) as returned:
        await channel.default_exchange.publish(
            Message(b"lost", message_id="m"), unique("none"), mandatory=True
        )
    assert returned.value.message.body == b"lost"
    assert returned.value.message.header.properties.message_id == "m"
    await channel.default_exchange.publish(Message(b""), unique("none"), mandatory=False)


async def test_gathered_publishes_are_all_confirmed_and_in_order(channel, queue):
    exchange = channel.default_exchange
    await asyncio.gather(
        *(
            exchange.publish(Message(b"%d" % n, delivery_mode=2 - n % 2), queue.name)
            for n in range(500)
        )
    )
    inbox = await Inbox.of(queue, no_ack=True)
    assert await inbox.bodies(500) == [b"%d" % n for n in range(500)]


async def test_a_failed_channel_leaves_the_others_alone(connect):
    connection = await connect()
    healthy = await connection.channel()
    queue = await healthy.declare_queue("", exclusive=True)
    inbox = await Inbox.of(queue, no_ack=True)
    broken = await connection.channel()
    with pytest.raises(exceptions.ChannelNotFoundEntity):
        await (await broken.get_exchange(unique("none"), ensure=False)).publish(
            Message(b"x" * 300_000), ""
        )
    await send(healthy, queue.name, b"fine")
    assert await inbox.bodies(1) == [b"fine"]


async def test_a_consumer_tag_is_used_once_per_channel(connect):
    # aiormq guards its own tags, so the second consumer is asked for by hand.
    connection = await connect()
    channel = await connection.channel()
    queue = await channel.declare_queue("", exclusive=True)
    await queue.consume(ignore, consumer_tag="tag")
    raw = await channel.get_underlay_channel()
    with pytest.raises((exceptions.ConnectionNotAllowed, exceptions.ConnectionClosed)):
        await raw.rpc(aiormq.spec.Basic.Consume(queue=queue.name, consumer_tag="tag"))
