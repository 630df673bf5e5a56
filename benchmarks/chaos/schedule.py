"""Deals the faults: every deck is shuffled by the seed and dealt to its end, then shuffled again."""

import asyncio
import random
from collections.abc import Mapping

from benchmarks.chaos.faults import Fault, Faults
from benchmarks.chaos.recovery import Recoveries

PAUSE = (0.3, 2.0)
"""Seconds between two faults of one deck, at least and at most."""


async def deal(faults: Faults, recoveries: Recoveries, seed: int, over: asyncio.Event) -> None:
    """Do faults from all decks at once until it is over; a fault that was begun is mended first."""
    async with asyncio.TaskGroup() as group:
        for number, deck in enumerate(faults.decks()):
            group.create_task(
                _deal(faults, recoveries, deck, random.Random(f"{seed}/{number}"), over)
            )


async def _deal(
    faults: Faults,
    recoveries: Recoveries,
    deck: Mapping[str, Fault],
    dice: random.Random,
    over: asyncio.Event,
) -> None:
    while True:
        kinds = list(deck)
        dice.shuffle(kinds)
        for kind in kinds:
            if await _is_over(over, dice.uniform(*PAUSE)):
                return
            faults.counts[kind] += 1
            await deck[kind]()
            recoveries.watch(kind)


async def _is_over(over: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(over.wait(), seconds)
    except TimeoutError:
        return False
    return True
