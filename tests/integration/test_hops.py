"""How many files the code of an order and of an event runs through; ARCHITECTURE.md tells which."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from backbone.database.engine import create_engine, transaction
from backbone.events.append import append
from backbone.orders import record as recorder
from slipway.amqp import Broker
from tests.backbone.rows import job_event
from tests.integration.gateway_world import gateway, make_member, make_team, relay, sign_in
from tests.service.world import build_world

ROOT = Path(__file__).resolve().parents[2]
OURS = {"backbone", "gateway", "generated", "service", "worker"}
ORDER_EXITS = ("backbone/database/group.py", "backbone/database/statement_pool.py")
EVENT_EXITS = (
    "backbone/database/statement_pool.py",
    "backbone/relay/frames.py",
    "gateway/outgoing/broadcast.py",
)
HOPS_TO_COMMIT, FILES_TO_COMMIT = 14, 32
HOPS_TO_SOCKET, FILES_TO_SOCKET = 16, 28
WARM_UP, COUNTED = 2, 10
SELDOM = {
    "SSE_POLL_SECONDS": "60",
    "SSE_SWEEP_SECONDS": "60",
    "RELAY_SWEEP_SECONDS": "30",
    "RELAY_LEASE_SECONDS": "60",
}
"""So that what looks around by itself is not taken for a part of the way."""


class Trace:
    """The files of ours whose code ran, and the hops: those that were in a call into an exit.

    An exit is where what is traced leaves: a file that a task, the database, the broker or the
    browser is reached by. Who is called and returns before that only helps.
    """

    def __init__(self, *exits: str) -> None:
        self.exits = exits
        self.files: dict[str, None] = {}
        self.hops: dict[str, None] = {}

    def stop(self) -> None:
        sys.setprofile(None)

    def note(self, frame: FrameType, event: str, _: Any) -> None:
        if event != "call" or (file := file_of(frame)) is None:
            return
        self.files[file] = None
        if file not in self.exits:
            return
        calling: FrameType | None = frame
        while calling is not None:
            if (file := file_of(calling)) is not None:
                self.hops[file] = None
            calling = calling.f_back


def file_of(frame: FrameType) -> str | None:
    try:
        path = Path(frame.f_code.co_filename).relative_to(ROOT)
    except ValueError:
        return None
    return str(path) if path.parts[0] in OURS else None


def common(each: list[dict[str, None]]) -> list[str]:
    """What all have: a tick of something else may fall into one of them."""
    return [file for file in each[0] if all(file in other for other in each)]


@contextmanager
def tracing(*exits: str) -> Iterator[Trace]:
    trace = Trace(*exits)
    sys.setprofile(trace.note)
    try:
        yield trace
    finally:
        trace.stop()


@pytest.fixture
async def postgres_engine(postgres_url):
    engine = create_engine(postgres_url)
    yield engine
    await engine.dispose()


@pytest.mark.postgres
async def test_files_from_the_request_to_the_commit(postgres_engine, monkeypatch):
    record, traces = recorder.record_creations, []

    async def recorded(*args, **kwargs):
        places = await record(*args, **kwargs)
        traces[-1].stop()
        return places

    monkeypatch.setattr(recorder, "record_creations", recorded)
    world = build_world(postgres_engine)
    await world.team(7)
    token = await world.member(7)
    async with world.client(token) as http:
        for number in range(WARM_UP + COUNTED):
            with tracing(*ORDER_EXITS) as trace:
                traces.append(trace)
                answer = await http.post(
                    "/api/v1/environments", json={"shortdomain": f"shop-{number}"}
                )
            assert answer.status_code == 202, answer.text
    judge(traces[WARM_UP:], hops=HOPS_TO_COMMIT, files=FILES_TO_COMMIT)


@pytest.mark.postgres
async def test_files_from_the_commit_to_the_socket(postgres_engine, postgres_url):
    await make_team(postgres_engine)
    await make_member(postgres_engine)
    token = await sign_in(postgres_engine)
    traces = []
    # The event is appended in a thread of its own, which is not traced.
    async with (
        appending(postgres_url) as tell,
        Broker() as broker,
        gateway(postgres_engine, broker.url, **SELDOM) as world,
        relay(postgres_engine, broker.url, **SELDOM),
    ):
        await world.pushed()
        reader = await world.stream(token)
        for number in range(WARM_UP + COUNTED):
            with tracing(*EVENT_EXITS) as trace:
                await tell()
                await reader.got(number + 1, "message")
            traces.append(trace)
    judge(traces[WARM_UP:], hops=HOPS_TO_SOCKET, files=FILES_TO_SOCKET)


@asynccontextmanager
async def appending(url: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    engine = create_engine(url)

    async def tell() -> None:
        async with transaction(engine) as conn:
            await append(conn, 7, job_event(status="polling"))

    with start_blocking_portal() as portal:
        yield lambda: asyncio.to_thread(portal.call, tell)
        await asyncio.to_thread(portal.call, engine.dispose)


def judge(traces: list[Trace], *, hops: int, files: int) -> None:
    found = common([trace.hops for trace in traces])
    assert set(traces[0].exits) <= set(found), "each exit was passed, or nothing was measured"
    assert len(found) <= hops, "\n".join(found)
    ran = common([trace.files for trace in traces])
    assert len(ran) <= files, "\n".join(ran)
