"""Who asks for a stream: the session's token, from the cookie of browsers or a program's header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.security import SecurityScopes
from starlette.requests import Request

from backbone.errors import DatabaseUnavailable, NotAuthenticated
from backbone.identity import Principal, authenticate, require

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncEngine

COOKIE = "slipway_session"
_BEARER = "bearer "


class ReconnectLaterError(Exception):
    """Nobody can tell now who reconnects; a refusal would close its EventSource for good."""


def principal_of(engine: AsyncEngine) -> Callable[[Request, SecurityScopes], Awaitable[Principal]]:
    """Make the dependency that finds out who asks and that the operation is permitted.

    `Authorization: Bearer` (RFC 6750) wins over the cookie, as only a program sends it. While the
    database is away it raises DatabaseUnavailable, on a reconnect ReconnectLaterError.
    """

    async def principal(request: Request, security_scopes: SecurityScopes) -> Principal:
        token = _token(request)
        if token is None:
            raise NotAuthenticated
        try:
            found = await authenticate(engine, token)
        except DatabaseUnavailable:
            if request.headers.get("last-event-id"):
                raise ReconnectLaterError from None
            raise
        require(found, security_scopes.scopes)
        return found

    return principal


def _token(request: Request) -> str | None:
    header = request.headers.get("authorization", "")
    if header[: len(_BEARER)].lower() == _BEARER:
        return header[len(_BEARER) :].strip() or None
    return request.cookies.get(COOKIE) or None
