"""Who asks for a stream: the session's token, from the cookie of browsers or a program's header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.security import SecurityScopes
from starlette.requests import Request

from backbone.errors import DatabaseUnavailable, NotAuthenticated
from backbone.http.credentials import CookieSecure, over_https, request_token
from backbone.identity import Principal, authenticate, require
from gateway.http.protocol import REFUSAL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncEngine


class ReconnectLaterError(Exception):
    """Nobody can tell now who reconnects; a refusal would close its EventSource for good."""


def principal_of(
    engine: AsyncEngine, cookie_secure: CookieSecure = "auto"
) -> Callable[[Request, SecurityScopes], Awaitable[Principal]]:
    """Make the dependency that finds out who asks and that the operation is permitted.

    `Authorization: Bearer` (RFC 6750) wins over the cookie, as only a program sends it. While the
    database is away it raises DatabaseUnavailable, on a reconnect ReconnectLaterError. A request
    that the fast path refused is refused for the same reason.
    """

    async def principal(request: Request, security_scopes: SecurityScopes) -> Principal:
        refusal = request.scope.get("extensions", {}).get(REFUSAL)
        if refusal is not None:
            raise refusal
        secure = over_https(request.scope.get("scheme", "http"), cookie_secure)
        token = request_token(request.headers, secure=secure)
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
