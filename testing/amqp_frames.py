"""Bytes as a broker sends them, and a connection without a socket on which they come."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

from aiormq.connection import TransportFactory
from pamqp import frame
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.header import ContentHeader
from yarl import URL


def message_frames(
    consumer_tag: str,
    body: bytes,
    *,
    channel: int = 1,
    pieces: int = 1,
    exchange: str = "events.topic",
    routing_key: str = "",
    headers: Mapping[str, Any] | None = None,
    content_type: str | None = "application/json",
    **properties: Any,
) -> bytes:
    """Return the frames of a delivered message whose body comes in so many pieces."""
    of_class = Basic.Properties(
        content_type=content_type, headers=dict(headers) if headers else None, **properties
    )
    size = -(-len(body) // pieces) or 1
    frames = [
        Basic.Deliver(consumer_tag, 1, False, exchange, routing_key),
        ContentHeader(0, len(body), of_class),
        *(ContentBody(body[at : at + size]) for at in range(0, len(body), size)),
    ]
    return b"".join(frame.marshal(each, channel) for each in frames)


class Peer(TransportFactory):
    """Opens one connection without a socket: `send` is what the other end does.

    `received` is what reached the first protocol, `told` the names of its other calls, `calls`
    those of the transport.
    """

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.told: list[str] = []
        self.calls: list[str] = []
        self._protocol: asyncio.Protocol = _Recorder(self)

    def send(self, data: bytes) -> None:
        """Have bytes arrive in one piece."""
        self._protocol.data_received(data)

    @property
    def protocol(self) -> asyncio.Protocol:
        """The protocol of the connection by now."""
        return self._protocol

    async def create(
        self, url: URL, **kwargs: Any
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a reader that reads nothing and a writer whose transport this is."""
        writer = cast("asyncio.StreamWriter", _Writer(self))
        return asyncio.StreamReader(), writer

    def get_protocol(self) -> asyncio.Protocol:
        """Return it, as a transport does."""
        return self._protocol

    def set_protocol(self, protocol: asyncio.Protocol) -> None:
        """Replace it, as a transport does."""
        self._protocol = protocol

    def pause_reading(self) -> None:
        """Note the call."""
        self.calls.append("pause_reading")

    def resume_reading(self) -> None:
        """Note the call."""
        self.calls.append("resume_reading")

    def abort(self) -> None:
        """Note the call."""
        self.calls.append("abort")


class _Writer:
    def __init__(self, transport: Peer) -> None:
        self.transport = transport


class _Recorder(asyncio.Protocol):
    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def data_received(self, data: bytes) -> None:
        self._peer.received.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._peer.told.append(f"connection_lost {exc}")

    def eof_received(self) -> bool | None:
        self._peer.told.append("eof_received")
        return True

    def pause_writing(self) -> None:
        self._peer.told.append("pause_writing")

    def resume_writing(self) -> None:
        self._peer.told.append("resume_writing")
