"""The fast path to a stream: from a connection's first bytes to the hub, past the framework.

After a deploy all browsers come back at once, and what a server and a framework do for each request
costs more than the stream itself. So a connection is first asked whether it begins with a plain
request for a stream. If it does not, or if the stream is refused, it becomes a connection of the
server's own, and the application answers from the start, in the words of the contract.
"""

from __future__ import annotations

import asyncio
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from fastapi.security import SecurityScopes
from starlette.requests import Request
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.utils import get_remote_addr, is_ssl

from backbone.errors import BusinessError
from backbone.http.security_headers import completed, completing
from gateway.http.credentials import ReconnectLaterError
from gateway.http.plain_request import PlainRequest, read
from gateway.http.protocol import BEGIN, DetachingProtocol
from gateway.http.stream import RetryLater
from gateway.outgoing.detached import DetachedConnection

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    import uvicorn
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from uvicorn.server import ServerState

    from backbone.http.admission import ConnectionSlot
    from backbone.http.protocol import Front
    from backbone.http.security_headers import Header
    from backbone.identity import Principal
    from gateway.http.api import Events
    from gateway.listening.hub import Hub

    FindPrincipal = Callable[[Request, SecurityScopes], Awaitable[Principal]]

_SCOPES: Final = SecurityScopes(["events:read"])
_HTTP: Final = {"type": "http", "http_version": "1.1"}

log = structlog.get_logger(__name__)


class FastPath:
    """How plain requests for `path` become streams; one for all connections of a gateway."""

    def __init__(self, hub: Hub, events: Events, principal: FindPrincipal, path: str) -> None:
        self.hub = hub
        self.path = path
        self.raw_path = path.encode()
        self._events = events
        self._principal = principal

    async def open(self, scope: Scope, plain: PlainRequest, send: Send) -> None:
        """Hand the connection that `scope` offers to the hub; an answer that is no stream is sent.

        Raises what refuses the request.
        """
        principal = await self._principal(Request(scope), _SCOPES)
        response = await self._events.stream_events(
            principal,
            team_id=plain.team_id,
            job_id=plain.job_id,
            last_event_id=None,
            last_event_id_header=plain.last_event_id,
        )
        await response(scope, _disconnected, send)


class FastPathProtocol(asyncio.Protocol):
    """A connection until it is known what it wants: then the hub's, or a `DetachingProtocol`'s.

    uvicorn makes it in the place of its own. While a stream is being opened, `_data` keeps what has
    come, for a server that would have to read it again.
    """

    __slots__ = (
        "_app_state",
        "_client",
        "_config",
        "_data",
        "_fast_path",
        "_front",
        "_loop",
        "_server_state",
        "_slot",
        "_stream",
        "_task",
        "_transport",
    )

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        front: Front,
        fast_path: FastPath,
    ) -> None:
        self._config = config
        self._server_state = server_state
        self._app_state = app_state
        self._loop = _loop or asyncio.get_running_loop()
        self._front = front
        self._fast_path = fast_path
        self._transport: asyncio.Transport | None = None
        self._client: tuple[str, int] | None = None
        self._slot: ConnectionSlot | None = None
        self._stream: DetachedConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._data = b""

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection; the server's own protocol refuses one too many."""
        self._transport = transport
        self._connections.add(self)
        self._client = get_remote_addr(transport)
        front = self._front
        self._slot, error = front.admission.take(self._client[0] if self._client else None)
        if error is None:
            front.reading.set(self, front.limits.head_seconds)
        else:
            self._hand_over(too_many=error)

    def data_received(self, data: bytes) -> None:
        """Open the stream that a plain request asks for."""
        if self._task is not None:
            # A second request, or whatever: it waits for what becomes of the first.
            self._data += data
            if self._transport is not None:
                self._transport.pause_reading()
            return
        self._data = data
        plain = read(data, self._fast_path.raw_path, self._front.limits)
        if plain is None:
            self._hand_over()
            return
        self._front.reading.drop(self)
        task = self._task = self._loop.create_task(self._open(plain))
        # The hub may end it, and the server waits for it.
        for tasks in (self._fast_path.hub.interruptible, self._server_state.tasks):
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the reason changes nothing
        """Let go of everything: the connection is gone."""
        self._let_go()
        if self._slot is not None:
            self._slot.release()

    # The server's view of a connection

    def read_timed_out(self) -> None:
        """Close: opened ahead of need, as browsers do, and not needed."""
        if self._transport is not None:
            self._transport.close()

    def shutdown(self) -> None:
        """Close unless a stream is being opened, which the hub sees to."""
        if self._task is None and self._transport is not None:
            self._transport.close()

    # What becomes of it

    async def _open(self, plain: PlainRequest) -> None:
        hub, said = self._fast_path.hub, _Said()
        try:
            scope = await self._scope(plain)
            await self._fast_path.open(scope, plain, said.send)
        except asyncio.CancelledError:
            if not hub.draining or self._transport is None:
                self._abort()
                raise
            await RetryLater(hub, "shutdown")(_HTTP, _disconnected, said.send)
        except Exception as error:  # noqa: BLE001 - whatever it is, the application words it
            self._fail(error)
        finally:
            self._task = None
        if said.messages:
            self._hand_over(app=said)

    def _fail(self, error: Exception) -> None:
        """Have the application refuse the request, if anybody is there to hear it."""
        if self._stream is not None:
            log.error("gateway_opening_failed", exc_info=error)
            self._stream.abort()
        elif self._transport is not None:
            self._hand_over(refusal=error)
        elif not isinstance(error, BusinessError | ReconnectLaterError):
            log.error("gateway_opening_failed", exc_info=error)

    async def _scope(self, plain: PlainRequest) -> Scope:
        transport = cast("asyncio.Transport", self._transport)
        scope: Scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "https" if is_ssl(transport) else "http",
            "path": self._fast_path.path,
            "query_string": plain.query,
            "headers": plain.headers,
            "client": self._client,
        }
        if self._config.proxy_headers:
            trust = _trusting(*self._config.forwarded_allow_ips)
            await trust(cast("Any", scope), cast("Any", _disconnected), cast("Any", _swallow))
        # The scheme alone: with the scope in it each would be a cycle.
        scope["extensions"] = {BEGIN: partial(self._begin, scope["scheme"])}
        return scope

    def _begin(self, scheme: str, headers: Iterable[Header]) -> DetachedConnection | None:
        """Make the connection a stream's, whose head leaves with what is written first."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return None
        head = _head(self._fast_path.path, scheme, *self._server_state.default_headers, *headers)
        slot, self._slot = self._slot, None
        connection = DetachedConnection(transport, self._connections, slot, full=False, head=head)
        self._stream = connection
        transport.set_protocol(connection)
        transport.resume_reading()
        self._let_go()
        self._connections.add(connection)
        self._server_state.total_requests += 1
        self._fast_path.hub.interruptible.discard(cast("asyncio.Task[object]", self._task))
        return connection

    def _hand_over(
        self,
        *,
        too_many: BusinessError | None = None,
        refusal: Exception | None = None,
        app: ASGIApp | None = None,
    ) -> None:
        """Make the connection the server's own, and let it read what has come from the start."""
        transport, slot = self._transport, self._slot
        if transport is None or slot is None or transport.is_closing():
            return
        protocol = DetachingProtocol(
            self._config,
            self._server_state,
            self._app_state,
            self._loop,
            front=self._front,
            admitted=(slot, too_many),
            refusal=refusal,
        )
        if app is not None:
            protocol.app = cast("Any", app)
        self._slot = None
        self._let_go()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        transport.resume_reading()
        if self._data:
            protocol.data_received(self._data)

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _let_go(self) -> None:
        self._front.reading.drop(self)
        self._connections.discard(self)
        self._transport = None

    @property
    def _connections(self) -> set[Any]:
        return cast("set[Any]", self._server_state.connections)


class _Said:
    """An answer that was sent before there was a server's connection to send it on.

    An application that says it there.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's shape
        send = completing(scope, send)
        for message in self.messages:
            await send(message)


async def _disconnected() -> Message:
    return {"type": "http.disconnect"}


async def _swallow(*_: Any) -> None:
    """Do nothing, where what is wanted is what was done before."""


@cache
def _trusting(*proxies: str) -> ProxyHeadersMiddleware:
    """Make what puts the browser's address and scheme into a scope; it parses the networks."""
    return ProxyHeadersMiddleware(_swallow, list(proxies))


@lru_cache(maxsize=8)
def _head(path: str, scheme: str, *headers: Header) -> bytes:
    """Encode the head of a response whose body is chunked (RFC 9112, sections 4 and 5).

    All streams of a second have the same one.
    """
    whole = completed({"path": path, "scheme": scheme}, headers)
    fields = b"".join(b"%b: %b\r\n" % header for header in whole)
    return b"HTTP/1.1 200 OK\r\n%btransfer-encoding: chunked\r\n\r\n" % fields
