"""The fixture for other people's tests serves blocking and asynchronous clients."""

import aio_pika
import kombu
import pytest

from slipway.amqp import Broker
from testing.amqp import amqp_broker

__all__ = ["amqp_broker"]

pytestmark = pytest.mark.enable_socket


def test_a_blocking_client(amqp_broker: Broker) -> None:
    with kombu.Connection(amqp_broker.url) as connection:
        queue = connection.SimpleQueue("mine")
        queue.put({"n": 1})
        message = queue.get(timeout=5)
        assert message.payload == {"n": 1}
        message.ack()
        queue.close()


async def test_an_asynchronous_client(amqp_broker: Broker) -> None:
    async with await aio_pika.connect(amqp_broker.url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("mine")
        await channel.default_exchange.publish(aio_pika.Message(b"1"), "mine")
        assert (await queue.get(no_ack=True)).body == b"1"
