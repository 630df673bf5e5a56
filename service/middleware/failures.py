"""Turns what nobody caught into a problem, within the layers that add ids and headers."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backbone.errors import InternalError
from backbone.http.problem_handlers import problem_response

_log = structlog.get_logger(__name__)


class FailureMiddleware:
    """Answers 500 and logs the cause. Once an answer has begun, the failure goes through."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on and answer for its failure."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception:
            if begun:
                raise
            _log.exception("request_failed", method=scope["method"], path=scope["path"])
            await problem_response(InternalError(), Request(scope))(scope, receive, send)
