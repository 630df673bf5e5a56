"""The session's cookie and the device's, as `Set-Cookie` values; no script in a page reads them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import structlog

from backbone.http.credentials import CookieSecure, cookie_name, over_https
from backbone.setting_types import is_private_to_host

_DEVICE = "slipway_device"
_YEAR = 365 * 86_400


log = structlog.get_logger(__name__)


@lru_cache(maxsize=64)
def _warn_of_clear_text(host: str | None) -> None:
    # Told, not refused: programs in a private network sign in like that, and their bearer is as
    # readable. Once for each host, so that nobody fills a log by it.
    log.warning(
        "session_in_clear_text",
        host=(host or "")[:255],
        mend="serve https, or name the proxy that does in TRUSTED_PROXIES",
    )


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """Writes the cookie: HttpOnly, for the whole origin, not sent along by other sites' forms.

    Over https it is Secure and its name begins with `__Host-`, so that neither a sibling domain nor
    a page over http can set one (RFC 6265bis §4.1.3.2). `secure` may say so against the scheme that
    the request came with; `auto` believes it.
    """

    secure: CookieSecure

    def begin(self, token: str, *, lifetime: int, scheme: str, host: str | None) -> str:
        """Set the cookie for `lifetime` seconds; `host` is the one that was asked for it."""
        if not (over_https(scheme, self.secure) or is_private_to_host(f"{scheme}://{host}")):
            _warn_of_clear_text(host)
        return self._value(token, lifetime, scheme)

    def end(self, *, scheme: str) -> str:
        """Make the browser forget the cookie."""
        return self._value("", 0, scheme)

    def device(self, token: str, *, scheme: str) -> str:
        """Set the cookie by which a device is known that signed in before."""
        return self._written(self.device_name(scheme=scheme), token, _YEAR, scheme)

    def device_name(self, *, scheme: str) -> str:
        """Return the name of the device's cookie."""
        prefix = "__Host-" if over_https(scheme, self.secure) else ""
        return f"{prefix}{_DEVICE}"

    def _value(self, token: str, lifetime: int, scheme: str) -> str:
        name = cookie_name(secure=over_https(scheme, self.secure))
        return self._written(name, token, lifetime, scheme)

    def _written(self, name: str, value: str, lifetime: int, scheme: str) -> str:
        parts = [
            f"{name}={value}",
            "HttpOnly",
            f"Max-Age={lifetime}",
            "Path=/",
            "SameSite=Lax",
        ]
        if over_https(scheme, self.secure):
            parts.append("Secure")
        return "; ".join(parts)
