"""uvicorn's HTTP protocol, offering applications to take a connection over once a response began.

The offer is an extension of the request's scope, `DETACH`. Called when the response has begun, it
answers with a `DetachedConnection`, after which the application returns; or with None when this
response can't be taken over, and the application goes on with `send`.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, cast

from backbone.http.protocol import BoundedProtocol
from gateway.outgoing.detached import DetachedConnection

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

DETACH = "slipway.detach"

BEGIN = "slipway.begin"
"""The extension of a request whose response has not begun: called with the headers of a stream, it
answers with a connection on which these leave with what is written first, or None."""

REFUSAL = "slipway.refusal"
"""The extension of a request that was refused before it came here: the exception that said so."""


class _Offer:
    """The extension of one request; holds the protocol weakly, else each request were a cycle."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: DetachingProtocol) -> None:
        self._protocol = weakref.ref(protocol)

    def __call__(self) -> DetachedConnection | None:
        protocol = self._protocol()
        return None if protocol is None else protocol.detach(self)


class DetachingProtocol(BoundedProtocol):
    """Hands the connection over when the application asks for it.

    `refusal` is why its first request was refused before, if it was: it is not asked twice.
    """

    def __init__(self, *args: Any, refusal: Exception | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._refusal = refusal

    def on_message_begin(self) -> None:
        """Put the offer into the scope of a request that begins."""
        super().on_message_begin()
        extensions: dict[str, Any] = {DETACH: _Offer(self)}
        if self._refusal is not None:
            extensions[REFUSAL], self._refusal = self._refusal, None
        cast("dict[str, Any]", self.scope)["extensions"] = extensions

    def detach(self, offer: _Offer) -> DetachedConnection | None:
        """Replace this protocol on its transport, if `offer`'s response is running and chunked."""
        cycle: RequestResponseCycle | None = self.cycle
        if (
            cycle is None
            or cast("dict[str, Any]", cycle.scope)["extensions"].get(DETACH) is not offer
            or not cycle.response_started
            or cycle.chunked_encoding is not True
            or cycle.response_complete
            or cycle.disconnected
            or cycle.more_body
            or self.transport.is_closing()
        ):
            return None
        # For uvicorn the exchange is over: the call may return, and nothing it sends goes out.
        cycle.response_complete = True
        cycle.disconnected = True
        cycle.message_event.set()
        self.server_state.total_requests += 1
        self._unset_keepalive_if_required()
        self.flow.resume_reading()
        connections = cast("set[Any]", self.connections)
        connection = DetachedConnection(
            self.transport,
            connections,
            self.hand_over(),
            full=self.flow.write_paused,
        )
        self.transport.set_protocol(connection)
        connections.discard(self)
        connections.add(connection)
        self.parser = None  # type: ignore[assignment] # as connection_lost does: it refers back to us
        return connection
