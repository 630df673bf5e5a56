"""Headers that tell browsers what not to do with an answer; an answer's own ones win."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_DEFAULTS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Resource-Policy", "same-site"),
)
_API_DEFAULTS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)
_SECURE_DEFAULTS = (("Strict-Transport-Security", "max-age=31536000"),)


class SecurityHeadersMiddleware:
    """Adds the defaults of the OWASP HTTP headers cheat sheet.

    What lies under `/api/` is never stored by caches and never rendered as a page. Over HTTPS the
    browser is told to stay there (RFC 6797).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on and complete the headers of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted: tuple[tuple[str, str], ...] = _DEFAULTS
        if scope["path"].startswith("/api/"):
            wanted += _API_DEFAULTS
        if scope.get("scheme") == "https":
            wanted += _SECURE_DEFAULTS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in wanted:
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
