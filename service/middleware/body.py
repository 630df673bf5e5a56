r"""Refuses bodies that are larger than any order needs, and those with half a surrogate pair.

JSON can say `"\ud800"` and no codec can write it: such a text passes a validator that only counts
characters and breaks whatever encodes it later: a password's hash, a driver, a log (RFC 8259 §8.2).
A body that nobody asks for is not read, so it is not refused either. Whatever is answered to one
that is too large says that the connection ends (RFC 9112 §9.6): its rest is not read.
"""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backbone.errors import InvalidRequest, PayloadTooLarge

_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class BodyMiddleware:
    """Looks at `Content-Length` first and at what really comes, once the body is asked for.

    Starlette's own limit answers a declared length in plain text; every refusal here is a problem.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or hand it on with its body looked at."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit, announced = self._max_bytes, _announced(scope)
        text_matters = scope["method"] not in _BODILESS
        received = 0
        pieces: list[bytes] = []

        async def receive_checked() -> Message:
            nonlocal received
            # FastAPI lets this class through while it reads a body; others become a 400.
            if announced > limit:
                raise HTTPException(PayloadTooLarge.status)
            message = await receive()
            piece = message.get("body", b"")
            received += len(piece)
            if received > limit:
                raise HTTPException(PayloadTooLarge.status)
            if text_matters:
                pieces.append(piece)
                if not message.get("more_body", False) and unwritable(b"".join(pieces)):
                    raise HTTPException(InvalidRequest.status)
            return message

        async def send_closing(message: Message) -> None:
            if message["type"] == "http.response.start" and max(announced, received) > limit:
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        await self._app(scope, receive_checked, send_closing)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def unwritable(body: bytes) -> bool:
    """Tell whether a JSON body holds a text that is no Unicode."""
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
