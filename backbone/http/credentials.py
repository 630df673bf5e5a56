"""The credentials of a request: a bearer token (RFC 6750), or the session's cookie (RFC 6265bis).

Refuses what can be read in two ways: two `Authorization` fields, a session cookie that comes twice
or is spelt in another way than browsers send it.
"""

from __future__ import annotations

import re
from typing import Literal

from starlette.datastructures import Headers

from backbone.errors import NotAuthenticated

PLAIN_COOKIE = "slipway_session"
HOST_COOKIE = "__Host-slipway_session"
"""Over https: browsers take it from this host only, for all its paths, and never over http."""

CookieSecure = Literal["auto", "true", "false"]

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,512}=*")
_BEARER = "bearer"


def over_https(scheme: str, setting: CookieSecure) -> bool:
    """Return whether the session's cookie is one of https; `COOKIE_SECURE` overrules the scheme."""
    return setting == "true" or (setting == "auto" and scheme == "https")


def cookie_name(*, secure: bool) -> str:
    """Return the name that the session's cookie has."""
    return HOST_COOKIE if secure else PLAIN_COOKIE


def bearer_token(headers: Headers) -> str | None:
    """Return the token of `Authorization: Bearer`; None when there is none to be used.

    Raises NotAuthenticated when the field comes twice, or names Bearer without a token.
    """
    given = headers.getlist("authorization")
    if not given:
        return None
    if len(given) > 1:
        raise NotAuthenticated("Send one Authorization field.")
    scheme, _, token = given[0].strip().partition(" ")
    if scheme.lower() != _BEARER:
        return None
    token = token.strip()
    if not _TOKEN.fullmatch(token):
        raise NotAuthenticated("Authorization: Bearer needs a token, as a sign-in gave it.")
    return token


def carries_cookie(headers: Headers) -> bool:
    """Return whether a browser may have added a session's cookie, however it is spelt."""
    return any(_means_session(name) for name, _ in _cookies(headers))


def cookie_token(headers: Headers, *, secure: bool) -> str | None:
    """Return the session's token from the cookie, None when there is none or an empty one.

    Raises NotAuthenticated when it comes twice or is oddly spelt.
    """
    wanted = cookie_name(secure=secure)
    found = [(name, value) for name, value in _cookies(headers) if _means(name, wanted)]
    if not found:
        return None
    name, value = found[0]
    if len(found) > 1 or name != wanted:
        raise NotAuthenticated("The session's cookie came twice or oddly spelt; sign in again.")
    if not value:
        return None
    if not _TOKEN.fullmatch(value):
        raise NotAuthenticated("The session's cookie holds what no sign-in gave; sign in again.")
    return value


def request_token(headers: Headers, *, secure: bool) -> str | None:
    """Return the token that a request carries; the header wins, because only a program sends it.

    It is never looked for in the URL, where logs would keep it. Raises NotAuthenticated.
    """
    return bearer_token(headers) or cookie_token(headers, secure=secure)


def _cookies(headers: Headers) -> list[tuple[str, str]]:
    """Names and values as they stand; browsers put one space behind each semicolon."""
    pairs = []
    for header in headers.getlist("cookie"):
        for place, part in enumerate(header.split(";")):
            name, _, value = part.partition("=")
            pairs.append((name.removeprefix(" ") if place else name, value))
    return pairs


def _means(name: str, wanted: str) -> bool:
    return name.strip().casefold() == wanted.casefold()


def _means_session(name: str) -> bool:
    return _means(name, PLAIN_COOKIE) or _means(name, HOST_COOKIE)
