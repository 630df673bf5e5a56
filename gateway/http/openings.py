"""What a stream gets that can't be opened: never an answer that closes an EventSource for good.

A browser closes it on any status but 200 (WHATWG HTML, section 9.2), so while the gateway stops,
and when a reconnect meets an error that nobody foresaw, the answer is a stream that says `drain`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import Headers

from backbone.http.security_headers import completing
from gateway.http.stream import RetryLater

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gateway.listening.hub import Hub

log = structlog.get_logger(__name__)


class OpeningsMiddleware:
    """Watches requests for streams at `path` until their answers begin; the hub may end them."""

    def __init__(self, app: ASGIApp, hub: Hub, path: str) -> None:
        self._app = app
        self._hub = hub
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on (ASGI)."""
        task = asyncio.current_task()
        if task is None or scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        opening = self._hub.interruptible

        async def begin(message: Message) -> None:
            opening.discard(task)
            await send(message)

        opening.add(task)
        try:
            await self._app(scope, receive, begin)
        except asyncio.CancelledError:
            if task not in opening or not self._hub.draining:
                raise
            task.uncancel()
            await RetryLater(self._hub, "shutdown")(scope, receive, completing(scope, send))
        except Exception:
            if task not in opening or not Headers(scope=scope).get("last-event-id"):
                raise
            log.exception("gateway_opening_failed")
            await RetryLater(self._hub, "overloaded")(scope, receive, completing(scope, send))
        finally:
            opening.discard(task)
