"""One stream's response: asks for its place, begins the body and hands the connection to the hub.

Where the server offers the connection itself (`gateway/http/protocol.py`), the ASGI call ends there
and the hub writes to the transport. Elsewhere the call lasts as long as the stream and sends what
the hub writes. Headers follow WHATWG HTML, section 9.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from opentelemetry import trace
from starlette.responses import Response

from backbone.errors import DatabaseUnavailable, Overloaded
from gateway.history.log import LogUnavailable
from gateway.http.protocol import BEGIN, DETACH
from gateway.listening.client import Listening
from gateway.listening.grants import Pending
from gateway.listening.opening import Opening, decide
from gateway.outgoing.asgi import AsgiSink
from gateway.outgoing.frame import control, control_json, event_id

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from backbone.http.security_headers import Header
    from gateway.listening.hub import Hub
    from gateway.listening.team import Team
    from gateway.outgoing.sink import Sink

tracer = trace.get_tracer("slipway.gateway")

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
]


class StreamRequest(NamedTuple):
    """Who wants to hear what; access was checked. `reconnect`: the browser sent `Last-Event-ID`."""

    team_id: int
    job_id: int | None
    listening: Listening
    last_event_id: str | None
    reconnect: bool


class StreamResponse(Response):
    """Streams a team's events, or one job's.

    A browser closes its EventSource for good on any status but 200, so a reconnect that can't be
    served now is answered with a `drain` frame and a delay; a first connect with a 503 problem.
    """

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, request: StreamRequest) -> None:
        super().__init__()
        self._hub = hub
        self._request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        hub, request = self._hub, self._request
        refusal = self._refusal()
        if refusal is not None:
            hub.metrics.overloaded_total += 1
            if not request.reconnect:
                raise Overloaded(retry_after=self._retry_after())
            await RetryLater(hub, refusal)(scope, receive, send)
            return
        fallback: AsgiSink | None = None
        hub.opening += 1
        pending = Pending(request.listening.grant)
        hub.grants.add(pending.grant, pending)
        attributes = {"team_id": request.team_id, "job_id": request.job_id or 0}
        # Of the opening only: a span as long as the stream would tell nothing of how quick it was.
        span = tracer.start_span("sse.stream.open", attributes=attributes)
        try:
            team = await hub.enter(request.team_id, request.last_event_id)
            try:
                opening = await decide(hub, team, request.job_id, request.last_event_id)
                span.set_attribute("status", "ended" if opening is None else opening.status)
                if opening is None:
                    await Response(status_code=204)(scope, receive, send)
                    return
                if pending.cause is not None:
                    # Withdrawn while the log was read: nothing of it is told.
                    raise pending.cause.refusal()
                hub.metrics.resumes[opening.status] += 1
                sink = await self._begin(scope, send)
                if isinstance(sink, AsgiSink):
                    fallback = sink
                self._open(team, sink, opening)
            finally:
                hub.leave(team)
        except LogUnavailable:
            if not request.reconnect:
                raise DatabaseUnavailable from None
            await RetryLater(hub, "overloaded")(scope, receive, send)
            return
        finally:
            span.end()
            hub.opening -= 1
            hub.grants.discard(pending.grant, pending)
        if fallback is not None:
            await fallback.run(receive)

    async def _begin(self, scope: Scope, send: Send) -> Sink:
        """Begin the response and take its connection over, if that is offered."""
        extensions = scope.get("extensions", {})
        begin, detach = extensions.get(BEGIN), extensions.get(DETACH)
        sink: Sink | None = None
        if begin is not None:
            sink = begin(_stream_headers(scope))
        if sink is None:
            await send(_start(scope))
            sink = None if detach is None else detach()
        if begin is None and detach is None:
            self._hub.note_plain_path()
        return sink or AsgiSink(send, send_timeout=self._hub.limits.send_timeout)

    def _open(self, team: Team, sink: Sink, opening: Opening) -> None:
        hub, request = self._hub, self._request
        client = hub.open(team, request.job_id, sink, request.listening)
        # Both ids have the log's shape: nothing in them needs an escape.
        came = "" if opening.came is None else f'"from":"{opening.came}",'
        to = event_id(team.epoch, team.position)
        data = f'{{"status":"{opening.status}",{came}"to":"{to}"}}'
        position = team.position if opening.position is None else opening.position
        sync = control_json("sync", data, retry=hub.retry())
        hub.begin(client, sync, opening.epoch, position, opening.gap)

    def _refusal(self) -> str | None:
        hub, request = self._hub, self._request
        if hub.draining:
            return "shutdown"
        limits = hub.limits
        if hub.metrics.subscribers_active + hub.opening >= limits.streams:
            return "overloaded"
        team = hub.teams.get(request.team_id)
        if team is None:
            return None
        of_user = team.users.get(request.listening.user_id, ())
        full = team.size + team.holds >= limits.streams_per_team
        return "overloaded" if full or len(of_user) >= limits.streams_per_user else None

    def _retry_after(self) -> int:
        return max(1, round(self._hub.limits.retry_milliseconds / 1000))


class RetryLater(Response):
    """A stream that only says when to come back; the answer to a reconnect that can't be served."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, reason: str) -> None:
        super().__init__(control("drain", {"reason": reason}, retry=hub.retry(reason)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's shape
        """Answer the request."""
        await send(_start(scope))
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def _start(scope: Scope) -> Message:
    return {"type": "http.response.start", "status": 200, "headers": _stream_headers(scope)}


def _stream_headers(scope: Scope) -> list[Header]:
    """Return the headers of a stream's response."""
    # The connection ends with the stream: say so where HTTP has a word for it (RFC 9112, 9.6).
    ends = scope.get("http_version", "1.1").startswith("1")
    return [*_HEADERS, (b"connection", b"close")] if ends else _HEADERS
