"""Places: in all one waits for, of an account one is told when to come again, in turn."""

from __future__ import annotations

import asyncio
import itertools

from testing.virtual_time import virtual
from worker.provisioning.capacity import LONGEST_WAIT, SHORTEST_WAIT, Capacity


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_account_has_so_many_places() -> None:
    capacity = Capacity(in_all=10, per_account=2, now=Clock())
    assert [capacity.enter("a") for _ in range(3)] == [True, True, False]
    assert capacity.enter("b")
    capacity.leave("a", after=1)
    assert capacity.enter("a")


def test_turns_come_one_after_the_other_at_the_rate_of_the_account() -> None:
    clock = Clock()
    capacity = Capacity(in_all=10, per_account=2, now=clock)
    assert capacity.enter("a")
    for _ in range(60):
        assert capacity.enter("a")
        capacity.leave("a", after=20)
    turns = [capacity.book("a") - clock.now for _ in range(4)]
    assert turns[0] == SHORTEST_WAIT
    steps = [round(later - earlier) for earlier, later in itertools.pairwise(turns)]
    assert steps == [10, 10, 10]
    for _ in range(20):
        capacity.book("a")
    assert capacity.book("a") == clock.now + LONGEST_WAIT


def test_an_account_that_nobody_uses_is_forgotten() -> None:
    clock = Clock()
    capacity = Capacity(in_all=10, per_account=2, now=clock)
    capacity.enter("a")
    capacity.leave("a", after=1)
    assert not capacity._accounts


@virtual
async def test_who_finds_no_place_in_all_waits() -> None:
    capacity = Capacity(in_all=1, per_account=9, now=Clock())
    await capacity.acquire()
    waiting = asyncio.create_task(capacity.acquire())
    await asyncio.sleep(1)
    assert not waiting.done()
    capacity.release()
    await waiting
