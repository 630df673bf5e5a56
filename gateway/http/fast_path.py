"""The fast path to a stream: from a connection's first bytes to the hub, past the framework.

After a deploy all browsers come back at once, and what a server and a framework do for each request
costs more than the stream itself. So a connection is first asked whether it begins with a plain
request for a stream. If it does not, or if the stream is refused, it becomes a connection of the
server's own, and the application answers from the start, in the words of the contract.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from fastapi.security import SecurityScopes
from starlette.requests import Request
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.utils import get_remote_addr, is_ssl

from backbone.http.security_headers import completed, completing
from gateway.http.plain_request import PlainRequest, read
from gateway.http.protocol import EXTENSION, DetachingProtocol, stream_head
from gateway.http.stream import STREAM_HEADERS, RetryLater
from gateway.outgoing.detached import DetachedConnection

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    import uvicorn
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from uvicorn.server import ServerState

    from backbone.errors import BusinessError
    from backbone.http.admission import ConnectionSlot
    from backbone.http.protocol import Front
    from backbone.http.security_headers import Header
    from backbone.identity import Principal
    from gateway.http.api import Events
    from gateway.listening.hub import Hub

    FindPrincipal = Callable[[Request, SecurityScopes], Awaitable[Principal]]

_SCOPES: Final = SecurityScopes(["events:read"])

log = structlog.get_logger(__name__)


class _NotAStreamError(Exception):
    """The answer is no stream, but something that the application says."""


class FastPath:
    """How plain requests for `path` become streams; one for all connections of a gateway."""

    def __init__(self, hub: Hub, events: Events, principal: FindPrincipal, path: str) -> None:
        self.hub = hub
        self.path = path
        self.raw_path = path.encode()
        self._events = events
        self._principal = principal

    async def open(self, scope: Scope, plain: PlainRequest) -> None:
        """Hand the connection that `scope` offers to the hub.

        Raises what refuses the request, and _NotAStreamError when the answer is no stream.
        """
        principal = await self._principal(Request(scope), _SCOPES)
        response = await self._events.stream_events(
            principal,
            team_id=plain.team_id,
            job_id=plain.job_id,
            last_event_id=None,
            last_event_id_header=plain.last_event_id,
        )
        response.head = completed(scope, STREAM_HEADERS)
        await response(scope, _receive, _send)

    def stopping(self) -> ASGIApp:
        """Make an application that says when to come back to a gateway that stops."""

        async def later(scope: Scope, receive: Receive, send: Send) -> None:
            await RetryLater(self.hub, "shutdown")(scope, receive, completing(scope, send))

        return later


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
        hub = self._fast_path.hub
        try:
            scope = await self._scope(plain)
            await self._fast_path.open(scope, plain)
        except _NotAStreamError:
            self._hand_over()
        except asyncio.CancelledError:
            if not hub.draining or self._transport is None:
                self._abort()
                raise
            self._hand_over(app=self._fast_path.stopping())
        except Exception as error:
            if self._transport is None:
                log.exception("gateway_opening_failed")
            else:
                self._hand_over(refusal=error)
        finally:
            self._task = None

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
            "extensions": {EXTENSION: self._detach},
        }
        if self._config.proxy_headers:
            trusting = ProxyHeadersMiddleware(_nothing, self._config.forwarded_allow_ips)
            await trusting(cast("Any", scope), cast("Any", _receive), cast("Any", _send))
        return scope

    def _detach(self, headers: Iterable[Header]) -> DetachedConnection | None:
        """Make the connection a stream's, whose head leaves with what is written first."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return None
        head = stream_head((*self._server_state.default_headers, *headers))
        slot, self._slot = self._slot, None
        connection = DetachedConnection(transport, self._connections, slot, full=False, head=head)
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


async def _receive() -> Message:
    raise _NotAStreamError


async def _send(_: Message) -> None:
    raise _NotAStreamError


async def _nothing(*_: Any) -> None:
    """Answer nothing: what is wanted is what is done before it."""
