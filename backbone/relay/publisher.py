"""Publishes batches with pipelined confirms on one AMQP connection, and says what became of each.

It never waits for ever, and never repeats a message by itself: the outbox does.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Any
from uuid import uuid4

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from backbone.amqp_transport import WatchedConnection, with_heartbeat
from backbone.errors import SlipwayError
from backbone.events.signature import SIGNATURE_HEADER, EventSignatures
from backbone.relay.confirms import Address, ConfirmedChannel, Outcome, missing_parts
from backbone.relay.plain import PlainChannel
from backbone.relay.queue import EVENT_ID_HEADER, QueuedMessage
from backbone.relay.spans import end_spans, start_spans
from backbone.topology.difference import TopologyMismatch
from backbone.tracing.context import is_tracing

CLOSE_SECONDS = 1.0
LONGEST_CONNECT_SECONDS = 60.0
"""What a patient attempt may take at most, declarations included."""

log = structlog.get_logger(__name__)

Declare = Callable[[AbstractChannel], Awaitable[object]]
"""Declares the exchanges and queues; run on each new connection."""


class BrokerUnavailable(SlipwayError):  # noqa: N818 - named as DatabaseUnavailable is
    """The broker refuses, is away or does not confirm in time."""


class Publisher:
    """One connection to the broker at `url`, made at need; `timeout` (seconds) bounds every step.

    `exchanges` and `routing_keys` map the contract's names to those configured. With `signatures`
    each event of a log is signed.
    """

    def __init__(
        self,
        url: str,
        declare: Declare,
        *,
        timeout: float = 5.0,
        exchanges: Mapping[str, str] | None = None,
        routing_keys: Mapping[str, str] | None = None,
        signatures: EventSignatures | None = None,
        name: str = "slipway-relay",
    ) -> None:
        self._url = with_heartbeat(url)
        self._declare = declare
        self._timeout = timeout
        self._exchanges = dict(exchanges or {})
        self._routing_keys = dict(routing_keys or {})
        self._signatures = signatures
        self._name = name
        self._tracing = is_tracing()
        self._timed_out = 0
        self._connection: AbstractConnection | None = None
        self._channel: ConfirmedChannel | PlainChannel | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a channel that was open when last looked at."""
        return self._channel is not None and not self._channel.is_closed

    async def connect(self, *, patient: bool = False) -> None:
        """Connect and declare, unless that is done, within `timeout`. Raises BrokerUnavailable.

        A `patient` attempt may take twice as long as the last one that ran out of time: a broker
        that is too slow for this would otherwise be asked for ever, and be slower for it.
        """
        if self.connected:
            return
        await self.close()
        seconds = self._timeout * 2**self._timed_out if patient else self._timeout
        try:
            async with asyncio.timeout(min(seconds, LONGEST_CONNECT_SECONDS)):
                self._connection = await aio_pika.connect(
                    self._url,
                    client_properties={"connection_name": self._name},
                    connection_class=WatchedConnection,
                )
                await self._open_channel(self._connection)
        except TopologyMismatch as error:
            await self.close()
            raise BrokerUnavailable(str(error)) from error
        except (*CONNECTION_EXCEPTIONS, TimeoutError) as error:
            self._timed_out += isinstance(error, TimeoutError)
            await self.close()
            raise BrokerUnavailable(f"the broker is away: {type(error).__name__}") from error
        self._timed_out = 0
        log.info("relay_connected", host=self._url.host, port=self._url.port)

    async def _open_channel(self, connection: AbstractConnection) -> None:
        # Declaring may fail and close its channel, so publishing has its own.
        async with connection.channel() as declaring:
            await self._declare(declaring)
            underlay = await declaring.get_underlay_channel()
            missing = missing_parts()
            if missing:
                log.warning(
                    "relay_publishes_slowly",
                    hint=f"aiormq {version('aiormq')} has no {', '.join(missing)}; install the "
                    "release that requirements.lock names",
                )
                self._channel = await PlainChannel.opened(connection)
            else:
                self._channel = await ConfirmedChannel.opened(underlay.connection)

    async def publish(self, messages: Sequence[QueuedMessage]) -> list[Outcome]:
        """Publish all at once, in this order, and wait for the confirms; one outcome each.

        Raises BrokerUnavailable when not connected and not able to. A LOST one ends the connection.
        """
        await self.connect()
        if not messages:
            return []
        channel = self._channel
        assert channel is not None  # noqa: S101 - connect() made it or raised
        outcomes = [Outcome.REFUSED] * len(messages)
        addresses = [self._address(message) for message in messages]
        traced = self._tracing or any(message.trace for message in messages)
        spans = start_spans(messages, addresses) if traced else []
        sent: list[int] = []
        encoded: list[Any] = []
        try:
            for place, message in enumerate(messages):
                self._sign(message)
                try:
                    encoded.append(channel.encode(message, addresses[place]))
                except Exception:  # whatever it is, the others can be sent
                    log.exception("message_cannot_be_encoded")
                    continue
                sent.append(place)
                outcomes[place] = Outcome.LOST
            if sent:
                answers = await self._send(channel, encoded, [addresses[place] for place in sent])
                for place, answer in zip(sent, answers, strict=True):
                    outcomes[place] = answer
        finally:
            if spans:
                end_spans(spans, outcomes)
        return outcomes

    async def _send(
        self,
        channel: ConfirmedChannel | PlainChannel,
        encoded: Sequence[Any],
        addresses: Sequence[Address],
    ) -> list[Outcome]:
        try:
            outcomes = await channel.publish(encoded, addresses, self._timeout)
        except BaseException:
            # Answers to what was sent must not be taken for the next batch's.
            self._channel = None
            raise
        if Outcome.LOST in outcomes:
            await self.close()
        return outcomes

    def _sign(self, message: QueuedMessage) -> None:
        event_id = message.headers.get(EVENT_ID_HEADER)
        if self._signatures is not None and message.team_id is not None and event_id is not None:
            message.headers[SIGNATURE_HEADER] = self._signatures.sign(event_id, message.body)

    def _address(self, message: QueuedMessage) -> Address:
        return Address(
            self._exchanges.get(message.exchange, message.exchange),
            self._routing_keys.get(message.routing_key, message.routing_key),
            # One without an id gets one, by which it would be known if it were returned.
            str(message.message_id or uuid4().hex),
        )

    async def close(self) -> None:
        """Close the connection; one that does not answer is dropped after a second."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(*CONNECTION_EXCEPTIONS, TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await connection.close()
