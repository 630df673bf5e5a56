"""How many jobs one process works on at a time: in all, and for one account at the provider.

In all: whoever asks waits, so that messages stay in their queue. For an account nobody waits, as
that would stand in the way of other accounts: the job is told when to come again, in its turn.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

_FIRST_GUESS: Final = 1.0
"""Seconds that a job is taken to need before one was seen."""

_WEIGHT: Final = 0.2
"""How much the last job counts in what jobs need."""

SHORTEST_WAIT: Final = 3.0
"""Above the claims' tolerance for early messages: who comes earlier would be let in out of turn."""
LONGEST_WAIT: Final = 60.0


@dataclass(slots=True)
class _Account:
    taken: int = 0
    seconds: float = _FIRST_GUESS
    booked_until: float = 0.0


class Capacity:
    """Places. `now` is in epoch seconds."""

    def __init__(self, *, in_all: int, per_account: int, now: Callable[[], float]) -> None:
        self._free = asyncio.Semaphore(in_all)
        self._per_account = per_account
        self._now = now
        self._accounts: dict[Hashable, _Account] = defaultdict(_Account)

    async def acquire(self) -> None:
        """Wait for a place in all."""
        await self._free.acquire()

    def release(self) -> None:
        """Give it back."""
        self._free.release()

    def enter(self, key: Hashable) -> bool:
        """Take a place of the account, if there is one."""
        account = self._accounts[key]
        if account.taken >= self._per_account:
            return False
        account.taken += 1
        return True

    def leave(self, key: Hashable, *, after: float) -> None:
        """Give it back, after so many seconds."""
        account = self._accounts[key]
        account.taken -= 1
        account.seconds += (after - account.seconds) * _WEIGHT
        if not account.taken and account.booked_until <= self._now():
            del self._accounts[key]

    def book(self, key: Hashable) -> float:
        """Return when to come again for a place of the account: one job after the other."""
        account, now = self._accounts[key], self._now()
        turn = account.seconds / self._per_account
        account.booked_until = max(account.booked_until, now + SHORTEST_WAIT - turn) + turn
        return min(account.booked_until, now + LONGEST_WAIT)
