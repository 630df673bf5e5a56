"""sse-starlette as its documentation shows it, with the listeners indexed by team and the JSON shared."""

import asyncio
import contextlib
import sys
from collections import defaultdict
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI
from sse_starlette import EventSourceResponse

from benchmarks.fanout.apps.feed import listen

QUEUE_SIZE = 100
Queue = asyncio.Queue[dict[str, str]]


class Listeners:
    """A queue per client, found by team."""

    def __init__(self) -> None:
        self.teams: defaultdict[int, set[Queue]] = defaultdict(set)

    def take(self, line: bytes) -> None:
        """Hand an event, a line of team, job, event id and JSON, to the clients of its team."""
        team, _, event_id, body = line.split(b" ", 3)
        team_id = int(team)
        frame = {"event": "message", "id": event_id.decode(), "data": body.decode()}
        for queue in self.teams[team_id]:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(frame)


async def frames(listeners: Listeners, team_id: int) -> AsyncIterator[dict[str, str]]:
    """Yield the events of a team."""
    queue: Queue = asyncio.Queue(QUEUE_SIZE)
    listeners.teams[team_id].add(queue)
    try:
        yield {"comment": "connected"}
        while True:
            yield await queue.get()
    finally:
        listeners.teams[team_id].discard(queue)


def create_app(feed_port: int) -> FastAPI:
    """Build the application."""
    listeners = Listeners()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with await listen(feed_port, listeners.take):
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/api/v1/events")
    async def events(team_id: int) -> EventSourceResponse:
        return EventSourceResponse(frames(listeners, team_id))

    return app


if __name__ == "__main__":
    uvicorn.run(
        create_app(int(sys.argv[2])),
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        backlog=4096,
    )
