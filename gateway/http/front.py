"""The fast path to a stream: a plain request for one, past the framework, from its head to the hub.

After a deploy all browsers come back at once, and what a framework does for each request costs more
than the stream itself. Whatever is not plain (another path, an unusual query, a page of another
origin) and whatever is refused goes to the application, which finds and words faults.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from fastapi.security import SecurityScopes
from starlette.requests import Request

from backbone.http.security_headers import completed, completing
from gateway.http.stream import STREAM_HEADERS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from backbone.identity import Principal
    from gateway.http.api import Events
    from gateway.http.stream import StreamResponse

    FindPrincipal = Callable[[Request, SecurityScopes], Awaitable[Principal]]

_SCOPES: Final = SecurityScopes(["events:read"])
_QUERY: Final = re.compile(
    rb"(team|job)_id=(0|[1-9][0-9]{0,14})(?:&(team|job)_id=(0|[1-9][0-9]{0,14}))?"
)
_ONCE: Final = frozenset({b"authorization", b"cookie", b"last-event-id"})
"""What must not come twice to be plain."""
_ELSEWHERE: Final = frozenset({b"origin", b"content-length", b"transfer-encoding", b"upgrade"})
"""What the application has to look at."""


class Plain(NamedTuple):
    """What a plain request asks for."""

    team_id: int | None
    job_id: int | None
    last_event_id: str | None


class StreamFront:
    """An ASGI application before another: opens streams at `path`, and hands over all else."""

    def __init__(
        self, app: ASGIApp, *, events: Events, principal: FindPrincipal, path: str
    ) -> None:
        self._app = app
        self._events = events
        self._principal = principal
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request (ASGI)."""
        plain = read(scope) if scope["type"] == "http" and scope["path"] == self._path else None
        if plain is None:
            await self._app(scope, receive, send)
            return
        answered = False
        response: StreamResponse | None = None

        async def answer(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            principal = await self._principal(Request(scope), _SCOPES)
            response = await self._events.stream_events(
                principal,
                team_id=plain.team_id,
                job_id=plain.job_id,
                last_event_id=None,
                last_event_id_header=plain.last_event_id,
            )
            response.head = completed(scope, STREAM_HEADERS)
            await response(scope, receive, completing(scope, answer))
        except Exception:
            if answered or (response is not None and response.begun):
                raise
            # Again, from the start: it is refused there in the words of the contract.
            await self._app(scope, receive, send)


def read(scope: Scope) -> Plain | None:
    """Read a request's head; None if it is not plain."""
    if scope["method"] != "GET" or scope["http_version"] != "1.1":
        return None
    asked: dict[bytes, int] = {}
    if query := scope["query_string"]:
        match = _QUERY.fullmatch(query)
        if match is None:
            return None
        asked[match[1]] = int(match[2])
        if match[3] is not None:
            if match[3] in asked:
                return None
            asked[match[3]] = int(match[4])
    seen: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _ELSEWHERE or (name in _ONCE and name in seen):
            return None
        seen[name] = value
    came = seen.get(b"last-event-id")
    return Plain(
        asked.get(b"team"), asked.get(b"job"), None if came is None else came.decode("latin-1")
    )
