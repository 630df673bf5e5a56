"""A connection that has left HTTP's machinery: a transport, and who listens to it. Nothing else.

It takes the transport over from the server's protocol once the response has begun, which lets the
protocol, its parser and the request be freed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateway.frame import LAST_CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.sink import Listener


class DetachedConnection(asyncio.Protocol):
    """A `Sink` on a transport. `connections` is the server's set: it counts us and closes us."""

    __slots__ = ("_connections", "_full", "_listener", "_transport", "write")

    def __init__(
        self, transport: asyncio.Transport, connections: set[DetachedConnection], *, full: bool
    ) -> None:
        self._transport: asyncio.Transport | None = transport
        self._connections = connections
        self._listener: Listener | None = None
        self._full = full
        self.write: Callable[[bytes], None] = transport.write

    def attach(self, listener: Listener) -> None:
        """Say whom to tell (`Sink`)."""
        self._listener = listener
        if self._full:
            listener.pause()
        if self._transport is None:
            asyncio.get_running_loop().call_soon(listener.lose)

    def finish(self) -> None:
        """End the chunked body, then close once everything has left (`Sink`)."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(LAST_CHUNK)
            self._transport.close()

    def abort(self) -> None:
        """Close at once (`Sink`)."""
        if self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol

    def pause_writing(self) -> None:
        """The transport's buffer is above its mark."""
        self._full = True
        if self._listener is not None:
            self._listener.pause()

    def resume_writing(self) -> None:
        """The transport's buffer has emptied."""
        self._full = False
        if self._listener is not None:
            self._listener.resume()

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - whatever it says, nobody may speak here
        """A browser has nothing to say on a stream; a second request would never be answered."""
        self.finish()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the reason changes nothing
        """The connection is gone: let go of everything."""
        self._connections.discard(self)
        listener, self._listener = self._listener, None
        self._transport = None
        self.write = _swallow
        if listener is not None:
            listener.lose()

    # uvicorn's view of a connection

    def shutdown(self) -> None:
        """The server stops: end the body properly. A drain before it says goodbye."""
        self.finish()


def _swallow(chunk: bytes) -> None:
    """Take what is written after the connection was lost."""
