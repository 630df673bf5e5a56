"""Refuses bodies that are larger than any order needs, before they are read into memory.

A body that nobody asks for is not read, so it is not refused either.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backbone.errors import PayloadTooLarge


class BodyLimitMiddleware:
    """Looks at `Content-Length` first and counts what really comes, once the body is asked for.

    Starlette's own limit answers a declared length in plain text; every refusal here is a problem.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or hand it on with its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = _announced(scope)
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            if announced <= self._max_bytes:
                message = await receive()
                received += len(message.get("body", b""))
                if received <= self._max_bytes:
                    return message
            # FastAPI lets this class through while it reads a body; others become a 400.
            raise HTTPException(PayloadTooLarge.status)

        await self._app(scope, receive_counted, send)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
