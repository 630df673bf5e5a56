"""A published message, shared by all queues it was routed to, and its place in one queue."""

import struct
from typing import Any

from slipway.amqp import properties, wire
from slipway.amqp.errors import (
    FRAME_ERROR,
    PRECONDITION_FAILED,
    ChannelError,
    FatalError,
)

BASIC_CLASS = 60
_HEADER = struct.Struct(">HHQ")
_PERSISTENT = 2
_LONGEST_MILLISECONDS = 2**32 - 1
# What an entry costs beside its bytes; measured roughly, it keeps empty messages countable.
_OVERHEAD_BYTES = 400


def body_size(header: bytes) -> int:
    """Return the body size that a content header announces; 501 unless it is one of class basic."""
    if len(header) < _HEADER.size + 2:
        raise FatalError(FRAME_ERROR, "content header is too short")
    class_id, _weight, size = _HEADER.unpack_from(header)
    if class_id != BASIC_CLASS:
        raise FatalError(FRAME_ERROR, f"content header of class {class_id}, expected 60")
    return int(size)


class Message:
    """What a publisher sent, kept as wire bytes.

    `header` is the payload of the content header frame, `address` the two short strings exchange
    and routing key as every delivery repeats them. `ttl` is the per-message expiration in
    milliseconds.
    """

    __slots__ = (
        "address",
        "body",
        "exchange",
        "header",
        "persistent",
        "routing_key",
        "size",
        "spans",
        "ttl",
    )

    def __init__(self, exchange: str, routing_key: str, header: bytes, body: bytes) -> None:
        self.exchange = exchange
        self.routing_key = routing_key
        self.address = wire.short_string(exchange) + wire.short_string(routing_key)
        self.header = header
        self.body = body
        raw = header[12:]
        spans = self.spans = properties.scan(raw)
        mode = spans.get(properties.DELIVERY_MODE)
        self.persistent = mode is not None and raw[mode[0]] == _PERSISTENT
        self.ttl = _milliseconds(properties.text(raw, spans, properties.EXPIRATION))
        self.size = len(header) + len(body) + _OVERHEAD_BYTES

    @classmethod
    def restored(cls, address: bytes, header: bytes, body: bytes) -> "Message":
        """Rebuild a message from the bytes that a journal kept."""
        cut = 1 + address[0]
        return cls(address[1:cut].decode(), address[cut + 1 :].decode(), header, body)

    def text(self, flag: int) -> str | None:
        """Return a short-string property by its flag."""
        return properties.text(self.header[12:], self.spans, flag)

    def headers(self) -> dict[str, Any]:
        """Return the decoded headers table; decoded anew at every call."""
        return properties.headers(self.header[12:], self.spans)

    def with_headers(self, changes: dict[str, Any]) -> bytes:
        """Return the content header payload with some headers set (None removes one)."""
        raw = self.header[12:]
        return self.header[:12] + properties.replace(
            raw, {properties.HEADERS: properties.patched_headers(raw, changes)}
        )


class Entry:
    """A message's place in one queue.

    `id` grows in the order of arrival over the whole broker and is the position to which the entry
    returns when requeued. `expires_at` is epoch seconds. `journaled` tells whether a journal has
    it. `deliveries` counts returns to the queue.
    """

    __slots__ = ("deliveries", "expires_at", "id", "journaled", "message", "redelivered")

    def __init__(self, identity: int, message: Message, expires_at: float | None) -> None:
        self.id = identity
        self.message = message
        self.expires_at = expires_at
        self.redelivered = False
        self.journaled = False
        self.deliveries = 0


def _milliseconds(expiration: str | None) -> int | None:
    if expiration is None:
        return None
    if not (expiration.isascii() and expiration.isdigit()):
        raise ChannelError(
            PRECONDITION_FAILED, f"invalid expiration '{expiration}': not milliseconds as digits"
        )
    value = int(expiration) if len(expiration) <= 10 else _LONGEST_MILLISECONDS + 1  # noqa: PLR2004 - digits of 2**32
    if value > _LONGEST_MILLISECONDS:
        raise ChannelError(PRECONDITION_FAILED, f"invalid expiration '{expiration}': too large")
    return value
