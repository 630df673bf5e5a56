"""Refuses bodies that are larger than any order needs, before they are read into memory."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backbone.errors import PayloadTooLarge
from backbone.problems import problem_response


class BodyLimitMiddleware:
    """Looks at `Content-Length` first and counts what really comes.

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
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self._max_bytes:
            await problem_response(PayloadTooLarge(), Request(scope))(scope, receive, send)
            return
        total = 0

        async def receive_counted() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            if total > self._max_bytes:
                # FastAPI lets this class through while it reads a body; others become a 400.
                raise HTTPException(PayloadTooLarge.status)
            return message

        await self._app(scope, receive_counted, send)
