"""Publishes batches with pipelined confirms on one AMQP connection, and says what became of each.

It never waits for ever, and never repeats a message by itself: the outbox does.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from enum import Enum, auto
from typing import cast

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, DeliveryError, PublishError
from aiormq.channel import Channel as UnderlayChannel
from opentelemetry import trace
from opentelemetry.trace import SpanKind
from yarl import URL

from backbone.errors import SlipwayError
from backbone.relay.queue import QueuedMessage

HEARTBEAT_SECONDS = 10
CLOSE_SECONDS = 1.0

log = structlog.get_logger(__name__)
tracer = trace.get_tracer("slipway.relay")

Declare = Callable[[AbstractChannel], Awaitable[object]]
"""Declares the exchanges and queues; run on each new connection."""


class BrokerUnavailable(SlipwayError):  # noqa: N818 - named as DatabaseUnavailable is
    """The broker refuses, is away or does not confirm in time."""


class Outcome(Enum):
    """CONFIRMED: the broker has it. UNROUTABLE: no queue takes it. REFUSED: it said no.

    LOST: nobody knows, because the connection or the time ran out.
    """

    CONFIRMED = auto()
    UNROUTABLE = auto()
    REFUSED = auto()
    LOST = auto()


class Publisher:
    """One connection to the broker at `url`, made at need; `timeout` (seconds) bounds every step.

    `exchanges` and `routing_keys` map the contract's names to those configured.
    """

    def __init__(
        self,
        url: str,
        declare: Declare,
        *,
        timeout: float = 5.0,
        exchanges: Mapping[str, str] | None = None,
        routing_keys: Mapping[str, str] | None = None,
        name: str = "slipway-relay",
    ) -> None:
        parsed = URL(url)
        if "heartbeat" not in parsed.query:
            parsed = parsed.update_query(heartbeat=HEARTBEAT_SECONDS)
        self._url = parsed
        self._declare = declare
        self._timeout = timeout
        self._exchanges = dict(exchanges or {})
        self._routing_keys = dict(routing_keys or {})
        self._name = name
        self._connection: AbstractConnection | None = None
        self._channel: UnderlayChannel | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a channel that was open when last looked at."""
        return self._channel is not None and not self._channel.is_closed

    async def connect(self) -> None:
        """Connect and declare, unless that is done. Raises BrokerUnavailable."""
        if self.connected:
            return
        await self.close()
        try:
            async with asyncio.timeout(self._timeout):
                self._connection = await aio_pika.connect(
                    self._url, client_properties={"connection_name": self._name}
                )
                await self._open_channel(self._connection)
        except (*CONNECTION_EXCEPTIONS, TimeoutError) as error:
            await self.close()
            raise BrokerUnavailable(f"the broker is away: {type(error).__name__}") from error
        log.info("relay_connected", host=self._url.host, port=self._url.port)

    async def _open_channel(self, connection: AbstractConnection) -> None:
        # Declaring may fail and close its channel, so publishing has its own.
        async with connection.channel() as declaring:
            await self._declare(declaring)
        channel = connection.channel(publisher_confirms=True, on_return_raises=True)
        await channel
        self._channel = cast("UnderlayChannel", await channel.get_underlay_channel())

    async def publish(self, messages: Sequence[QueuedMessage]) -> list[Outcome]:
        """Publish all at once, in this order, and wait for the confirms; one outcome each.

        Raises BrokerUnavailable when not connected and not able to. A LOST one ends the connection.
        """
        await self.connect()
        if not messages:
            return []
        channel = self._channel
        assert channel is not None  # noqa: S101 - connect() made it or raised
        tasks = [asyncio.create_task(self._publish(channel, message)) for message in messages]
        try:
            await asyncio.wait(tasks, timeout=self._timeout)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        outcomes = [self._outcome(task) for task in tasks]
        if Outcome.LOST in outcomes:
            await self.close()
        return outcomes

    async def _publish(self, channel: UnderlayChannel, message: QueuedMessage) -> None:
        exchange = self._exchanges.get(message.exchange, message.exchange)
        routing_key = self._routing_keys.get(message.routing_key, message.routing_key)
        given = message.properties
        with tracer.start_as_current_span("rabbitmq.publish", kind=SpanKind.PRODUCER) as span:
            if span.is_recording():
                span.set_attributes(
                    {
                        "messaging.system": "rabbitmq",
                        "messaging.destination": exchange,
                        "messaging.rabbitmq.routing_key": routing_key,
                    }
                )
            await channel.basic_publish(
                message.body,
                exchange=exchange,
                routing_key=routing_key,
                mandatory=message.mandatory,
                # The frames are queued in order; waiting for each to drain would undo the pipeline.
                wait=False,
                properties=aio_pika.Message(
                    b"",
                    headers=message.headers,
                    content_type=given.get("content_type"),
                    content_encoding=given.get("content_encoding"),
                    delivery_mode=given.get("delivery_mode"),
                    correlation_id=given.get("correlation_id"),
                    reply_to=given.get("reply_to"),
                    priority=given.get("priority"),
                    expiration=_expiration(given.get("expiration")),
                    message_id=message.message_id,
                    type=given.get("type"),
                ).properties,
            )

    def _outcome(self, task: asyncio.Task[None]) -> Outcome:
        if task.cancelled():
            return Outcome.LOST
        error = task.exception()
        if error is None:
            return Outcome.CONFIRMED
        if isinstance(error, PublishError):
            return Outcome.UNROUTABLE
        if isinstance(error, DeliveryError):
            return Outcome.REFUSED
        if isinstance(error, CONNECTION_EXCEPTIONS):
            return Outcome.LOST
        log.error("message_cannot_be_encoded", error=repr(error))
        return Outcome.REFUSED

    async def close(self) -> None:
        """Close the connection; one that does not answer is dropped after a second."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(*CONNECTION_EXCEPTIONS, TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await connection.close()


def _expiration(milliseconds: int | None) -> timedelta | None:
    return None if milliseconds is None else timedelta(milliseconds=milliseconds)
