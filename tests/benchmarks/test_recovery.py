"""The oracle of time: what counts as a slow recovery, and what does not."""

import asyncio

from benchmarks.chaos.recovery import Recoveries
from testing.virtual_time import virtual


def watched(counts: dict[str, int], bound: float = 30.0) -> Recoveries:
    clock = asyncio.get_running_loop().time
    return Recoveries({"orders": lambda: counts["orders"]}, bound, clock)


@virtual
async def test_what_does_not_go_on_within_the_bound_is_broken():
    recoveries = watched({"orders": 0})
    with recoveries.fault("cut"):
        await asyncio.sleep(5)
    await recoveries.finish()
    assert recoveries.broken == ["P10: orders did not go on 30 s after: cut"]


@virtual
async def test_what_goes_on_is_measured():
    counts = {"orders": 0}
    recoveries = watched(counts)
    with recoveries.fault("cut"):
        await asyncio.sleep(100)
    await asyncio.sleep(12)
    counts["orders"] += 1
    await recoveries.finish()
    assert not recoveries.broken
    assert 11.9 < recoveries.by_fault["cut"].longest["orders"] < 12.3


@virtual
async def test_time_with_another_fault_in_force_does_not_count():
    counts = {"orders": 0}
    recoveries = watched(counts)
    with recoveries.fault("cut"):
        await asyncio.sleep(1)
    await asyncio.sleep(10)
    with recoveries.fault("stop"):
        await asyncio.sleep(100)
        with recoveries.fault("freeze"):
            await asyncio.sleep(100)
        await asyncio.sleep(100)
    await asyncio.sleep(10)
    counts["orders"] += 1
    await recoveries.finish()
    assert not recoveries.broken
    assert 19.9 < recoveries.by_fault["cut"].longest["orders"] < 20.3
    assert 9.9 < recoveries.by_fault["stop"].longest["orders"] < 10.3
