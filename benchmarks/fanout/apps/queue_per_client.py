"""The design that is usual: a queue and a filter per client, `is_disconnected` polling, JSON per client.

Every client's queue (100 entries, the oldest goes first) gets every event; the client's own generator
decides whether it concerns it. Written after `reference/rabbitmq-sse-delivery-guide.md`, without its broker.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from benchmarks.fanout.apps.feed import listen

KEEPALIVE = 15.0
QUEUE_SIZE = 100


@dataclass
class Message:
    """An event as it came from the exchange."""

    routing_key: str
    payload: dict[str, Any]


class Broker:
    """Gives each message to the queue of each client."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[Message]] = set()

    def take(self, line: bytes) -> None:
        """Decode a line of routing key, event id and JSON, and hand the message to everybody."""
        routing_key, _, body = line.split(b" ", 2)
        message = Message(routing_key.decode(), json.loads(body))
        for queue in self.queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(message)


def matches(message: Message, team_id: int, job_id: int | None) -> bool:
    """Return whether a client asked for this."""
    parts = message.routing_key.split(".")
    if len(parts) < 4 or parts[0] != "team" or parts[1] != str(team_id):
        return False
    return job_id is None or (parts[2] == "job" and parts[3] == str(job_id))


async def event_stream(
    request: Request, broker: Broker, team_id: int, job_id: int | None
) -> AsyncIterator[str]:
    """Yield frames until the client is gone."""
    queue: asyncio.Queue[Message] = asyncio.Queue(QUEUE_SIZE)
    broker.queues.add(queue)
    try:
        yield ": connected\n\n"
        while not await request.is_disconnected():
            try:
                message = await asyncio.wait_for(queue.get(), KEEPALIVE)
            except TimeoutError:
                yield ": keep-alive\n\n"
                continue
            if matches(message, team_id, job_id):
                yield f"event: message\ndata: {json.dumps(message.payload)}\n\n"
    finally:
        broker.queues.discard(queue)


def create_app(feed_port: int) -> FastAPI:
    """Build the application."""
    broker = Broker()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with await listen(feed_port, broker.take):
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/api/v1/events")
    async def events(
        request: Request, team_id: int, job_id: int | None = None
    ) -> StreamingResponse:
        stream = event_stream(request, broker, team_id, job_id)
        return StreamingResponse(stream, media_type="text/event-stream")

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
