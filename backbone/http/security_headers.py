"""Headers that tell browsers what not to do with an answer; an answer's own ones win."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]
Headers = tuple[Header, ...]

_DEFAULTS: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-site"),
    (
        b"content-security-policy",
        b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
)
_API_DEFAULTS: Headers = (
    *_DEFAULTS,
    (b"cache-control", b"no-store"),
)
_SECURE_DEFAULTS: Headers = ((b"strict-transport-security", b"max-age=31536000"),)


class SecurityHeadersMiddleware:
    """Adds the defaults of the OWASP HTTP headers cheat sheet.

    What lies under `/api/` is never stored by caches and never rendered as a page. Over HTTPS the
    browser is told to stay there (RFC 6797).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on and complete the headers of its answer."""
        if scope["type"] == "http":
            send = completing(scope, send)
        await self._app(scope, receive, send)


def completed(scope: Scope, given: Iterable[Header]) -> list[Header]:
    """Return an answer's headers with the defaults for its path and scheme behind them."""
    wanted = _API_DEFAULTS if scope["path"].startswith("/api/") else _DEFAULTS
    if scope.get("scheme") == "https":
        wanted += _SECURE_DEFAULTS
    own = [*given]
    names = {name for name, _ in own}
    return [*own, *(header for header in wanted if header[0] not in names)]


def completing(scope: Scope, send: Send) -> Send:
    """Return a `send` that completes the headers of an answer to the request."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = completed(scope, message.get("headers", ()))
        await send(message)

    return send_with_headers
