"""A browser's connection over a real socket: HTTP/1.1 by hand, so that nothing is hidden."""

import asyncio
from collections.abc import Callable
from typing import Self

from tests.gateway.event_source import EventSource

TIMEOUT = 20.0
NO_CONTENT = 204


class HttpReader:
    """One GET of a stream. `complete` is True when the body ended properly, by its length or chunks."""

    def __init__(self, source: EventSource) -> None:
        self.source = source
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.complete = False
        self.closed = False
        self._news = asyncio.Condition()
        self._reading = asyncio.Event()
        self._reading.set()

    @classmethod
    async def get(
        cls,
        port: int,
        path: str = "/api/v1/events",
        *,
        source: EventSource | None = None,
        token: str | None = None,
        method: str = "GET",
        version: str = "1.1",
        receive_buffer: int | None = None,
        **headers: str,
    ) -> Self:
        """Send the request and read the head of the response."""
        reader = cls(source or EventSource())
        lines = [f"{method} {path} HTTP/{version}", f"Host: 127.0.0.1:{port}"]
        if token is not None:
            lines.append(f"Authorization: Bearer {token}")
        if reader.source.last_event_id:
            lines.append(f"Last-Event-ID: {reader.source.last_event_id}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        limit = {} if receive_buffer is None else {"limit": receive_buffer}
        reader._in, reader._out = await asyncio.open_connection("127.0.0.1", port, **limit)
        reader._out.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(TIMEOUT):
            head = (await reader._in.readuntil(b"\r\n\r\n")).decode()
        first, *rest = head.strip().split("\r\n")
        reader.status = int(first.split()[1])
        reader.headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)
        }
        reader._task = asyncio.create_task(reader._read())
        return reader

    async def _read(self) -> None:
        try:
            if self.status == NO_CONTENT:
                await self._completed()
            elif "content-length" in self.headers:
                length = int(self.headers["content-length"])
                await self._take(await self._in.readexactly(length))
                await self._completed()
            elif self.headers.get("transfer-encoding") == "chunked":
                while True:
                    await self._reading.wait()
                    size = int(await self._in.readuntil(b"\r\n"), 16)
                    data = await self._in.readexactly(size + 2)
                    if size == 0:
                        await self._completed()
                        break
                    await self._take(data[:-2])
            if await self._in.read(1):
                raise AssertionError("bytes behind the end of the body")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.closed = True
            self.source.broke_off()
            async with self._news:
                self._news.notify_all()

    async def _completed(self) -> None:
        self.complete = True
        async with self._news:
            self._news.notify_all()

    async def _take(self, data: bytes) -> None:
        self.body += data
        if self.headers.get("content-type", "").startswith("text/event-stream"):
            self.source.feed(data)
        async with self._news:
            self._news.notify_all()

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait until something is so; it is looked at whenever something arrives."""
        async with asyncio.timeout(TIMEOUT), self._news:
            await self._news.wait_for(done)

    async def got(self, count: int, *names: str) -> None:
        await self.until(lambda: len(self.source.frames(*names)) >= count)

    async def end(self) -> None:
        """Wait until the server has closed the connection."""
        await self.until(lambda: self.closed)

    async def answered(self) -> None:
        """Wait for the whole body; the connection may be kept for the next request."""
        await self.until(lambda: self.complete or self.closed)
        assert self.complete, "the connection was closed before the end of the body"

    def stop_reading(self) -> None:
        self._reading.clear()

    def read_on(self) -> None:
        self._reading.set()

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._out.transport.abort()
        self.source.broke_off()

    def send(self, data: bytes) -> None:
        self._out.write(data)
