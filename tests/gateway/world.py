"""A gateway without sockets, database or broker: the real hub and stream code on memory duplicates."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from backbone.authorization import Grant
from gateway.history.replay import Replay
from gateway.http.protocol import EXTENSION
from gateway.http.stream import StreamRequest, StreamResponse
from gateway.limits import Limits
from gateway.listening.client import Listening
from gateway.listening.hub import Hub
from gateway.metrics import Metrics
from gateway.outgoing.entry import Entry
from testing.virtual_time import VirtualTimeLoop
from tests.gateway.event_source import EventSource, MemorySink
from tests.gateway.memory_log import MemoryLog, Written

T = TypeVar("T")


def virtual(test: Callable[..., Coroutine[Any, Any, T]]) -> Callable[..., T]:
    """Run a test on a loop whose time costs none."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> T:
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            return runner.run(test(*args, **kwargs))

    return run


async def turns(count: int = 50) -> None:
    """Let everything run that can run without time going by."""
    for _ in range(count):
        await asyncio.sleep(0)


class World:
    def __init__(self, log: MemoryLog | None = None, **limits: Any) -> None:
        self.log = log or MemoryLog()
        self.limits = Limits(**limits)
        self.metrics = Metrics()
        self.accesses = 0
        self.hub = Hub(
            Replay(self.log, self.metrics, readers=self.limits.log_readers),
            self.limits,
            self.metrics,
            clock=asyncio.get_running_loop().time,
            on_access=self._access,
        )

    def _access(self) -> None:
        self.accesses += 1

    def push(self, written: Written) -> None:
        """What the broker brings."""
        self.offer(written.team_id, written.entry())

    def offer(self, team_id: int, entry: Entry) -> None:
        """What the consumer does with a message."""
        team = self.hub.listened(team_id)
        if team is not None:
            team.offer(entry)

    def tell(self, team_id: int = 7, **event: Any) -> Written:
        """Write an event and bring it."""
        written = self.log.append(team_id, **event)
        self.push(written)
        return written

    async def respond(
        self,
        source: EventSource,
        *,
        team_id: int = 7,
        user_id: int = 3,
        job_id: int | None = None,
        session: str = "s",
        max_age: float = 3600.0,
        expires_at: float = 2e9,
        query: str | None = None,
        receive: Callable[[], Awaitable[Any]] | None = None,
    ) -> tuple[int, MemorySink, bytes]:
        """Make the request that the browser makes: status, connection, body sent by plain ASGI."""
        sink = MemorySink(source)
        status, body = 0, b""

        async def send(message: Any) -> None:
            nonlocal status, body
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                body += message.get("body", b"")

        async def nothing() -> Any:
            return {"type": "http.disconnect"}

        now = asyncio.get_running_loop().time()
        request = StreamRequest(
            team_id,
            job_id,
            Listening(user_id, Grant(session, team_id), now + max_age, expires_at),
            source.last_event_id or query,
            bool(source.last_event_id),
        )
        scope = {"type": "http", "method": "GET", "extensions": {EXTENSION: lambda: sink}}
        await StreamResponse(self.hub, request)(scope, receive or nothing, send)
        return status, sink, body

    async def listen(self, source: EventSource | None = None, **request: Any) -> MemorySink:
        """Connect; fail unless a stream begins."""
        status, sink, _ = await self.respond(source or EventSource(), **request)
        assert status == 200
        await turns()
        return sink
