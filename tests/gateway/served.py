"""The real stream code behind a real server on a real socket, on the log's memory duplicate."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from backbone.http.limits import HttpLimits
from backbone.http.protocol import Front
from backbone.identity import Principal
from gateway.http.api import Events
from gateway.http.fast_path import FastPath, FastPathProtocol
from gateway.http.protocol import REFUSAL, DetachingProtocol
from gateway.outgoing import broadcast
from tests.gateway.http_reader import HttpReader
from tests.gateway.world import World, principal

SERVERS = {
    "fast path": None,
    "detach": None,
    "detach, one by one": None,
    "httptools": "httptools",
    "h11": "h11",
}


class Served(World):
    port: int
    server: uvicorn.Server

    def __init__(self, **limits) -> None:
        super().__init__(**limits)
        self.readers: list[HttpReader] = []
        self.asked = 0
        """How often the application was asked."""
        self.authenticating = asyncio.Event()
        self.authenticating.set()
        self.refusal: Exception | None = None

    async def principal(self, *_: object) -> Principal:
        """Find out who asks, for the fast path."""
        await self.authenticating.wait()
        if self.refusal is not None:
            raise self.refusal
        return principal()

    async def get(self, path: str = "/", **request) -> HttpReader:
        reader = await HttpReader.get(self.port, path, **request)
        self.readers.append(reader)
        return reader

    async def __call__(self, scope, receive, send) -> None:
        request = Request(scope)
        self.asked += 1
        refusal = scope.get("extensions", {}).get(REFUSAL)
        if refusal is not None:
            await PlainTextResponse(str(refusal), 403)(scope, receive, send)
            return
        job_id = request.query_params.get("job_id")
        response = await Events(self.hub).stream_events(
            principal(),
            team_id=None,
            job_id=None if job_id is None else int(job_id),
            last_event_id=request.query_params.get("last_event_id"),
            last_event_id_header=request.headers.get("last-event-id"),
        )
        await response(scope, receive, send)


@contextmanager
def no_signals():
    yield


@asynccontextmanager
async def served(path: str, http: HttpLimits | None = None, **limits) -> AsyncIterator[Served]:
    """Serve on a free port by one of `SERVERS`, within the limits `http`."""
    patch = pytest.MonkeyPatch()
    if path.endswith("one by one"):
        patch.setattr(broadcast, "send_all", None)
    world = Served(**limits)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    front = Front(http or HttpLimits())
    if path == "fast path":
        streams = FastPath(world.hub, Events(world.hub), world.principal, "/")
        ours = partial(FastPathProtocol, front=front, fast_path=streams)
    else:
        ours = partial(DetachingProtocol, front=front)
    config = uvicorn.Config(
        world,
        http=SERVERS[path] or ours,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    world.server = uvicorn.Server(config)
    world.server.capture_signals = no_signals
    world.port = listener.getsockname()[1]
    task = asyncio.create_task(world.server.serve([listener]))
    while not world.server.started:
        await asyncio.sleep(0)
    try:
        yield world
    finally:
        for reader in world.readers:
            await reader.close()
        await world.hub.close()
        world.server.should_exit = True
        await task
        patch.undo()
