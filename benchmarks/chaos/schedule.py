"""Deals the faults in rounds: some of each deck at the same time, then all that broke goes on.

Every deck is shuffled by the seed and dealt to its end, then shuffled again. In each round the same
share of every deck is dealt, so that all kinds of faults come equally often: after ROUNDS rounds
each came once.
"""

import asyncio
import math
import random
from collections.abc import Iterator, Mapping
from itertools import islice

from benchmarks.chaos.faults import Fault, Faults
from benchmarks.chaos.recovery import Recoveries

PAUSE = (0.2, 1.5)
"""Seconds between two faults of one deck, at least and at most."""
ROUNDS = 5
"""So many rounds go through all decks."""


async def deal(faults: Faults, recoveries: Recoveries, seed: int, over: asyncio.Event) -> None:
    """Do faults from all decks at once until it is over; a fault that was begun is mended first."""
    decks = faults.decks
    chances = [random.Random(f"{seed}/{number}") for number in range(len(decks))]
    cards = [_shuffled(deck, dice) for deck, dice in zip(decks, chances, strict=True)]
    while not over.is_set():
        async with asyncio.TaskGroup() as group:
            for deck, dice, kinds in zip(decks, chances, cards, strict=True):
                dealt = {kind: deck[kind] for kind in islice(kinds, math.ceil(len(deck) / ROUNDS))}
                group.create_task(_do(faults, recoveries, dealt, dice, over))
        await recoveries.finish()


def _shuffled(deck: Mapping[str, Fault], dice: random.Random) -> Iterator[str]:
    while True:
        kinds = list(deck)
        dice.shuffle(kinds)
        yield from kinds


async def _do(
    faults: Faults,
    recoveries: Recoveries,
    dealt: Mapping[str, Fault],
    dice: random.Random,
    over: asyncio.Event,
) -> None:
    for kind, fault in dealt.items():
        if await _is_over(over, dice.uniform(*PAUSE)):
            return
        faults.counts[kind] += 1
        with recoveries.fault(kind):
            await fault()


async def _is_over(over: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(over.wait(), seconds)
    except TimeoutError:
        return False
    return True
