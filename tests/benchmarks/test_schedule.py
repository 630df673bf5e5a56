"""Each fault comes equally often, and those of one deck never at the same time."""

import asyncio
from collections import Counter

import pytest

from benchmarks.chaos.faults import UnknownFaultError, narrowed
from benchmarks.chaos.recovery import Recoveries
from benchmarks.chaos.schedule import ROUNDS, deal
from testing.virtual_time import virtual


class Scripted:
    """Decks of faults that last some seconds; `together` is how many of a deck ever were in force."""

    def __init__(self, *sizes: int) -> None:
        self.counts: Counter[str] = Counter()
        self.together: Counter[int] = Counter()
        self._in_force: Counter[int] = Counter()
        self.decks = [
            {f"{number}/{kind}": self._fault(number) for kind in range(size)}
            for number, size in enumerate(sizes)
        ]

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


def test_only_some_faults_may_be_dealt_and_there_must_be_some():
    decks = Scripted(3, 2).decks
    assert [list(deck) for deck in narrowed(decks, "")] == [["0/0", "0/1", "0/2"], ["1/0", "1/1"]]
    assert [list(deck) for deck in narrowed(decks, "1/")] == [["1/0", "1/1"]]
    with pytest.raises(UnknownFaultError, match=r"no fault is called 'x'; there are: 0/0, 0/1"):
        narrowed(decks, "x")
