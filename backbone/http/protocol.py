"""uvicorn's HTTP protocol within bounds: sizes, times and the number of connections.

httptools joins a field that never ends piece by piece, which costs the square of its length, and
keeps every field; uvicorn waits for a request for ever. Whatever is refused is answered with a
problem (RFC 9457), unless an answer has begun on the connection.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Protocol, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from backbone.errors import BusinessError
from backbone.http.admission import Admission, ConnectionSlot
from backbone.http.cycle_parts import UNTIL_CLOSED, LingeringTransport
from backbone.http.deadlines import Deadlines
from backbone.http.errors import HeadTooLarge, MalformedRequest, PayloadTooLarge, RequestTimeout
from backbone.http.limits import HttpLimits
from backbone.http.refusal import refusal_bytes, refusing

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

_LINE = 4
"""Bytes of a field beside its name and value: the colon, a space and the line's end."""

_DISCARDED = 262_144
"""Bytes read and dropped behind a refusal, so that the answer is not lost to a reset."""

_VERSIONS = frozenset({"1.0", "1.1"})

HOST = re.compile(rb"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]*")


class _Refused(Exception):  # noqa: N818 - stops the parser, never leaves this module
    """A callback of the parser refuses the request."""


class Reading(Protocol):
    """A connection that has something to say within a time."""

    def read_timed_out(self) -> None:
        """Hear that the time is over."""


class Front:
    """What the connections of one server share."""

    def __init__(self, limits: HttpLimits) -> None:
        self.limits = limits
        self.admission = Admission(limits)
        self.reading: Deadlines[Reading] = Deadlines(lambda each: each.read_timed_out())
        self.writing: Deadlines[BoundedProtocol] = Deadlines(lambda each: each.transport.abort())


class BoundedProtocol(HttpToolsProtocol):
    """A connection that is refused when it asks for more than `HttpLimits` gives.

    `_begun` and `_in_body` tell where in a message the parser is; the deadline that runs belongs to
    that stage. Whole requests that come at once set no deadline. `admitted` is what
    `Admission.take` said of a connection that was counted before.
    """

    def __init__(
        self,
        *args: Any,
        front: Front,
        admitted: tuple[ConnectionSlot, BusinessError | None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._front = front
        self._limits = front.limits
        self._admitted = admitted
        self._place: ConnectionSlot | None = None
        self._begun = False
        self._in_body = False
        self._moved = False
        self._stage: str | None = "new"
        self._head = 0
        self._unparsed = 0
        self._fields = 0
        self._hosts = 0
        self._body = 0
        self._discarded = 0
        self._fault: BusinessError | None = None
        self._refused = False

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection; one too many is told so once its request has come."""
        super().connection_made(transport)
        address = self.client[0] if self.client else None
        admission = self._front.admission
        self._place, error = self._admitted or admission.take(address)
        if error is None:
            self._front.reading.set(self, self._limits.head_seconds)
        elif admission.unanswered(address):
            transport.abort()
        else:
            self.app = refusing(error)
            self._front.reading.set(self, self._limits.linger_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give everything back."""
        self._unwatch()
        if self._place is not None:
            self._place.release()
        super().connection_lost(exc)

    def hand_over(self) -> ConnectionSlot | None:
        """Stop watching a connection that another protocol takes, and give it the place."""
        self._unwatch()
        place, self._place = self._place, None
        return place

    def pause_writing(self) -> None:
        """Note that the peer takes less than it is sent."""
        super().pause_writing()
        self._front.writing.set(self, self._limits.send_seconds)

    def resume_writing(self) -> None:
        """Note that the peer takes data again."""
        super().resume_writing()
        self._front.writing.drop(self)

    # What comes in

    def data_received(self, data: bytes) -> None:
        """Parse what came, within bounds."""
        if self._refused:
            self._discarded += len(data)
            if self._discarded > _DISCARDED:
                # Whoever pours on is held up by TCP until the time to linger is over.
                self.flow.pause_reading()
            return
        self._unset_keepalive_if_required()
        self._moved = False
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # A server may ignore the request (RFC 9110 §7.8); what follows may be of any protocol.
            if self.cycle is not None:
                self.cycle.keep_alive = False
        except httptools.HttpParserError:
            self._refuse(self._fault or MalformedRequest())
            return
        if self.parser is not None:
            self._account(len(data))

    def _account(self, size: int) -> None:
        """Bound what the parser holds without having told it, and set the stage's deadline."""
        if self._in_body:
            self._body += size
            if self._body > self._limits.message + self._limits.head:
                self._refuse(PayloadTooLarge())
                return
        elif self._moved:
            self._unparsed = 0
        else:
            self._unparsed += size
            if self._unparsed > self._limits.head:
                self._refuse(HeadTooLarge())
                return
        stage = "body" if self._in_body else "head" if self._begun else None
        if stage is self._stage and not (stage and self._moved):
            return
        self._stage = stage
        if stage == "body":
            cast("Any", self.cycle).transport = LingeringTransport(
                self.transport, self.close_behind_body
            )
        if stage is None:
            self._front.reading.drop(self)
        else:
            limits = self._limits
            seconds = limits.body_seconds if stage == "body" else limits.head_seconds
            self._front.reading.set(self, seconds)

    def read_timed_out(self) -> None:
        """End a stage that took too long."""
        if self._refused:
            self.transport.abort()
        elif self._stage == "new":
            # Opened ahead of need, as browsers do, and not needed.
            self.transport.close()
        elif self.flow.read_paused:
            # The application takes its time, not the peer.
            self._front.reading.set(self, self._limits.body_seconds)
        else:
            self._refuse(RequestTimeout())

    # What the parser tells

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._begun = True
        self._head = self._fields = self._hosts = 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the request's target."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field; trailers are counted and dropped (RFC 9110 §6.5.1)."""
        self._fields += 1
        self._count(len(name) + len(value) + _LINE)
        if self._fields > self._limits.fields:
            self._fail(HeadTooLarge(f"Send at most {self._limits.fields} header fields."))
        if self._in_body:
            return
        super().on_header(name, value)
        if self.headers[-1][0] == b"host":
            self._hosts += 1
            if self._hosts > 1 or HOST.fullmatch(value) is None:
                self._fail(MalformedRequest("The Host field is malformed or comes twice."))

    def on_headers_complete(self) -> None:
        """Start the application: the head is complete."""
        version = self.parser.get_http_version()
        if version not in _VERSIONS:
            self._fail(MalformedRequest("Speak HTTP/1.1."))
        if not self._hosts and version != "1.0":
            self._fail(MalformedRequest("The Host field is missing (RFC 9112 §3.2)."))
        if len(self.pipeline) >= self._limits.pipelined:
            self._fail(MalformedRequest("Too many requests at once; wait for answers."))
        self._in_body = self._moved = True
        self._body = 0
        super().on_headers_complete()
        if version == "1.0":
            # uvicorn would send chunks, which such a client cannot read (RFC 9112 §6.1).
            self.cycle.chunked_encoding = False
            self.cycle.expected_content_length = UNTIL_CLOSED

    def on_message_complete(self) -> None:
        """Note that the request has come whole."""
        self._begun = self._in_body = False
        self._moved = True
        super().on_message_complete()

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > self._limits.head:
            self._fail(HeadTooLarge(f"Send at most {self._limits.head} bytes of head."))

    def _fail(self, error: BusinessError) -> None:
        self._fault = error
        raise _Refused

    # Refusals

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's shape
        """Refuse with a problem, where uvicorn would say it in plain text."""
        self._refuse(MalformedRequest())

    def _refuse(self, error: BusinessError) -> None:
        """Answer if nothing of another answer could be mistaken for it, then close."""
        self._refused = True
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or (cycle.response_complete and not self._in_body):
            self._answer(error)
        elif cycle.response_complete:
            self._close()
        elif self._in_body and not self.pipeline and not cycle.response_started:
            # For the application the peer has left; what it still sends goes nowhere.
            cycle.response_complete = cycle.disconnected = True
            cycle.message_event.set()
            self._answer(error)
        else:
            # Answers to what came before are on their way: nothing may stand between them.
            cycle.keep_alive = False
            if self._in_body:
                cast("Any", cycle).disconnected = True
                cycle.message_event.set()
                self._close()
            else:
                self._front.reading.set(self, self._limits.send_seconds)

    def _answer(self, error: BusinessError) -> None:
        if not self.transport.is_closing():
            self.transport.write(refusal_bytes(error, self.server_state.default_headers))
        self._close()

    def _close(self) -> None:
        """Close once the peer has read what was written: a reset would take it away unread."""
        self.flow.resume_reading()
        if self.transport.is_closing():
            return
        # TLS has no half-closed connection; there the refusal's `Connection: close` says it alone.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._front.reading.set(self, self._limits.linger_seconds)

    def close_behind_body(self) -> None:
        """Close the connection; if a body is still coming, drop it first."""
        if self._in_body:
            self._refused = True
            self._close()
        else:
            self.transport.close()

    def _unwatch(self) -> None:
        self._front.reading.drop(self)
        self._front.writing.drop(self)
