"""Publishing: from the frames of a basic.publish to the queues, returns and confirms."""

from functools import partial
from typing import NamedTuple

from slipway.amqp import message as messages
from slipway.amqp import properties, wire
from slipway.amqp.channel import Channel
from slipway.amqp.errors import (
    ACCESS_REFUSED,
    NOT_IMPLEMENTED,
    PRECONDITION_FAILED,
    SYNTAX_ERROR,
    UNEXPECTED_FRAME,
    ChannelError,
    FatalError,
)
from slipway.amqp.message import Message
from slipway.amqp.queue import Queue
from slipway.amqp.replies import Replies, is_reply_address

_NO_ROUTE = b"\x00\x3c\x00\x32\x01\x38" + wire.short_string("NO_ROUTE")
_MANDATORY = 1
_IMMEDIATE = 2


class Order(NamedTuple):
    """The arguments of a basic.publish."""

    exchange: str
    routing_key: str
    mandatory: bool


def decode(payload: bytes) -> Order:
    """Read the payload of a basic.publish method frame; 502 if malformed."""
    try:
        middle = 7 + payload[6]
        end = middle + 1 + payload[middle]
        flags = payload[end]
        exchange = payload[7:middle].decode()
        routing_key = payload[middle + 1 : end].decode()
    except (IndexError, UnicodeDecodeError) as error:
        raise FatalError(SYNTAX_ERROR, "malformed arguments of Basic.Publish") from error
    if flags & _IMMEDIATE:
        raise FatalError(NOT_IMPLEMENTED, "immediate=true")
    return Order(exchange, routing_key, bool(flags & _MANDATORY))


class Incoming:
    """The content that a channel is receiving: a publish, then its header, then its body.

    Frames in any other order are refused with 505 UNEXPECTED_FRAME; a body above the limit with
    406 as soon as the header announces it. `reserved` is the announced size of the body.
    """

    def __init__(self, payload: bytes, limit: int) -> None:
        self._order = decode(payload)
        self._limit = limit
        self._header: bytes | None = None
        self._parts: list[bytes] = []
        self._missing = 0
        self.reserved = 0

    def header(self, payload: bytes) -> bool:
        """Take the content header; returns whether the message is complete."""
        if self._header is not None:
            raise FatalError(UNEXPECTED_FRAME, "expected a content body, got a header")
        self._missing = messages.body_size(payload)
        if self._missing > self._limit:
            raise ChannelError(
                PRECONDITION_FAILED,
                f"message size {self._missing} is larger than the maximum of {self._limit} bytes",
            )
        self._header = payload
        self.reserved = self._missing
        return not self._missing

    def body(self, payload: bytes) -> bool:
        """Take a piece of the body; returns whether the message is complete."""
        if self._header is None:
            raise FatalError(UNEXPECTED_FRAME, "expected a content header, got a body")
        self._missing -= len(payload)
        if self._missing < 0:
            raise FatalError(UNEXPECTED_FRAME, "content body is longer than announced")
        self._parts.append(payload)
        return not self._missing

    def publish(self, channel: Channel) -> None:
        """Hand the complete message to the exchange."""
        exchange, routing_key, mandatory = self._order
        parts = self._parts
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        message = Message(exchange, routing_key, self._header or b"", body)
        _publish(channel, message, mandatory=mandatory)


def _publish(channel: Channel, message: Message, *, mandatory: bool) -> None:
    link = channel.link
    vhost = link.vhost
    exchange = vhost.exchange(message.exchange)
    if exchange.internal:
        raise ChannelError(ACCESS_REFUSED, f"cannot publish to internal exchange '{exchange.name}'")
    if message.spans.keys() & {properties.USER_ID, properties.REPLY_TO}:
        _check_user(message, link.user)
        message = Replies.addressed(message, channel)
    confirms = channel.confirms
    tag = confirms.begin() if confirms is not None else 0
    queues: tuple[Queue, ...] = ()
    if not exchange.name and is_reply_address(message.routing_key):
        routed = link.replies.deliver(message)
    else:
        queues = vhost.route(exchange, message)
        routed = bool(queues)
    refusals = [queue for queue in queues if not queue.publish(message)]
    if mandatory and not routed:
        method = _NO_ROUTE + message.address
        link.send(
            wire.content(channel.number, method, message.header, message.body, link.frame_max)
        )
    if confirms is None:
        return
    if refusals:
        confirms.refuse(tag)
    elif message.persistent and any(queue.slot is not None for queue in queues):
        link.when_durable(partial(confirms.confirm, tag))
    else:
        confirms.confirm(tag)


def _check_user(message: Message, user: str) -> None:
    claimed = message.text(properties.USER_ID)
    if claimed is not None and claimed != user:
        raise ChannelError(
            PRECONDITION_FAILED, f"user_id property is '{claimed}', authenticated as '{user}'"
        )
