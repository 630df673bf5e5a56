"""Direct reply-to. The same on the embedded broker and on RabbitMQ."""

import asyncio
from typing import Any

import pytest
from aio_pika import Message
from aiormq import exceptions

from tests.integration.amqp.scenario import (
    SECONDS,
    Inbox,
    ignore,
)

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


async def test_replies_go_straight_to_the_requester(connect, queue, channel):
    client = await (await connect()).channel()
    raw = await client.get_underlay_channel()
    replies: asyncio.Queue[Any] = asyncio.Queue()
    assert await raw.queue_declare("amq.rabbitmq.reply-to", passive=True)
    await raw.basic_consume("amq.rabbitmq.reply-to", replies.put, no_ack=True)
    server = await Inbox.of(queue)
    await client.default_exchange.publish(
        Message(b"2+2", reply_to="amq.rabbitmq.reply-to", correlation_id="c"), queue.name
    )
    request = await server.next()
    assert request.reply_to is not None
    assert request.reply_to.startswith("amq.rabbitmq.reply-to.")
    await channel.default_exchange.publish(
        Message(b"4", correlation_id=request.correlation_id), request.reply_to, mandatory=True
    )
    reply = await asyncio.wait_for(replies.get(), SECONDS)
    assert (reply.body, reply.header.properties.correlation_id) == (b"4", "c")


async def test_direct_reply_to_needs_a_consumer_without_acknowledgement(connect, queue):
    connection = await connect()
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await (await connection.channel()).default_exchange.publish(
            Message(b"", reply_to="amq.rabbitmq.reply-to"), queue.name
        )
    raw = await (await connection.channel()).get_underlay_channel()
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await raw.basic_consume("amq.rabbitmq.reply-to", ignore)
