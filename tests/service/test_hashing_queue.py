"""Few hashes at a time, few that wait; who has left or waited too long makes room."""

import asyncio
import threading

import pytest

from backbone.errors import Overloaded
from service import hashing_queue
from service.hashing_queue import HashingQueue, HashRequester


class Work:
    """A function that ends when it is told to, in its thread."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.done: list[str] = []

    def __call__(self, name: str) -> str:
        assert self.may_end.wait(30)
        self.done.append(name)
        return name


@pytest.fixture
def work():
    made = Work()
    yield made
    made.may_end.set()


async def begun(
    queue: HashingQueue, work: Work, name: str, requester: HashRequester
) -> asyncio.Task[str]:
    task = asyncio.create_task(queue.run(requester, work, name))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def test_what_has_no_place_is_told_to_come_back(work):
    queue = HashingQueue(parallel=1, waiting=3, of_one_network=2)
    tasks = [await begun(queue, work, f"a{number}", HashRequester("a")) for number in range(3)]
    with pytest.raises(Overloaded) as refused:
        await queue.run(HashRequester("a"), work, "a3")
    assert refused.value.retry_after >= 1
    tasks.append(await begun(queue, work, "b0", HashRequester("b")))
    with pytest.raises(Overloaded):
        await queue.run(HashRequester("b"), work, "b1")
    assert queue.length == 3
    work.may_end.set()
    assert await asyncio.gather(*tasks) == ["a0", "a1", "a2", "b0"]
    assert queue.length == 0


async def test_a_known_device_goes_first_also_when_strangers_fill_the_queue(work):
    queue = HashingQueue(parallel=1, waiting=2, of_one_network=2)
    tasks = [await begun(queue, work, f"a{number}", HashRequester("a")) for number in range(3)]
    tasks.append(await begun(queue, work, "known", HashRequester("a", known=True)))
    work.may_end.set()
    await asyncio.gather(*tasks)
    assert work.done == ["a0", "known", "a1", "a2"]


async def test_who_has_left_is_not_served(work):
    queue = HashingQueue(parallel=1, waiting=2)
    gone = asyncio.Event()

    async def left() -> None:
        await gone.wait()

    first = await begun(queue, work, "first", HashRequester())
    abandoned = await begun(queue, work, "abandoned", HashRequester(left=left))
    gone.set()
    with pytest.raises(Overloaded):
        await abandoned
    assert queue.length == 0
    work.may_end.set()
    await first
    assert work.done == ["first"]


async def test_who_waits_too_long_is_told(work, monkeypatch):
    monkeypatch.setattr(hashing_queue, "MAX_WAIT_SECONDS", 0.0)
    queue = HashingQueue(parallel=1)
    first = await begun(queue, work, "first", HashRequester())
    with pytest.raises(Overloaded):
        await queue.run(HashRequester(), work, "late")
    work.may_end.set()
    await first
    assert work.done == ["first"]


async def test_cancelled_callers_free_their_places(work):
    queue = HashingQueue(parallel=1, waiting=1)
    running = await begun(queue, work, "running", HashRequester())
    waiting = await begun(queue, work, "waiting", HashRequester())
    for task in (running, waiting):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    last = await begun(queue, work, "last", HashRequester())
    assert queue.length == 1, "the thread is still at work"
    work.may_end.set()
    assert await last == "last"
    assert work.done == ["running", "last"]


async def test_a_failure_frees_its_place():
    queue = HashingQueue(parallel=1)

    def fail() -> None:
        raise RuntimeError

    for _ in range(3):
        with pytest.raises(RuntimeError):
            await queue.run(HashRequester(), fail)
