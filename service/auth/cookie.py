"""The session cookie (RFC 6265), as `Set-Cookie` values; script in a page can never read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SESSION_COOKIE = "slipway_session"


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """Writes the cookie: HttpOnly, for the whole origin, not sent along by other sites' forms.

    `secure` keeps it off plain HTTP; `auto` does so whenever the request itself came over HTTPS, so
    that a development server without it works in every browser.
    """

    secure: Literal["auto", "true", "false"]

    def begin(self, token: str, *, lifetime: int, over_https: bool) -> str:
        """Set the cookie for `lifetime` seconds."""
        return self._value(token, lifetime, over_https)

    def end(self, *, over_https: bool) -> str:
        """Make the browser forget the cookie."""
        return self._value("", 0, over_https)

    def _value(self, token: str, lifetime: int, over_https: bool) -> str:
        parts = [
            f"{SESSION_COOKIE}={token}",
            "HttpOnly",
            f"Max-Age={lifetime}",
            "Path=/",
            "SameSite=Lax",
        ]
        if self.secure == "true" or (self.secure == "auto" and over_https):
            parts.append("Secure")
        return "; ".join(parts)
