"""One list of AMQP scenarios that must hold on the embedded broker and on RabbitMQ alike."""

from collections.abc import AsyncIterator
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractQueue

from slipway.amqp import Broker
from tests.integration.amqp.scenario import Connect, unique


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
async def url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    if request.param == "rabbitmq":
        yield request.getfixturevalue("rabbitmq_url")
        return
    async with Broker(user="slip", password="w@y/1") as broker:
        yield broker.url


@pytest.fixture
async def connect(url: str) -> AsyncIterator[Connect]:
    opened: list[AbstractConnection] = []

    async def make(**options: Any) -> AbstractConnection:
        connection = await aio_pika.connect(url, **options)
        opened.append(connection)
        return connection

    yield make
    for connection in opened:
        await connection.close()


@pytest.fixture
async def channel(connect: Connect) -> AbstractChannel:
    return await (await connect()).channel()


@pytest.fixture
async def queue(channel: AbstractChannel) -> AbstractQueue:
    return await channel.declare_queue(unique("queue"), exclusive=True)
