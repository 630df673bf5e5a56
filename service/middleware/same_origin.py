"""Refuses state-changing requests that another site made a browser send with our cookie (CSRF)."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from backbone.errors import NotAuthenticated
from backbone.http.credentials import bearer_token, carries_cookie
from backbone.http.errors import CrossSiteRequest
from backbone.http.problem_handlers import problem_response

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class SameOriginMiddleware:
    """Checks who caused a request, for requests that a browser authenticates by itself.

    A request is looked at when its method changes state and it carries a session cookie, or when
    its path begins a session (so that nobody is signed in as somebody else unawares). It passes
    when the browser says `Sec-Fetch-Site: same-origin` or `none` (W3C Fetch Metadata), when its
    `Origin` (RFC 6454) is the addressed one — scheme, host and port — or one of `trusted` (what
    CORS allows), or when it has neither header, as programs send it.

    A bearer token passes, except where a session begins: no foreign page can add one, and with it
    the cookie is not looked at. Any other `Authorization` excuses from nothing.
    """

    def __init__(
        self, app: ASGIApp, *, session_paths: Collection[str], trusted: Collection[str]
    ) -> None:
        self._app = app
        self._session_paths = frozenset(session_paths)
        self._trusted = frozenset(origin.rstrip("/") for origin in trusted if origin != "*")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request or hand it on."""
        if scope["type"] == "http" and scope["method"] not in _SAFE and self._foreign(scope):
            response = problem_response(CrossSiteRequest(), Request(scope))
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _foreign(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if scope["path"] not in self._session_paths:
            if not carries_cookie(headers):
                return False
            try:
                if bearer_token(headers) is not None:
                    return False
            except NotAuthenticated:
                # The operation refuses it, too, and says why.
                return False
        origin = headers.get("origin")
        if origin is not None and origin in self._trusted:
            return False
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in {"same-origin", "none"}
        return origin is not None and origin != addressed_origin(scope, headers)


def addressed_origin(scope: Scope, headers: Headers) -> str:
    """Return the origin that a request addresses, as a browser would write it."""
    scheme = scope.get("scheme", "http")
    host = headers.get("host", "").lower()
    return f"{scheme}://{host.removesuffix(_DEFAULT_PORTS.get(scheme, ':'))}"
