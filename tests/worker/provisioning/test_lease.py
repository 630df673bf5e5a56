"""The lease is kept while work goes on; without it the work stops."""

from __future__ import annotations

import asyncio

import pytest

from testing.virtual_time import BEGIN
from worker.provisioning.interruption import FencedOff
from worker.provisioning.lease import Lease, Renew, clock, under_lease
from worker.virtuozzo.sending import ask

LEASE = 30.0


def now() -> float:
    return asyncio.get_running_loop().time() - BEGIN


def lease(renew: Renew, *, age: float = 0.0) -> Lease:
    return Lease(renew, seconds=LEASE, since=clock() - age)


async def work(seconds: float, ended: list[str]) -> str:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        ended.append("cancelled")
        raise
    ended.append("done")
    return "result"


def test_renews_three_times_per_lease_and_then_stops(run) -> None:
    renewed: list[float] = []

    async def renew() -> object:
        renewed.append(now())
        return object()

    async def story() -> None:
        result = await under_lease(work(65, []), lease(renew))
        assert result == "result"
        await asyncio.sleep(100)

    run(story())
    assert renewed == [10, 20, 30, 40, 50, 60]


def test_a_lost_lease_cancels_the_work_and_waits_for_its_end(run) -> None:
    ended: list[str] = []

    async def renew() -> None:
        return None

    async def story() -> None:
        with pytest.raises(FencedOff):
            await under_lease(work(1000, ended), lease(renew))
        assert ended == ["cancelled"]
        assert now() == 10

    run(story())


def test_failing_renewals_are_forgiven_for_one_lease(run) -> None:
    ended: list[str] = []

    async def renew() -> object:
        if now() > 15:
            raise ConnectionError
        return object()

    async def story() -> None:
        with pytest.raises(FencedOff):
            await under_lease(work(1000, ended), lease(renew))
        # Last renewed at 10: from 40 on somebody else may have claimed the job.
        assert now() == 40

    run(story())
    assert ended == ["cancelled"]


def test_a_renewal_that_works_again_is_enough(run) -> None:
    async def renew() -> object:
        if 15 < now() < 35:
            raise ConnectionError
        return object()

    async def story() -> str:
        return await under_lease(work(200, []), lease(renew))

    assert run(story()) == "result"


def test_the_error_of_the_work_comes_through(run) -> None:
    async def fail() -> None:
        raise LookupError("as raised")

    async def renew() -> object:
        return object()

    async def story() -> None:
        await under_lease(fail(), lease(renew))

    with pytest.raises(LookupError, match="as raised"):
        run(story())


def test_cancelling_from_outside_cancels_the_work(run) -> None:
    ended: list[str] = []

    async def renew() -> object:
        return object()

    async def story() -> None:
        task = asyncio.create_task(under_lease(work(100, ended), lease(renew)))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(story())
    assert ended == ["cancelled"]


def test_nothing_is_sent_when_the_lease_is_over(run) -> None:
    async def renew() -> object:
        raise ConnectionError

    async def call_after(seconds: float) -> float:
        await asyncio.sleep(seconds)
        ask()
        return now()

    async def story() -> None:
        assert await under_lease(call_after(25), lease(renew)) == 25
        # The statement that took the job began 10 s ago, and its answer was read just now.
        with pytest.raises(FencedOff):
            await under_lease(call_after(19.9), lease(renew, age=10.2))
        with pytest.raises(FencedOff, match="ran out"):
            await under_lease(call_after(0), lease(renew, age=30))

    run(story())
