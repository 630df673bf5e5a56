"""The oracle of time: after each fault is mended, orders, jobs and streams go on within a bound."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

BOUND_SECONDS: Final = 30.0
"""For everything, on a busy machine; faults of the other decks may begin meanwhile."""
LOOK_SECONDS: Final = 0.1


@dataclass(slots=True)
class Recovery:
    """How often a fault was done, and the longest time in seconds until each thing went on."""

    count: int = 0
    longest: dict[str, float] = field(default_factory=dict)


class Recoveries:
    """Watches counters that must grow again; `counters` by what they count."""

    def __init__(
        self, counters: Mapping[str, Callable[[], int]], bound: float = BOUND_SECONDS
    ) -> None:
        self.by_fault: dict[str, Recovery] = {}
        self.broken: list[str] = []
        self.bound = bound
        self._counters = dict(counters)
        self._watching: set[asyncio.Task[None]] = set()

    def watch(self, fault: str) -> None:
        """Begin to watch, now that the fault is mended; returns at once."""
        recovery = self.by_fault.setdefault(fault, Recovery())
        recovery.count += 1
        for what, counter in self._counters.items():
            task = asyncio.create_task(self._wait(fault, recovery, what, counter))
            self._watching.add(task)
            task.add_done_callback(self._watching.discard)

    async def finish(self) -> None:
        """Wait for what is still watched; it has its bound, too, while orders go on."""
        if self._watching:
            await asyncio.wait(self._watching)

    async def _wait(
        self, fault: str, recovery: Recovery, what: str, counter: Callable[[], int]
    ) -> None:
        began, before = time.monotonic(), counter()
        while counter() == before:
            if time.monotonic() - began > self.bound:
                self.broken.append(f"P10: {what} did not go on {self.bound:.0f} s after: {fault}")
                break
            await asyncio.sleep(LOOK_SECONDS)
        passed = time.monotonic() - began
        recovery.longest[what] = max(recovery.longest.get(what, 0.0), passed)
