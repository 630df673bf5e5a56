r"""Refuses bodies that are larger than any order needs, and those with half a surrogate pair.

JSON can say `"\ud800"` and no codec can write it: such a text passes a validator that only counts
characters and breaks whatever encodes it later: a password's hash, a driver, a log (RFC 8259 §8.2).
A body that nobody asks for is not read, so it is not refused either.
"""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backbone.errors import InvalidRequest
from backbone.http.errors import PayloadTooLarge

_CLOSE = (b"connection", b"close")
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class BodyMiddleware:
    """Looks at `Content-Length` first and at what really comes, once the body is asked for.

    Starlette's own limit answers a declared length in plain text; every refusal here is a problem.
    Whoever is answered before a body of such a length has come is told that the connection ends:
    the server reads only so much of what is left (RFC 9112 §9.6).
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or hand it on with its body looked at."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = _announced(scope)
        too_large = announced is not None and announced > self._max_bytes
        complete = announced is not None and not too_large
        text_matters = scope["method"] not in _BODILESS
        received = 0
        pieces: list[bytes] = []

        async def receive_checked() -> Message:
            nonlocal received, complete
            # FastAPI lets this class through while it reads a body; others become a 400.
            if too_large:
                raise HTTPException(PayloadTooLarge.status)
            message = await receive()
            piece = message.get("body", b"")
            received += len(piece)
            if received > self._max_bytes:
                raise HTTPException(PayloadTooLarge.status)
            complete = complete or not message.get("more_body", False)
            if text_matters:
                pieces.append(piece)
                if not message.get("more_body", False) and unwritable(b"".join(pieces)):
                    raise HTTPException(InvalidRequest.status)
            return message

        async def send_closing(message: Message) -> None:
            if message["type"] == "http.response.start" and not complete:
                message = {**message, "headers": [*message.get("headers", ()), _CLOSE]}
            await send(message)

        await self._app(scope, receive_checked, send if complete else send_closing)


def _announced(scope: Scope) -> int | None:
    """Return how many bytes are to come; None when only their end will tell."""
    length = 0
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = int(value) if value.isdigit() else 0
        elif name == b"transfer-encoding":
            return None
    return length


def unwritable(body: bytes) -> bool:
    """Return whether a JSON body holds a text that is no Unicode."""
    # Escaped, as bytes of its own (`json` decodes those, too), or in UTF-16, which has zeros.
    if body.isascii() and not any(sign in body for sign in (b"\\ud", b"\\uD", b"\0")):
        return False
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return False
