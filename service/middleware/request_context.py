"""Gives every request an id, binds it to the log context and sends it back."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID_HEADER = "X-Request-ID"
_NAME = REQUEST_ID_HEADER.lower().encode("ascii")
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_OWN_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
_log = structlog.get_logger(__name__)
_level = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Peer:
    """Who the current request came from, as the server (or its proxy layer) told it."""

    address: str
    scheme: str
    user_agent: str | None = None
    host: str | None = None
    cookies: Mapping[str, str] = field(default_factory=dict)

    def cookie(self, name: str) -> str | None:
        """Return a cookie that is made of what our random tokens are made of, else None."""
        value = self.cookies.get(name, "")
        return value if _OWN_TOKEN.fullmatch(value) else None


_request: ContextVar[Scope | None] = ContextVar("slipway_request", default=None)
_receive: ContextVar[Receive | None] = ContextVar("slipway_receive", default=None)


def current_peer() -> Peer:
    """Return the peer of the current request: its network address, its scheme, its program."""
    scope = _request.get() or {}
    client = scope.get("client")
    return Peer(
        client[0] if client else "unknown",
        scheme=scope.get("scheme", "http"),
        user_agent=_printable(scope, b"user-agent"),
        host=_printable(scope, b"host"),
        cookies=Request(scope).cookies if scope else {},
    )


def _printable(scope: Scope, wanted: bytes) -> str | None:
    """Return a header's text without what no log and no table should hold."""
    for name, value in scope.get("headers", ()):
        if name == wanted:
            return "".join(c for c in bytes(value).decode("latin-1") if c.isprintable()) or None
    return None


async def client_left() -> None:
    """Return when the current request's client has gone; to be asked once its body is read."""
    receive = _receive.get()
    if receive is None:
        await asyncio.Event().wait()
        return
    while (await receive())["type"] != "http.disconnect":
        pass


class RequestContextMiddleware:
    """Binds `request_id`, method and path for the time of a request and logs its outcome.

    A caller's own `X-Request-ID` is kept when it is 8 to 64 characters of `[A-Za-z0-9._-]`; any
    other is replaced, so that no log line can be forged. The query is never logged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request within its context."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = _given_id(scope)
        request_id = given if _ACCEPTED.fullmatch(given) else _new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = (_NAME, request_id.encode("ascii"))
                message["headers"] = [*message.get("headers", ()), own]
            await send(message)

        before = _request.set(scope)
        received = _receive.set(receive)
        started = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _request.reset(before)
            _receive.reset(received)
            # Asked first, because the way to the filter costs more than all else in here.
            if _level.isEnabledFor(logging.DEBUG):
                _log.debug(
                    "http_request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    milliseconds=round((time.perf_counter() - started) * 1000, 2),
                )
            # Authentication binds who asks; the next request of this task may be another's.
            structlog.contextvars.unbind_contextvars("request_id", "team_id", "user_id")


def _new_id() -> str:
    """64 random bits in hex; they tell requests apart and need not be secret."""
    return f"{random.getrandbits(64):016x}"


def _given_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == _NAME:
            return bytes(value).decode("latin-1")
    return ""
