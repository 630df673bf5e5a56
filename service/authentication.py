"""Finds out who asks: the dependency behind every operation that is not public."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from fastapi.security import SecurityScopes
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request

from backbone.errors import NotAuthenticated
from backbone.identity import Principal, authenticate, require
from backbone.session_use import note_use
from service.auth.cookie import SESSION_COOKIE

_BEARER = "bearer "


class SessionAuthentication:
    """Takes the session's token from `Authorization: Bearer` (RFC 6750) or from the cookie.

    The header wins, because only a program that means it can send it. The principal comes from the
    database at most once a second per session. Raises `NotAuthenticated` and `PermissionMissing`.
    """

    def __init__(
        self, engine: AsyncEngine, *, idle: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._engine = engine
        self._idle = idle
        self._clock = clock

    async def __call__(self, request: Request, security_scopes: SecurityScopes) -> Principal:
        """Find out who asks, and that they may."""
        token = session_token(request)
        if token is None:
            raise NotAuthenticated
        principal = await authenticate(self._engine, token)
        structlog.contextvars.bind_contextvars(team_id=principal.team_id, user_id=principal.user_id)
        require(principal, security_scopes.scopes)
        await note_use(self._engine, principal, now=self._clock(), idle=self._idle)
        return principal


def session_token(request: Request) -> str | None:
    """The token that a request carries, if any; never in the URL, where logs would keep it."""
    header = request.headers.get("authorization", "")
    if header[: len(_BEARER)].lower() == _BEARER:
        return header[len(_BEARER) :].strip() or None
    return request.cookies.get(SESSION_COOKIE) or None
