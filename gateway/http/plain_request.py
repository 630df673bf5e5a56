"""Reads a plain request for a stream at once, from the bytes that a connection begins with.

Plain is what browsers and programs send: HTTP/1.1, GET, one field a line, nothing behind the head.
What is read here means the same to an HTTP parser (RFC 9112); whatever is unusual is not read, and
left to one. A page of another origin is unusual, too: CORS is the application's business.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from backbone.http.protocol import HOST

if TYPE_CHECKING:
    from backbone.http.limits import HttpLimits
    from backbone.http.security_headers import Header

_HEAD: Final = re.compile(
    rb"GET (/[A-Za-z0-9_./-]*)(?:\?([A-Za-z0-9_=&]*))? HTTP/1\.1\r\n"
    rb"((?:[A-Za-z0-9-]++: ?(?:[!-~]++(?: [!-~]++)*)?\r\n)+)\r\n"
)
"""Its groups are not possessive: Python before 3.11.5 then read a space at the end of a field."""
_QUERY: Final = re.compile(
    rb"(team|job)_id=(0|[1-9][0-9]{0,14})(?:&(team|job)_id=(0|[1-9][0-9]{0,14}))?"
)
_ONCE: Final = frozenset({b"authorization", b"cookie", b"host", b"last-event-id"})
"""What must not come twice."""
_ELSEWHERE: Final = frozenset(
    {b"content-length", b"expect", b"origin", b"transfer-encoding", b"upgrade"}
)
"""What the application, or its server, has to look at."""


class PlainRequest(NamedTuple):
    """What a plain request asks for, and its fields, their names in lower case."""

    query: bytes
    headers: list[Header]
    team_id: int | None
    job_id: int | None
    last_event_id: str | None


def read(data: bytes, path: bytes, limits: HttpLimits) -> PlainRequest | None:
    """Read a whole request for `path`; None if it is not plain, or more than `limits` give."""
    head = _HEAD.fullmatch(data) if len(data) <= limits.head else None
    if head is None or head[1] != path:
        return None
    query = head[2] or b""
    asked = _asked(query)
    lines = head[3].split(b"\r\n")[:-1]
    if asked is None or len(lines) > limits.fields:
        return None
    headers: list[Header] = []
    once: dict[bytes, bytes] = {}
    for line in lines:
        name, _, value = line.partition(b":")
        name, value = name.lower(), value.lstrip()
        if name in _ONCE:
            if name in once:
                return None
            once[name] = value
        elif name in _ELSEWHERE:
            return None
        headers.append((name, value))
    host, came = once.get(b"host"), once.get(b"last-event-id")
    if host is None or HOST.fullmatch(host) is None:
        return None
    return PlainRequest(
        query,
        headers,
        asked.get(b"team"),
        asked.get(b"job"),
        None if came is None else came.decode("ascii"),
    )


def _asked(query: bytes) -> dict[bytes, int] | None:
    """Return the team and job that are asked for; None if the query is unusual."""
    if not query:
        return {}
    match = _QUERY.fullmatch(query)
    if match is None or match[1] == match[3]:
        return None
    asked = {match[1]: int(match[2])}
    if match[3] is not None:
        asked[match[3]] = int(match[4])
    return asked
