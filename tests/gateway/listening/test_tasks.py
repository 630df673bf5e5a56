"""Tasks are kept alive, their errors are logged, and closing ends all of them."""

import asyncio
import gc

from structlog.testing import capture_logs

from gateway.listening.tasks import Tasks
from tests.gateway.world import turns


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

    async def fail() -> None:
        raise ValueError("broken")

    with capture_logs() as logs:
        tasks.spawn(fail())
        tasks.spawn(asyncio.sleep(60)).cancel()
        await turns(5)
    assert [(line["event"], str(line["exc_info"])) for line in logs] == [
        ("gateway_task_failed", "broken")
    ]


async def test_closing_cancels_and_waits_for_the_end() -> None:
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
    await tasks.close()
    assert sorted(ended) == [0, 1, 2]
