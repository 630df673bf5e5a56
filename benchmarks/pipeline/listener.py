"""A client of the event stream that notes when each frame of a job arrived."""

import asyncio
import json
import re
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from benchmarks.pipeline.connection import HEAD_END, LoadError
from benchmarks.pipeline.orders import Address, Session

_FRAME = re.compile(rb"data: (\{[^\r\n]*\})\r?\n")
TIMEOUT = 20.0


class Listener(asyncio.Protocol):
    """Follows one team. Servers write whole frames, so that no chunk ends within one."""

    def __init__(self) -> None:
        self._buffer = b""
        self._arrived: dict[tuple[int, str], float] = {}
        self._waiters: dict[tuple[int, str], asyncio.Future[float]] = {}
        self.connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def when(self, job_id: int, status: str) -> float:
        """Return the moment (perf_counter) at which the frame arrived, waiting for it."""
        if (arrived := self._arrived.get((job_id, status))) is not None:
            return arrived
        waiter = self._waiters.setdefault(
            (job_id, status), asyncio.get_running_loop().create_future()
        )
        try:
            async with asyncio.timeout(TIMEOUT):
                return await waiter
        except TimeoutError:
            raise LoadError(f"no frame told of job {job_id} being {status}") from None

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._buffer += data
        if not self.connected.done():
            head, end, rest = self._buffer.partition(HEAD_END)
            if not end or not rest:
                return
            if head[9:12] != b"200":
                self.connected.set_exception(LoadError(f"the stream answered {head[:200]!r}"))
                return
            self.connected.set_result(None)
        at = 0
        for frame in _FRAME.finditer(self._buffer):
            at = frame.end()
            self._note(json.loads(frame[1]), now)
        self._buffer = self._buffer[at:]

    def _note(self, event: dict[str, object], now: float) -> None:
        job_id, status = event.get("job_id"), event.get("status")
        if not isinstance(job_id, int) or not isinstance(status, str):
            return
        self._arrived[job_id, status] = now
        waiter = self._waiters.pop((job_id, status), None)
        if waiter is not None and not waiter.done():
            waiter.set_result(now)


@asynccontextmanager
async def listening(address: Address, session: Session) -> AsyncGenerator[Listener, None]:
    """A listener whose stream has begun."""
    loop = asyncio.get_running_loop()
    transport, listener = await loop.create_connection(Listener, address.host, address.port)
    try:
        transport.write(
            f"GET /api/v1/events?team_id={session.team_id} HTTP/1.1\r\n"
            f"Host: {address.host}:{address.port}\r\nAccept: text/event-stream\r\n"
            f"Authorization: Bearer {session.token}\r\n\r\n".encode()
        )
        async with asyncio.timeout(TIMEOUT):
            await listener.connected
        yield listener
    finally:
        transport.close()
