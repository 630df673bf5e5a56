"""A connection that has left HTTP's machinery: a transport, and who listens to it. Nothing else.

It takes the transport over from the server's protocol once the response has begun, which lets the
protocol, its parser and the request be freed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateway.outgoing.frame import LAST_CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable

    from backbone.http.admission import ConnectionSlot
    from gateway.outgoing.sink import Listener


class DetachedConnection(asyncio.Protocol):
    """A `Sink` on a transport. `connections` is the server's set: it counts us and closes us.

    Full means that the transport has bytes waiting, however few: until they have left, and after
    the end of the body, nothing may go to the socket past it. `head` is the response's, and leaves
    with the first write.
    """

    __slots__ = (
        "_connections",
        "_full",
        "_head",
        "_listener",
        "_place",
        "_transport",
        "socket",
        "write",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        connections: set[DetachedConnection],
        place: ConnectionSlot | None,
        *,
        full: bool,
        head: bytes = b"",
    ) -> None:
        self._transport: asyncio.Transport | None = transport
        self._connections = connections
        self._place = place
        self._listener: Listener | None = None
        self._full = full
        self.socket = _socket(transport)
        self._head = head
        self.write: Callable[[bytes], None] = self._write_first if head else transport.write

    def attach(self, listener: Listener) -> None:
        """Say whom to tell (`Sink`)."""
        if self._transport is None:
            asyncio.get_running_loop().call_soon(listener.lose)
        else:
            self._transport.set_write_buffer_limits(high=0)  # may call `pause_writing`
        self._listener = listener
        if self._full:
            listener.pause()

    def finish(self) -> None:
        """End the chunked body, then close once everything has left (`Sink`)."""
        if self._transport is not None and not self._transport.is_closing():
            self.write(LAST_CHUNK)
            self._transport.close()

    def abort(self) -> None:
        """Close at once (`Sink`)."""
        if self._transport is not None:
            self._transport.abort()

    def _write_first(self, chunk: bytes) -> None:
        if self._transport is not None:
            self.write = self._transport.write
            self.write(self._head + chunk)
            self._head = b""

    # asyncio.Protocol

    def pause_writing(self) -> None:
        """Note that the socket took less than it was given."""
        self._full = True
        if self._listener is not None:
            self._listener.pause()

    def resume_writing(self) -> None:
        """Note that the transport's buffer has emptied."""
        if self._transport is None or self._transport.is_closing():
            return
        self._full = False
        if self._listener is not None:
            self._listener.resume()

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - whatever it says, nobody may speak here
        """Close: a browser has nothing to say on a stream, and a second request has no answer."""
        self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the reason changes nothing
        """Let go of everything: the connection is gone."""
        self._connections.discard(self)
        if self._place is not None:
            self._place.release()
        listener, self._listener = self._listener, None
        self._transport = None
        self.write = _swallow
        self.socket = None  # its number will soon be another connection's
        if listener is not None:
            listener.lose()

    # uvicorn's view of a connection

    def shutdown(self) -> None:
        """End the body properly: the server stops, and a drain frame has said so."""
        self.finish()
        # Nothing may follow; and who does not take the rest is cut in time, like one that is full.
        self.pause_writing()


def _socket(transport: asyncio.Transport) -> int | None:
    """Return the socket of a transport that sends what it is given as it is, which TLS does not."""
    if transport.get_extra_info("sslcontext") is not None:
        return None
    socket = transport.get_extra_info("socket")
    return None if socket is None or socket.fileno() < 0 else int(socket.fileno())


def _swallow(chunk: bytes) -> None:
    """Take what is written after the connection was lost."""
