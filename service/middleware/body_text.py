r"""Refuses bodies with half a surrogate pair (`"\ud800"`): JSON can say it, no codec can write it.

Such a text passes a validator that only counts characters and breaks whatever encodes it later: a
password's hash, a driver, a log (RFC 8259 §8.2).
"""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backbone.errors import InvalidRequest

_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class BodyTextMiddleware:
    """Looks closer only at bodies that may hold a code unit of surrogates."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or hand it on."""
        if scope["type"] != "http" or scope["method"] in _BODILESS:
            await self._app(scope, receive, send)
            return
        pieces: list[bytes] = []

        async def receive_checked() -> Message:
            message = await receive()
            pieces.append(message.get("body", b""))
            if not message.get("more_body", False) and unwritable(b"".join(pieces)):
                # FastAPI lets this class through while it reads a body.
                raise HTTPException(InvalidRequest.status)
            return message

        await self._app(scope, receive_checked, send)


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
