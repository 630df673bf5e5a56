"""Tasks are kept alive, their errors are heard of, and cancelling ends all of them."""

import asyncio
import gc

import pytest
from structlog.testing import capture_logs

from backbone.tasks import Tasks


async def fail() -> None:
    raise ValueError("broken")


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_a_task_that_nobody_else_holds_survives_a_collection() -> None:
    tasks, go, done = Tasks(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await go.wait()
        done.set()

    tasks.spawn(work())
    await turns(2)
    gc.collect()
    go.set()
    async with asyncio.timeout(30):
        await done.wait()


async def test_an_error_is_logged_and_a_cancelled_task_is_none() -> None:
    tasks = Tasks()
    with capture_logs() as logs:
        tasks.spawn(fail(), "a-job")
        tasks.spawn(asyncio.sleep(60)).cancel()
        await turns(5)
    assert [(line["event"], line["task"], str(line["exc_info"])) for line in logs] == [
        ("task_failed", "a-job", "broken")
    ]


async def test_an_error_is_raised_by_the_next_check_and_by_no_other() -> None:
    tasks = Tasks()
    tasks.check()
    tasks.spawn(fail())
    assert await tasks.finished(30)
    with pytest.raises(ValueError, match="broken"):
        tasks.check()
    tasks.check()


async def test_waiting_ends_with_the_last_task_or_with_the_time() -> None:
    tasks, go = Tasks(), asyncio.Event()

    async def work() -> None:
        await go.wait()

    assert await tasks.finished(0)
    tasks.spawn(work())
    tasks.spawn(work())
    assert not await tasks.finished(0)
    assert len(tasks) == 2
    go.set()
    assert await tasks.finished(30)
    assert len(tasks) == 0


async def test_cancelling_waits_for_the_end() -> None:
    tasks, ended = Tasks(), []

    async def work(number: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await turns(3)
            ended.append(number)

    for number in range(3):
        tasks.spawn(work(number))
    await turns(2)
    await tasks.cancel()
    assert sorted(ended) == [0, 1, 2]
