"""Frames of AMQP 0-9-1 on the wire: cutting bytes into frames and writing frames as bytes.

Methods on the hot path are written by hand; the others are left to pamqp. A frame that is too
large, of unknown type or without its end octet is refused with 501 FRAME_ERROR.
"""

import struct
from typing import Final, NamedTuple

from pamqp import base, commands

from slipway.amqp.errors import FRAME_ERROR, SYNTAX_ERROR, FatalError

METHOD: Final = 1
HEADER: Final = 2
BODY: Final = 3
HEARTBEAT: Final = 8
END: Final = b"\xce"
END_OCTET: Final = 0xCE
FRAME_OVERHEAD: Final = 8
HEAD_BYTES: Final = 7
PROTOCOL_HEADER: Final = b"AMQP\x00\x00\x09\x01"
HEARTBEAT_FRAME: Final = b"\x08\x00\x00\x00\x00\x00\x00\xce"

PUBLISH: Final = 0x003C0028
ACK: Final = 0x003C0050

_HEAD = struct.Struct(">BHI")
_INDEX = struct.Struct(">I")
_ACK = struct.Struct(">BHIIQBB")
_METHOD_HEAD = struct.Struct(">BHII")


class Frame(NamedTuple):
    """One frame as received: its type octet, its channel and its payload."""

    type: int
    channel: int
    payload: bytes


class FrameReader:
    """Collects the bytes of one connection and hands out complete frames.

    Bytes of an unfinished frame are kept, at most `frame_max` of them plus one read.
    """

    def __init__(self, frame_max: int) -> None:
        self.frame_max = frame_max
        self._data = b""
        self._at = 0
        self._rest = bytearray()
        self._need = HEAD_BYTES

    def append(self, data: bytes) -> None:
        """Add what was read from the socket behind what was not taken yet."""
        if self._at < len(self._data):
            self._rest[:0] = self._data[self._at :]
            self._need = HEAD_BYTES
        if self._rest:
            self._rest += data
            if len(self._rest) < self._need:
                self._data, self._at = b"", 0
                return
            data = bytes(self._rest)
            self._rest.clear()
        self._data, self._at = data, 0

    def next(self) -> Frame | None:
        """Return the next complete frame, or None until more bytes were appended.

        Raises FatalError 501 on anything that is no frame.
        """
        data, at = self._data, self._at
        available = len(data) - at
        if not available:
            return None
        if available < HEAD_BYTES:
            self._keep(HEAD_BYTES)
            return None
        kind, channel, size = _HEAD.unpack_from(data, at)
        if kind not in {METHOD, HEADER, BODY, HEARTBEAT}:
            raise FatalError(FRAME_ERROR, f"unknown frame type {kind}")
        if size > self.frame_max - FRAME_OVERHEAD:
            raise FatalError(
                FRAME_ERROR, f"frame payload of {size} bytes exceeds frame_max {self.frame_max}"
            )
        end = at + HEAD_BYTES + size
        if available < size + FRAME_OVERHEAD:
            self._keep(size + FRAME_OVERHEAD)
            return None
        if data[end] != END_OCTET:
            raise FatalError(FRAME_ERROR, "frame does not end with octet 0xCE")
        self._at = end + 1
        return Frame(kind, channel, data[at + HEAD_BYTES : end])

    def _keep(self, need: int) -> None:
        if self._at < len(self._data):
            self._rest += self._data[self._at :]
        self._data, self._at, self._need = b"", 0, need


def method_index(payload: bytes) -> int:
    """Class and method number of a method frame as one integer (class in the upper 16 bits)."""
    if len(payload) < _INDEX.size:
        raise FatalError(FRAME_ERROR, "method frame is shorter than its class and method id")
    return int(_INDEX.unpack_from(payload)[0])


def decode_method(index: int, payload: bytes) -> base.Frame:
    """Decode a method frame's arguments; 503 for an unknown method, 502 for malformed arguments."""
    known = commands.INDEX_MAPPING.get(index)
    if known is None:
        raise FatalError(503, f"unknown method {index >> 16}.{index & 0xFFFF}")
    # Without __init__, whose defaults unmarshal overwrites and which warns for old methods.
    method: base.Frame = object.__new__(known)
    try:
        method.unmarshal(payload[4:])
    except Exception as error:  # whatever a hostile table provokes, the answer is the same
        raise FatalError(SYNTAX_ERROR, f"malformed arguments of {method.name}") from error
    return method


def encode_method(channel: int, method: base.Frame) -> bytes:
    """Return a method frame made from a pamqp command."""
    payload = method.marshal()
    return _METHOD_HEAD.pack(METHOD, channel, len(payload) + 4, method.index) + payload + END


def raw_method(channel: int, payload: bytes) -> bytes:
    """Return a method frame around a ready payload (class id, method id, arguments)."""
    return _HEAD.pack(METHOD, channel, len(payload)) + payload + END


def ack(channel: int, tag: int, *, multiple: bool) -> bytes:
    """Basic.Ack as publisher confirm."""
    return _ACK.pack(METHOD, channel, 13, ACK, tag, multiple, END_OCTET)


def content(channel: int, method: bytes, header: bytes, body: bytes, frame_max: int) -> bytes:
    """Return a method that carries content, its header and its body frames as one piece of bytes.

    `method` and `header` are payloads; the body is split so that no frame exceeds `frame_max`.
    """
    head = _HEAD.pack
    room = frame_max - FRAME_OVERHEAD
    if len(body) <= room:
        if not body:
            return b"".join(
                (
                    head(METHOD, channel, len(method)),
                    method,
                    END,
                    head(HEADER, channel, len(header)),
                    header,
                    END,
                )
            )
        return b"".join(
            (
                head(METHOD, channel, len(method)),
                method,
                END,
                head(HEADER, channel, len(header)),
                header,
                END,
                head(BODY, channel, len(body)),
                body,
                END,
            )
        )
    parts = [
        head(METHOD, channel, len(method)),
        method,
        END,
        head(HEADER, channel, len(header)),
        header,
        END,
    ]
    for start in range(0, len(body), room):
        piece = body[start : start + room]
        parts += (head(BODY, channel, len(piece)), piece, END)
    return b"".join(parts)


def short_string(text: str) -> bytes:
    """Return a short string: one octet of length (bytes of UTF-8, at most 255), then the bytes."""
    raw = text.encode()
    return bytes((len(raw),)) + raw
