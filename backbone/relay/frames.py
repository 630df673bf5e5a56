"""Encodes messages as AMQP 0-9-1 frames, byte for byte as aio_pika would, several times faster.

What repeats from message to message is encoded once: names of exchanges, entries of headers, and
the properties that do not tell one message from another.
"""

import struct
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pamqp import commands, constants, encode

from backbone.relay.queue import QueuedMessage

_BASIC_PUBLISH = b"\x00\x3c\x00\x28\x00\x00"
"""Class, method and the ticket that nobody uses any more."""

_FRAME = struct.Struct(">BHI")
_HEADER = struct.Struct(">HHQH")
_SIZE = struct.Struct(">I")
_FLAGS = commands.Basic.Properties.flags


class Frames:
    """The encoder of the channel `number`; a frame carries `most` bytes, any number unless > 0."""

    def __init__(self, number: int, most: int) -> None:
        self._number = number
        self._most = most if most > 0 else sys.maxsize

    def encode(
        self, message: QueuedMessage, exchange: str, routing_key: str, message_id: str
    ) -> bytes:
        """Encode basic.publish, header and body. Raises TypeError, ValueError or struct.error."""
        properties = message.properties
        flags, before, mode, address, kind = _usual(*map(properties.get, _USUAL))
        correlation_id = properties.get("correlation_id")
        correlation = b""
        if correlation_id:
            flags |= _FLAGS["correlation_id"]
            correlation = encode.short_string(str(correlation_id))
        body = message.body
        header = b"".join(
            (
                _HEADER.pack(commands.Basic.frame_id, 0, len(body), flags),
                before,
                _table(message.headers),
                mode,
                correlation,
                address,
                encode.short_string(message_id),
                kind,
            )
        )
        if len(header) > self._most:
            raise ValueError("the headers do not fit into a frame")
        method = b"".join(
            (
                _exchange(exchange),
                encode.short_string(routing_key),
                b"\x01" if message.mandatory else b"\x00",
            )
        )
        return b"".join(
            (
                self._frame(constants.FRAME_METHOD, method),
                self._frame(constants.FRAME_HEADER, header),
                *(
                    self._frame(constants.FRAME_BODY, body[start : start + self._most])
                    for start in range(0, len(body), self._most)
                ),
            )
        )

    def _frame(self, kind: int, payload: bytes) -> bytes:
        return _FRAME.pack(kind, self._number, len(payload)) + payload + constants.FRAME_END_CHAR


class _Usual(NamedTuple):
    """What messages have in common, encoded, in the order of the wire; their own lies between."""

    flags: int
    before_headers: bytes
    after_headers: bytes
    after_correlation_id: bytes
    after_message_id: bytes


_USUAL = (
    "content_type",
    "content_encoding",
    "delivery_mode",
    "priority",
    "reply_to",
    "expiration",
    "type",
)


@lru_cache(maxsize=256, typed=True)
def _usual(*given: Any) -> _Usual:
    said = dict(zip(_USUAL, given, strict=True))
    expiration = said["expiration"]
    values: dict[str, Any] = {
        "content_type": said["content_type"],
        "content_encoding": said["content_encoding"],
        "delivery_mode": int(said["delivery_mode"] or 1),
        "priority": int(said["priority"] or 0),
        "reply_to": str(said["reply_to"] or ""),
        "expiration": "" if expiration is None else str(int(expiration)),
        "message_type": str(said["type"] or ""),
    }
    properties = commands.Basic.Properties(**values)  # checks them
    present = {name: value for name, value in values.items() if value not in {None, ""}}

    def encoded(*names: str) -> bytes:
        return b"".join(
            properties.encode_property(name, present[name]) for name in names if name in present
        )

    flags = _FLAGS["headers"] | _FLAGS["message_id"]
    for name in present:
        flags |= _FLAGS[name]
    return _Usual(
        flags,
        encoded("content_type", "content_encoding"),
        encoded("delivery_mode", "priority"),
        encoded("reply_to", "expiration"),
        encoded("message_type"),
    )


@lru_cache(maxsize=64)
def _exchange(name: str) -> bytes:
    commands.Basic.Publish(exchange=name)  # checks it
    return _BASIC_PUBLISH + encode.short_string(name)


def _table(headers: Mapping[str, Any]) -> bytes:
    entries = b"".join(
        [
            _scalar(name, value)
            if value is None or isinstance(value, str | int)
            else _entry(name, value)
            for name, value in sorted(headers.items())
        ]
    )
    return _SIZE.pack(len(entries)) + entries


def _entry(name: str, value: Any) -> bytes:
    return encode.field_table({name: value})[_SIZE.size :]


# Typed, as 1 and True are equal but not the same on the wire.
_scalar = lru_cache(maxsize=512, typed=True)(_entry)
