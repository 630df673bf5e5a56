"""Each fault comes equally often, and those of one deck never at the same time."""

import asyncio
from collections import Counter

import pytest

from benchmarks.chaos.recovery import Recoveries
from benchmarks.chaos.schedule import ROUNDS, deal
from testing.virtual_time import virtual


class Scripted:
    """Decks of faults that last some seconds; `together` is how many of a deck ever were in force."""

    def __init__(self, *sizes: int) -> None:
        self.counts: Counter[str] = Counter()
        self.together: Counter[int] = Counter()
        self._in_force: Counter[int] = Counter()
        self._decks = [
            {f"{number}/{kind}": self._fault(number) for kind in range(size)}
            for number, size in enumerate(sizes)
        ]

    def decks(self):
        return self._decks

    def _fault(self, deck):
        async def fault():
            self._in_force[deck] += 1
            self.together[deck] = max(self.together[deck], self._in_force[deck])
            await asyncio.sleep(3)
            self._in_force[deck] -= 1

        return fault


@pytest.mark.parametrize("rounds", [1, 3])
@virtual
async def test_after_so_many_rounds_each_fault_came_so_often(rounds):
    faults = Scripted(17, 4, 5, 1)
    over = asyncio.Event()
    finished = 0

    class Counting(Recoveries):
        async def finish(self):
            nonlocal finished
            finished += 1
            if finished == rounds * ROUNDS:
                over.set()

    await deal(faults, Counting({}), 7, over)
    assert len(faults.counts) == 17 + 4 + 5 + 1
    assert min(faults.counts.values()) >= rounds
    # A deck whose size the rounds do not divide is dealt a bit further.
    assert max(faults.counts.values()) <= rounds * ROUNDS
    assert set(faults.together.values()) == {1}
