"""A gateway without sockets, database or broker: the real hub and stream code on memory duplicates."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from backbone.identity import Principal
from gateway.history.replay import Replay
from gateway.http.api import Events
from gateway.http.protocol import DETACH
from gateway.limits import Limits
from gateway.listening.channel import Channel
from gateway.listening.client import Client
from gateway.listening.hub import Hub
from gateway.metrics import Metrics
from gateway.outgoing.entry import Entry
from testing.virtual_time import virtual
from tests.gateway.event_source import EventSource, MemorySink
from tests.gateway.memory_log import MemoryLog, Written

__all__ = ["World", "principal", "turns", "virtual"]


async def turns(count: int = 50) -> None:
    """Let everything run that can run without time going by."""
    for _ in range(count):
        await asyncio.sleep(0)


def principal(
    team_id: int = 7, user_id: int = 3, session: str = "s", session_seconds: float = 1e6
) -> Principal:
    """Somebody signed in who may listen."""
    return Principal(
        user_id=user_id,
        team_id=team_id,
        team_status="ACTIVE",
        permissions=frozenset({"events:read"}),
        is_operator=False,
        session_hash=session,
        expires_at=time.time() + session_seconds,
    )


class World:
    def __init__(self, log: MemoryLog | None = None, **limits: Any) -> None:
        self.log = log or MemoryLog()
        self.limits = Limits(**limits)
        self.metrics = Metrics()
        self.accesses = 0
        self.hub = Hub(
            Replay(
                self.log,
                self.metrics,
                readers=self.limits.log_readers,
                tail=self.limits.queue_size,
            ),
            self.limits,
            self.metrics,
            clock=asyncio.get_running_loop().time,
            on_access_event=self._access,
        )

    def _access(self) -> None:
        self.accesses += 1

    @property
    def idle(self) -> bool:
        """Whether nobody listens, or is about to."""
        return all(team.idle for team in self.hub.teams.values())

    def channel_of(self, client: Client) -> Channel:
        return self.hub.teams[client.team_id].channels[client.job_id]

    def push(self, written: Written) -> None:
        """What the broker brings."""
        self.offer(written.team_id, written.entry())

    def offer(self, team_id: int, entry: Entry) -> None:
        """What the consumer does with a message."""
        team = self.hub.listened(team_id)
        if team is not None:
            self.hub.offer(team, entry)

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
        session_seconds: float = 1e6,
        query: str | None = None,
        receive: Callable[[], Awaitable[Any]] | None = None,
        starting: Callable[[], Awaitable[None]] | None = None,
    ) -> tuple[int, MemorySink, bytes]:
        """Make the request that the browser makes: status, connection, body sent by plain ASGI.

        The head of the response waits for `starting`.
        """
        sink = MemorySink(source)
        status, body = 0, b""

        async def send(message: Any) -> None:
            nonlocal status, body
            if message["type"] == "http.response.start":
                status = message["status"]
                if starting is not None:
                    await starting()
            else:
                body += message.get("body", b"")

        async def nothing() -> Any:
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "GET", "extensions": {DETACH: lambda: sink}}
        response = await Events(self.hub).stream_events(
            principal(team_id, user_id, session, session_seconds),
            team_id=None,
            job_id=job_id,
            last_event_id=query,
            last_event_id_header=source.last_event_id or None,
        )
        await response(scope, receive or nothing, send)
        return status, sink, body

    async def listen(self, source: EventSource | None = None, **request: Any) -> MemorySink:
        """Connect; fail unless a stream begins."""
        status, sink, _ = await self.respond(source or EventSource(), **request)
        assert status == 200
        await turns()
        return sink
