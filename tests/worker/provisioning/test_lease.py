"""The lease is kept while work goes on; without it the work stops."""

from __future__ import annotations

import asyncio

import pytest

from testing.virtual_time import BEGIN
from worker.provisioning.interruption import FencedOff
from worker.provisioning.lease import under_lease

LEASE = 30.0


def now() -> float:
    return asyncio.get_running_loop().time() - BEGIN


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
        result = await under_lease(work(65, []), renew, seconds=LEASE, now=now)
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
            await under_lease(work(1000, ended), renew, seconds=LEASE, now=now)
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
            await under_lease(work(1000, ended), renew, seconds=LEASE, now=now)
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
        return await under_lease(work(200, []), renew, seconds=LEASE, now=now)

    assert run(story()) == "result"


def test_the_error_of_the_work_comes_through(run) -> None:
    async def fail() -> None:
        raise LookupError("as raised")

    async def renew() -> object:
        return object()

    with pytest.raises(LookupError, match="as raised"):
        run(under_lease(fail(), renew, seconds=LEASE, now=now))


def test_cancelling_from_outside_cancels_the_work(run) -> None:
    ended: list[str] = []

    async def renew() -> object:
        return object()

    async def story() -> None:
        task = asyncio.create_task(under_lease(work(100, ended), renew, seconds=LEASE, now=now))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(story())
    assert ended == ["cancelled"]
