"""Finds out who asks: the dependency behind every operation that is not public."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from fastapi.security import SecurityScopes
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request

from backbone.errors import NotAuthenticated
from backbone.http.credentials import CookieSecure, over_https, request_token
from backbone.identity import Principal, authenticate, require
from backbone.session_use import note_use


class SessionAuthentication:
    """Takes the session's token from `Authorization: Bearer` (RFC 6750) or from the cookie.

    The header wins, because only a program that means it can send it. The principal comes from the
    database at most once a second per session. Raises `NotAuthenticated` and `PermissionMissing`.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        idle: float,
        cookie_secure: CookieSecure = "auto",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._cookie_secure = cookie_secure
        self._idle = idle
        self._clock = clock

    async def __call__(self, request: Request, security_scopes: SecurityScopes) -> Principal:
        """Find out who asks, and that they may."""
        secure = over_https(request.scope.get("scheme", "http"), self._cookie_secure)
        token = request_token(request.headers, secure=secure)
        if token is None:
            raise NotAuthenticated
        principal = await authenticate(self._engine, token)
        structlog.contextvars.bind_contextvars(team_id=principal.team_id, user_id=principal.user_id)
        require(principal, security_scopes.scopes)
        await note_use(self._engine, principal, now=self._clock(), idle=self._idle)
        return principal
