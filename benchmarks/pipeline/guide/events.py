"""Publishes events: one connection and channel per event loop, and a confirm for each event."""

import json
from typing import Any

import aio_pika
from aio_pika.abc import AbstractExchange, AbstractRobustConnection
from opentelemetry import trace

from benchmarks.pipeline.guide.settings import EVENTS_EXCHANGE

tracer = trace.get_tracer("guide")


class EventPublisher:
    """Opens its connection on first use and keeps it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AbstractRobustConnection | None = None
        self._exchange: AbstractExchange | None = None

    async def publish(self, routing_key: str, body: dict[str, Any]) -> None:
        """Publish and wait for the broker's confirm."""
        if self._exchange is None:
            self._connection = await aio_pika.connect_robust(self._url)
            channel = await self._connection.channel(publisher_confirms=True)
            self._exchange = await channel.declare_exchange(
                EVENTS_EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True
            )
        with tracer.start_as_current_span("rabbitmq.publish"):
            message = aio_pika.Message(json.dumps(body).encode(), content_type="application/json")
            await self._exchange.publish(message, routing_key)

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()
