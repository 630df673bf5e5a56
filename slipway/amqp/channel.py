"""A channel: what it consumes, what it has not acknowledged, and its deliveries and settlements."""

import struct
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from pamqp import base, commands

from slipway.amqp import wire
from slipway.amqp.confirms import Confirms
from slipway.amqp.consumer import Consumer, Source
from slipway.amqp.errors import (
    NOT_ALLOWED,
    NOT_FOUND,
    PRECONDITION_FAILED,
    ChannelError,
    FatalError,
)
from slipway.amqp.message import Entry, Message
from slipway.amqp.replies import Replies
from slipway.amqp.vhost import VirtualHost

_TAG = struct.Struct(">QB")
_GET_OK = b"\x00\x3c\x00\x47"
_COUNT = struct.Struct(">I")


class ConnectionPort(Protocol):
    """The interface of a connection that a channel uses."""

    user: str
    frame_max: int
    writable: bool
    cancel_notify: bool
    vhost: VirtualHost
    replies: Replies
    max_message_bytes: int

    def send(self, data: bytes) -> None:
        """Write frames; they leave at the end of this turn of the loop."""

    def before_write(self, action: Callable[[], None]) -> None:
        """Run an action just before this turn's frames leave."""

    def when_durable(self, action: Callable[[], None]) -> None:
        """Run an action once everything noted so far is committed to the journal."""

    def reserve(self, size: int) -> None:
        """Count bytes that a message being received will take; negative gives them back."""

    def overloaded(self) -> bool:
        """Return whether the client has left megabytes unread."""


class Delivery(NamedTuple):
    """A message that a client has and has not settled; `consumer` is None after basic.get."""

    entry: Entry
    queue: Source
    consumer: Consumer | None


class Channel:
    """One channel of a connection.

    `prefetch` limits all its consumers together, `next_prefetch` each consumer started from now
    on. A `closing` channel takes no frames but the client's close-ok.
    """

    def __init__(self, number: int, link: ConnectionPort) -> None:
        self.number = number
        self.link = link
        self.consumers: dict[str, Consumer] = {}
        self.unacked: dict[int, Delivery] = {}
        self.prefetch = 0
        self.next_prefetch = 0
        self.confirms: Confirms | None = None
        self.last_queue: str | None = None
        self.closing = False
        self.reply_address: str | None = None
        self.reply_tag = ""
        self._taken = 0
        self._last_tag = 0

    def reply(self, method: base.Frame) -> None:
        """Answer with a method."""
        self.link.send(wire.encode_method(self.number, method))

    def reply_when_durable(self, method: base.Frame) -> None:
        """Answer once the journal has committed what was just declared."""
        self.send_when_durable(wire.encode_method(self.number, method))

    def send_when_durable(self, data: bytes) -> None:
        """As `reply_when_durable`, with a ready frame."""

        def answer() -> None:
            if not self.closing:
                self.link.send(data)

        self.link.when_durable(answer)

    def queue_name(self, given: str) -> str:
        """Name the queue that a method means: an empty name is the one declared last (or 404)."""
        name = given or self.last_queue
        if not name:
            raise ChannelError(NOT_FOUND, "no previously declared queue")
        return name

    def accepts(self) -> bool:
        """Return whether one more delivery may be sent: open, socket writable, window open."""
        return (
            self.link.writable
            and not self.closing
            and (not self.prefetch or self._taken < self.prefetch)
        )

    def add_consumer(self, consumer: Consumer) -> None:
        """Remember a consumer; 530 if its tag is in use here."""
        if consumer.tag in self.consumers:
            raise FatalError(NOT_ALLOWED, f"attempt to reuse consumer tag '{consumer.tag}'")
        self.consumers[consumer.tag] = consumer

    def deliver(self, consumer: Consumer, entry: Entry) -> None:
        """Send a message to a consumer."""
        self._last_tag = tag = self._last_tag + 1
        message = entry.message
        if not consumer.no_ack:
            self.unacked[tag] = Delivery(entry, consumer.queue, consumer)
            self._taken += 1
        method = consumer.prefix + _TAG.pack(tag, entry.redelivered) + message.address
        header = self._header(entry, consumer.queue)
        link = self.link
        link.send(wire.content(self.number, method, header, message.body, link.frame_max))

    def deliver_reply(self, message: Message) -> bool:
        """Send a direct reply; False if the client has stopped reading."""
        if self.closing or self.link.overloaded():
            return False
        self._last_tag += 1
        method = (
            b"\x00\x3c\x00\x3c"
            + wire.short_string(self.reply_tag)
            + _TAG.pack(self._last_tag, 0)
            + message.address
        )
        link = self.link
        link.send(wire.content(self.number, method, message.header, message.body, link.frame_max))
        return True

    def deliver_got(self, queue: Source, entry: Entry, left: int, *, no_ack: bool) -> None:
        """Answer basic.get with a message and the number of those left."""
        self._last_tag = tag = self._last_tag + 1
        if not no_ack:
            self.unacked[tag] = Delivery(entry, queue, None)
        method = b"".join(
            (_GET_OK, _TAG.pack(tag, entry.redelivered), entry.message.address, _COUNT.pack(left))
        )
        header, body = self._header(entry, queue), entry.message.body
        self.link.send(wire.content(self.number, method, header, body, self.link.frame_max))

    def acknowledge(self, tag: int, *, multiple: bool) -> None:
        """Take an acknowledgement of a delivery, or of all up to it."""
        deliveries = self._take(tag, multiple=multiple)
        for delivery in deliveries:
            delivery.queue.acknowledge(delivery.entry)
        self._window_opened(deliveries)

    def reject(self, tag: int, *, multiple: bool, requeue: bool) -> None:
        """Take back a delivery, or all up to it: to the queue or to dead-lettering."""
        deliveries = self._take(tag, multiple=multiple)
        if requeue:
            _requeue(deliveries)
        else:
            for delivery in deliveries:
                delivery.queue.reject(delivery.entry)
        self._window_opened(deliveries)

    def recover(self) -> None:
        """Requeue everything unsettled (basic.recover)."""
        deliveries = self._take(0, multiple=True)
        _requeue(deliveries)
        self._window_opened(deliveries)

    def cancel(self, tag: str) -> None:
        """End a consumer as the client asked; what it has stays unsettled."""
        if self.reply_address is not None and tag == self.reply_tag:
            self.link.replies.close(self)
        consumer = self.consumers.pop(tag, None)
        if consumer is not None:
            consumer.queue.remove_consumer(consumer)

    def cancelled(self, consumer: Consumer) -> None:
        """Tell clients that asked for it that the queue is gone (consumer_cancel_notify)."""
        if self.consumers.pop(consumer.tag, None) is None or self.closing:
            return
        if self.link.cancel_notify:
            self.reply(commands.Basic.Cancel(consumer.tag, True))

    def close(self) -> None:
        """Requeue what is unsettled, then end the consumers."""
        self.closing = True
        if self.confirms is not None:
            self.confirms.close()
        self.link.replies.close(self)
        deliveries = list(self.unacked.values())
        self.unacked.clear()
        _requeue(deliveries)
        consumers, self.consumers = list(self.consumers.values()), {}
        for consumer in consumers:
            consumer.queue.remove_consumer(consumer)

    def _take(self, tag: int, *, multiple: bool) -> list[Delivery]:
        if multiple:
            if tag and tag > self._last_tag:
                raise _unknown(tag)
            tags = []
            for known in self.unacked:
                if tag and known > tag:
                    break
                tags.append(known)
        elif tag in self.unacked:
            tags = [tag]
        else:
            raise _unknown(tag)
        deliveries = [self.unacked.pop(known) for known in tags]
        for delivery in deliveries:
            if delivery.consumer is not None:
                delivery.consumer.unacked -= 1
                self._taken -= 1
        return deliveries

    def _window_opened(self, deliveries: Iterable[Delivery]) -> None:
        if self.prefetch:
            queues = {id(c.queue): c.queue for c in self.consumers.values()}
        else:
            queues = {id(d.queue): d.queue for d in deliveries if d.consumer is not None}
        for queue in queues.values():
            queue.dispatch()

    @staticmethod
    def _header(entry: Entry, queue: Source) -> bytes:
        if entry.deliveries and queue.counts_deliveries:
            return entry.message.with_headers({"x-delivery-count": entry.deliveries})
        return entry.message.header


def _requeue(deliveries: Iterable[Delivery]) -> None:
    by_queue: dict[int, tuple[Source, list[Entry]]] = {}
    for delivery in deliveries:
        by_queue.setdefault(id(delivery.queue), (delivery.queue, []))[1].append(delivery.entry)
    for queue, entries in by_queue.values():
        queue.requeue(entries)


def _unknown(tag: int) -> ChannelError:
    return ChannelError(PRECONDITION_FAILED, f"unknown delivery tag {tag}")
