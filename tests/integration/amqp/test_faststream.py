"""FastStream on either broker. The same on the embedded broker and on RabbitMQ."""

import asyncio
from typing import Any

import aio_pika
import pytest
from faststream.rabbit import ExchangeType as FastStreamExchangeType
from faststream.rabbit import RabbitBroker, RabbitExchange, RabbitQueue

from tests.integration.amqp.scenario import (
    SECONDS,
    unique,
)

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


async def test_faststream_subscribes_publishes_requests_and_dead_letters(url):
    broker = RabbitBroker(url, logger=None)
    events = RabbitExchange(unique("events"), type=FastStreamExchangeType.TOPIC, durable=True)
    grave = RabbitQueue(unique("grave"), durable=False, auto_delete=True)
    queue = RabbitQueue(
        unique("events"),
        durable=False,
        exclusive=True,
        routing_key="team.*.job.*.status",
        arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": grave.name},
    )
    calls = RabbitQueue(unique("calls"), durable=False, auto_delete=True)
    seen: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    dead: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @broker.subscriber(queue, events)
    async def on_event(body: dict[str, Any]) -> None:
        if body["n"] == 13:
            raise ValueError(body)
        await seen.put(body)

    @broker.subscriber(grave)
    async def on_dead(body: dict[str, Any]) -> None:
        await dead.put(body)

    @broker.subscriber(calls)
    async def on_call(body: int) -> int:
        return body * 2

    async with broker:
        await broker.start()
        for n in range(20):
            await broker.publish({"n": n}, exchange=events, routing_key=f"team.1.job.{n}.status")
        got = [(await asyncio.wait_for(seen.get(), SECONDS))["n"] for _ in range(19)]
        assert got == [n for n in range(20) if n != 13]
        assert await asyncio.wait_for(dead.get(), SECONDS) == {"n": 13}
        reply = await broker.request(21, calls, timeout=SECONDS)
        assert await reply.decode() == 42
    cleaning = await aio_pika.connect(url)
    await (await cleaning.channel()).exchange_delete(events.name)
    await cleaning.close()
