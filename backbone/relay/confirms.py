"""What a broker answers to a batch of messages: a table in place of a future for each of them."""

import asyncio
import inspect
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import NamedTuple, TypeVar, cast

import structlog
from aiormq.abc import AbstractConnection, ChannelFrame, ConfirmationFrameType
from aiormq.channel import Channel
from pamqp import commands
from pamqp.header import ContentHeader

from backbone.relay.frames import Frames
from backbone.relay.queue import QueuedMessage

_LOOK_SECONDS = 0.05
_LOOKS = 10
"""In so many parts the time is counted; one in which the broker blocked begins it anew."""
T = TypeVar("T")

log = structlog.get_logger(__name__)


_RELIED_ON = ("_on_confirm_frame", "_on_return_frame", "_get_frame", "_read_content")
"""Methods of aiormq's channel without a promise: two are replaced, two are called."""


def missing_parts() -> list[str]:
    """Name what this release of aiormq lacks of that.

    A handler under another name would never be called: each message would be lost for this relay,
    and sent again for ever. So where a part is missing, `plain` publishes.
    """
    return [name for name in _RELIED_ON if not inspect.iscoroutinefunction(_found(name))]


def _found(name: str) -> object:
    return getattr(Channel, name, None)


class Outcome(Enum):
    """CONFIRMED: the broker has it. UNROUTABLE: no queue takes it. REFUSED: it said no.

    LOST: nobody knows, because the connection or the time ran out.
    """

    CONFIRMED = auto()
    UNROUTABLE = auto()
    REFUSED = auto()
    LOST = auto()


class Address(NamedTuple):
    """How a returned message tells which one it is; the broker gives no delivery tag with it."""

    exchange: str
    routing_key: str
    message_id: str


class Confirms:
    """The outcomes of messages with consecutive delivery tags from `first`; LOST until answered.

    `done` has a result when all are answered, or when `end` tells that no more answers will come.
    """

    def __init__(self, first: int, addresses: Sequence[Address]) -> None:
        self.outcomes = [Outcome.LOST] * len(addresses)
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._first = first
        self._addresses = addresses
        self._open = len(addresses)
        self._answered = 0
        """So many from the start are answered for sure."""

    def answer(self, tag: int, outcome: Outcome, *, multiple: bool) -> None:
        """Note the outcome of the message `tag`, or of all open ones up to it."""
        place = tag - self._first
        if not multiple:
            if 0 <= place < len(self.outcomes):
                self._settle(place, outcome)
            return
        # The specification lets 0 stand for all that are open.
        end = min(place + 1, len(self.outcomes)) if tag else len(self.outcomes)
        for earlier in range(self._answered, end):
            self._settle(earlier, outcome)
        self._answered = max(self._answered, end)

    def returned(self, address: Address) -> None:
        """Note that no queue takes the message of this address: the first such, if there are more.

        Its confirm, which comes as well, then changes nothing.
        """
        for place in range(self._answered, len(self._addresses)):
            if self._addresses[place] == address and self.outcomes[place] is Outcome.LOST:
                self._settle(place, Outcome.UNROUTABLE)
                return

    def end(self, _: object = None) -> None:
        """Wait for no more answers."""
        if not self.done.done():
            self.done.set_result(None)

    def _settle(self, place: int, outcome: Outcome) -> None:
        if self.outcomes[place] is not Outcome.LOST:
            return
        self.outcomes[place] = outcome
        self._open -= 1
        if not self._open:
            self.end()


async def unanswered(
    connection: AbstractConnection, answers: Iterable["asyncio.Future[T]"], seconds: float
) -> "set[asyncio.Future[T]]":
    """Wait for the answers, at most so long; return those that did not come.

    While the broker says that it takes no messages (connection.blocked: its memory or disk is
    short), and until it says otherwise, no time is counted; then it has all of it again.
    """
    waiting, looks, told = set(answers), 0, False
    while waiting and looks < _LOOKS:
        _, waiting = await asyncio.wait(waiting, timeout=seconds / _LOOKS)
        if waiting and await _blocked(connection):
            looks = 0
            if not told:
                told = True
                log.warning("relay_blocked_by_broker")
        else:
            looks += 1
    return waiting


async def _blocked(connection: AbstractConnection) -> bool:
    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            await connection.ready()
    except TimeoutError:
        return True
    return False


class ConfirmedChannel(Channel):
    """aiormq's channel, but for publishing: a batch is one write, and its confirms are a table.

    aiormq itself would take a task, a lock and a future per message. Replaced are only its two
    handlers of the frames that answer a basic.publish; its public attributes do the rest.
    """

    _confirms: Confirms | None = None
    _frames: Frames | None = None

    @classmethod
    async def opened(cls, connection: AbstractConnection) -> "ConfirmedChannel":
        """Open a channel with publisher confirms, as the connection does for its own class."""
        number = max(connection.channels, default=0) + 1
        channel = connection.channels[number] = cls(connection, number, publisher_confirms=True)
        await channel.open()
        return channel

    def encode(self, message: QueuedMessage, address: Address) -> bytes:
        """Encode it for `publish`. Raises TypeError, ValueError or struct.error."""
        if self._frames is None:
            self._frames = Frames(self.number, self.max_content_size)
        return self._frames.encode(message, *address)

    async def publish(
        self, frames: Sequence[bytes], addresses: Sequence[Address], seconds: float
    ) -> list[Outcome]:
        """Write the encoded messages and wait for their outcomes, at most so long; one at a time.

        While the broker blocks the connection the time stands still; heartbeats tell whether it is
        there at all. After a cancellation or a LOST the channel is of no use: its answers would
        come too late.
        """
        self._confirms = confirms = Confirms(self.delivery_tag + 1, addresses)
        self.delivery_tag += len(addresses)
        closing = self.closing
        closing.add_done_callback(confirms.end)
        payload = ChannelFrame(payload=b"".join(frames), should_close=False)
        try:
            await self._written(payload, seconds)
            await unanswered(self.connection, [confirms.done], seconds)
        except TimeoutError:
            pass  # nothing was written, and all is LOST
        finally:
            self._confirms = None
            closing.remove_done_callback(confirms.end)
            closing.cancel()
        return confirms.outcomes

    async def _written(self, payload: ChannelFrame, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await self.write_queue.put(payload)

    async def _on_confirm_frame(self, frame: ConfirmationFrameType) -> None:
        if self._confirms is not None:
            taken = isinstance(frame, commands.Basic.Ack)
            self._confirms.answer(
                frame.delivery_tag or 0,
                Outcome.CONFIRMED if taken else Outcome.REFUSED,
                multiple=bool(getattr(frame, "multiple", False)),
            )

    async def _on_return_frame(self, frame: commands.Basic.Return) -> None:
        header = cast("ContentHeader", await self._get_frame())
        message = await self._read_content(frame, header)
        if self._confirms is not None:
            self._confirms.returned(
                Address(
                    frame.exchange,
                    frame.routing_key or "",
                    message.header.properties.message_id or "",
                )
            )
