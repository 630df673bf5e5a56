"""A bare HTTP/1.1 client: one connection that is kept, one request at a time, few instructions."""

import asyncio
import time
from typing import Self, cast

HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class LoadError(RuntimeError):
    """The server answered what the measurement does not expect."""


class Connection(asyncio.Protocol):
    """Sends prepared requests. Answers must have a `Content-Length`."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._waiter: asyncio.Future[tuple[int, bytes, float]] | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> Self:
        """Connect."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    def request(self, message: bytes) -> asyncio.Future[tuple[int, bytes, float]]:
        """Send; gives status, body, and the moment (perf_counter) at which the answer was whole."""
        if self._transport is None or self._waiter is not None:
            raise LoadError("the connection is closed or busy")
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(message)
        return self._waiter

    def close(self) -> None:
        """Close."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(HEAD_END)
        if not end:
            return
        lowered = head.lower()
        at = lowered.find(_LENGTH)
        if at < 0:
            self._fail(LoadError(f"an answer without a length: {head[:200]!r}"))
            return
        length = int(lowered[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
        if len(body) < length:
            return
        self._buffer = b""
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result((int(head[9:12]), body, time.perf_counter()))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(LoadError("the server closed the connection"))

    def _fail(self, error: Exception) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)
