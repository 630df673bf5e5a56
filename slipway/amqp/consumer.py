"""A consumer: a channel's subscription to the messages of one queue, with its prefetch window."""

from collections.abc import Iterable
from typing import Protocol

from slipway.amqp import wire
from slipway.amqp.message import Entry

_DELIVER = b"\x00\x3c\x00\x3c"


class ConsumerChannel(Protocol):
    """The interface of a channel that a queue uses."""

    def accepts(self) -> bool:
        """Return whether the channel can take one more delivery now."""

    def deliver(self, consumer: "Consumer", entry: Entry) -> None:
        """Send a message to the client."""

    def cancelled(self, consumer: "Consumer") -> None:
        """Tell the client that the queue is gone."""


class Source(Protocol):
    """What a channel needs of a queue that it consumes from."""

    name: str
    counts_deliveries: bool

    def acknowledge(self, entry: Entry) -> None:
        """Take the client's acknowledgement."""

    def reject(self, entry: Entry) -> None:
        """Take the client's final refusal."""

    def requeue(self, entries: Iterable[Entry]) -> None:
        """Take back what the client returned, or had when it went."""

    def remove_consumer(self, consumer: "Consumer") -> None:
        """No more deliveries to this consumer."""

    def dispatch(self) -> None:
        """Hear that a window opened."""


class Consumer:
    """One subscription. `prefetch` 0 means no limit; `unacked` counts what it has not settled."""

    __slots__ = (
        "channel",
        "exclusive",
        "no_ack",
        "prefetch",
        "prefix",
        "queue",
        "tag",
        "unacked",
    )

    def __init__(
        self,
        tag: str,
        queue: Source,
        channel: ConsumerChannel,
        *,
        no_ack: bool = False,
        exclusive: bool = False,
        prefetch: int = 0,
    ) -> None:
        self.tag = tag
        self.queue = queue
        self.channel = channel
        self.no_ack = no_ack
        self.exclusive = exclusive
        self.prefetch = prefetch
        self.unacked = 0
        self.prefix = _DELIVER + wire.short_string(tag)

    def can_take(self) -> bool:
        """Return whether it may get another message: window open, channel and socket ready."""
        return (
            not self.prefetch or self.no_ack or self.unacked < self.prefetch
        ) and self.channel.accepts()
