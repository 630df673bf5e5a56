"""The way to a browser through plain ASGI, for servers that don't offer more."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from gateway.outgoing.frame import unchunk

if TYPE_CHECKING:
    from starlette.types import Receive, Send

    from gateway.outgoing.sink import Listener

HIGH_WATER = 65536
"""Bytes waiting above which the sink counts as full."""


class AsgiSink:
    """A `Sink` that is carried by the ASGI call that made it: `run` sends until the stream is over.

    It watches `receive`, because `send` does not fail when the browser has left, and gives each
    `send` a time-out, because it waits for ever when the browser reads no more.
    """

    socket: int | None = None

    def __init__(self, send: Send, *, send_timeout: float) -> None:
        self._send = send
        self._timeout = send_timeout
        self._waiting: list[bytes] = []
        self._size = 0
        self._listener: Listener | None = None
        self._full = False
        self._finished = False
        self._over = False
        self._wake = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    def attach(self, listener: Listener) -> None:
        """Say whom to tell (`Sink`)."""
        self._listener = listener

    def write(self, chunk: bytes) -> None:
        """Take one chunk; `run` sends it (`Sink`)."""
        self._waiting.append(unchunk(chunk))
        self._size += len(chunk)
        self._wake.set()
        if self._size > HIGH_WATER and not self._full:
            self._full = True
            if self._listener is not None:
                self._listener.pause()

    def finish(self) -> None:
        """End the body once everything was sent (`Sink`)."""
        self._finished = True
        self._wake.set()

    def abort(self) -> None:
        """End the call without sending what waits (`Sink`)."""
        self._over = True
        if self._sender is not None:
            self._sender.cancel()

    async def run(self, receive: Receive) -> None:
        """Send until the stream is finished, aborted, stalled or left by its reader."""
        watcher = asyncio.create_task(self._watch(receive))
        sender = self._sender = asyncio.create_task(self._pump())
        try:
            await asyncio.wait({watcher, sender}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (watcher, sender):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(watcher, sender, return_exceptions=True)
            self._waiting.clear()
            listener, self._listener = self._listener, None
            if listener is not None:
                listener.lose()

    async def _watch(self, receive: Receive) -> None:
        while not self._over:
            if (await receive())["type"] == "http.disconnect":
                return

    async def _pump(self) -> None:
        while not self._over:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting and not self._over:
                body = b"".join(self._waiting)
                self._waiting.clear()
                try:
                    async with asyncio.timeout(self._timeout):
                        await self._send(
                            {"type": "http.response.body", "body": body, "more_body": True}
                        )
                except (TimeoutError, OSError):
                    return
                self._size = sum(map(len, self._waiting))
                if self._full and self._size <= HIGH_WATER // 4:
                    self._full = False
                    if self._listener is not None:
                        self._listener.resume()
            if self._finished and not self._over:
                with contextlib.suppress(TimeoutError, OSError):
                    async with asyncio.timeout(self._timeout):
                        await self._send(
                            {"type": "http.response.body", "body": b"", "more_body": False}
                        )
                return
