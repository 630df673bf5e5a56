"""The bytes of server-sent events and of HTTP/1.1 chunks; it knows neither clients nor positions.

Server-sent events: WHATWG HTML, section 9.2. Chunked transfer coding: RFC 9112, section 7.1.
"""

import json
from collections.abc import Mapping
from typing import Any

HEARTBEAT = b":\n\n"
LAST_CHUNK = b"0\r\n\r\n"


def chunk(text: bytes) -> bytes:
    """Wrap non-empty `text` as exactly one chunk."""
    return b"%x\r\n%b\r\n" % (len(text), text)


def unchunk(data: bytes) -> bytes:
    """Give back the text of exactly one chunk, for servers that chunk by themselves."""
    return data[data.index(b"\r\n") + 2 : -2]


def event_id(epoch: str, position: int) -> str:
    """Format a position as a browser returns it in `Last-Event-ID`."""
    return f"{epoch}.{position}"


def message(body: bytes, identity: str | None) -> bytes:
    """Encode an event; `body` is JSON text in UTF-8, `identity` its `<epoch>.<position>` or None.

    A frame's data must be one line here. In JSON a raw line break can only stand between tokens
    (RFC 8259, section 7), so it is left out without a change of meaning.
    """
    lines = body.splitlines()
    if len(lines) != 1:
        body = b"".join(lines)
    if identity is None:
        return b"event: message\ndata: %b\n\n" % body
    return b"id: %b\nevent: message\ndata: %b\n\n" % (identity.encode(), body)


def control(name: str, data: Mapping[str, Any], *, retry: int | None = None) -> bytes:
    """Encode a control frame; it carries no id, so it leaves the browser's cursor where it is.

    `retry` is the browser's pause before it reconnects, in milliseconds.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return _control(name, text, retry)


def control_json(name: str, data: str, *, retry: int | None = None) -> bytes:
    """Encode a control frame whose `data` is JSON text of one line already."""
    return _control(name, data.encode(), retry)


def _control(name: str, data: bytes, retry: int | None) -> bytes:
    pause = b"" if retry is None else b"retry: %d\n" % retry
    return b"%bevent: %b\ndata: %b\n\n" % (pause, name.encode("ascii"), data)


def cursor(identity: str) -> bytes:
    """Encode a block that moves the browser's cursor and dispatches nothing, as it has no data."""
    return b"id: %b\n\n" % identity.encode("ascii")
