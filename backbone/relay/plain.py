"""Publishes by aio-pika's documented interface alone, for releases whose parts `confirms` misses.

Each message costs a task and a future, so it is several times slower; what becomes of a message is
told in the same way.
"""

import asyncio
import struct
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple, Self

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, DeliveryError, PublishError

from backbone.relay.confirms import Address, Outcome, unanswered
from backbone.relay.queue import QueuedMessage


class PlainMessage(NamedTuple):
    """A message as aio-pika takes it, and whether the broker must have a queue for it."""

    message: aio_pika.Message
    mandatory: bool


class PlainChannel:
    """aio-pika's channel with publisher confirms; used as `ConfirmedChannel` is."""

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel = channel

    @classmethod
    async def opened(cls, connection: AbstractConnection) -> Self:
        """Open a channel that tells what no queue takes."""
        channel = connection.channel(publisher_confirms=True, on_return_raises=True)
        await channel.initialize()
        return cls(channel)

    @property
    def is_closed(self) -> bool:
        """Whether it can publish no more."""
        return self._channel.is_closed

    def encode(self, message: QueuedMessage, address: Address) -> PlainMessage:
        """Make aio-pika's message. Raises what aio-pika raises of values that it does not take."""
        said = message.properties
        expiration = said.get("expiration")
        made = aio_pika.Message(
            message.body,
            headers=message.headers,
            content_type=said.get("content_type"),
            content_encoding=said.get("content_encoding"),
            delivery_mode=said.get("delivery_mode"),
            priority=said.get("priority"),
            correlation_id=said.get("correlation_id"),
            reply_to=said.get("reply_to"),
            expiration=None if expiration is None else timedelta(milliseconds=int(expiration)),
            message_id=address.message_id,
            type=said.get("type"),
        )
        return PlainMessage(made, message.mandatory)

    async def publish(
        self, messages: Sequence[PlainMessage], addresses: Sequence[Address], seconds: float
    ) -> list[Outcome]:
        """Send all in this order and wait for the outcomes, as `ConfirmedChannel.publish` does."""
        connection = (await self._channel.get_underlay_channel()).connection
        sending = [
            asyncio.create_task(self._send(*both, address))
            for both, address in zip(messages, addresses, strict=True)
        ]
        try:
            lost = await unanswered(connection, sending, seconds)
        finally:
            for task in sending:
                task.cancel()
        return [Outcome.LOST if task in lost else task.result() for task in sending]

    async def _send(self, message: aio_pika.Message, mandatory: bool, address: Address) -> Outcome:
        try:
            exchange = await self._channel.get_exchange(address.exchange, ensure=False)
            await exchange.publish(message, address.routing_key, mandatory=mandatory)
        except PublishError:
            return Outcome.UNROUTABLE
        except DeliveryError:
            return Outcome.REFUSED
        except CONNECTION_EXCEPTIONS:
            return Outcome.LOST
        except (TypeError, ValueError, struct.error):
            return Outcome.REFUSED  # it cannot be encoded
        return Outcome.CONFIRMED
