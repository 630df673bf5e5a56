"""One loop and one set of resources per process, whatever threads and forks do."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from worker.loop_thread import LoopThread, LoopThreadClosedError


class Resources:
    def __init__(self) -> None:
        self.opened: list[int] = []
        self.closed: list[int] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[asyncio.AbstractEventLoop]:
        self.opened.append(threading.get_ident())
        try:
            yield asyncio.get_running_loop()
        finally:
            self.closed.append(threading.get_ident())


@pytest.fixture
def resources() -> Resources:
    return Resources()


@pytest.fixture
def loop_thread(resources: Resources) -> Iterator[LoopThread[asyncio.AbstractEventLoop]]:
    loop_thread = LoopThread(resources.open)
    yield loop_thread
    loop_thread.close()


def test_opens_nothing_before_the_first_call(loop_thread: LoopThread, resources: Resources) -> None:
    assert resources.opened == []


def test_all_threads_share_one_loop_and_one_set_of_resources(
    loop_thread: LoopThread, resources: Resources
) -> None:
    both = threading.Barrier(8, timeout=10)

    def call(_: int) -> tuple[int, int]:
        both.wait()

        async def work(opened: asyncio.AbstractEventLoop) -> tuple[int, int]:
            return id(opened), id(asyncio.get_running_loop())

        return loop_thread.call(work)

    with ThreadPoolExecutor(8) as threads:
        seen = set(threads.map(call, range(8)))
    assert len(seen) == 1
    assert len(set(seen.pop())) == 1
    assert len(resources.opened) == 1


def test_calls_of_several_threads_run_at_the_same_time(loop_thread: LoopThread) -> None:
    gate = {}

    async def wait(_: object) -> str:
        gate["event"] = event = asyncio.Event()
        await event.wait()
        return "released"

    async def release(_: object) -> None:
        while "event" not in gate:
            await asyncio.sleep(0)
        gate["event"].set()

    with ThreadPoolExecutor(2) as threads:
        waiting = threads.submit(loop_thread.call, wait)
        threads.submit(loop_thread.call, release).result(10)
        assert waiting.result(10) == "released"


def test_the_error_of_the_work_reaches_the_caller(loop_thread: LoopThread) -> None:
    async def fail(_: object) -> None:
        raise LookupError("as raised")

    with pytest.raises(LookupError, match="as raised"):
        loop_thread.call(fail)


def test_closing_cancels_work_then_closes_the_resources_on_their_loop(resources: Resources) -> None:
    loop_thread = LoopThread(resources.open)
    begun = threading.Event()

    async def never(_: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    with ThreadPoolExecutor(1) as threads:
        work = threads.submit(loop_thread.call, never)
        assert begun.wait(10)
        loop_thread.close()
        with pytest.raises(CancelledError):
            work.result(10)
    assert resources.closed == resources.opened
    with pytest.raises(LoopThreadClosedError):
        loop_thread.call(never)


def test_closing_lets_a_connection_be_given_back_whole(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As SQLAlchemy does it: in a task of its own, which outlives the cancellation of its caller."""
    ended: list[str] = []
    begun = threading.Event()

    async def close() -> None:
        begun.set()
        try:
            await asyncio.sleep(0.2)
            ended.append("given back")
        except asyncio.CancelledError:
            ended.append("broken")
            raise

    monkeypatch.setattr(AsyncConnection, "close", close)
    loop_thread = LoopThread(resources.open)

    async def leave(_: object) -> None:
        giving_back = asyncio.create_task(close())
        await asyncio.wait({giving_back})

    with ThreadPoolExecutor(1) as threads:
        threads.submit(loop_thread.call, leave)
        assert begun.wait(10)
        loop_thread.close()
    assert ended == ["given back"]


def test_failing_to_open_leaves_no_thread_and_may_be_tried_again() -> None:
    tries = []

    @asynccontextmanager
    async def open_second_time() -> AsyncIterator[str]:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError("not yet")
        yield "open"

    loop_thread = LoopThread(open_second_time, name="second-time")
    with pytest.raises(ConnectionError):
        loop_thread.start()
    assert not [t for t in threading.enumerate() if t.name == "second-time"]

    async def work(resources: str) -> str:
        return resources

    assert loop_thread.call(work) == "open"
    loop_thread.close()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_opens_its_own(loop_thread: LoopThread, resources: Resources) -> None:
    async def pid(_: object) -> int:
        return os.getpid()

    assert loop_thread.call(pid) == os.getpid()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = f"{loop_thread.call(pid) == os.getpid()} {len(resources.opened)}"
            loop_thread.close()
            os.write(write, answer.encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        assert answer.read() == "True 2"
    os.waitpid(child, 0)
    assert resources.closed == []
