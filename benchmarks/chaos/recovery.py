"""The oracle of time: after each fault is mended, orders, jobs and streams go on within a bound.

Only time without a fault in force counts: what another one holds up is no slow recovery of this.
"""

import asyncio
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

BOUND_SECONDS: Final = 30.0
"""For everything, on a busy machine."""
LOOK_SECONDS: Final = 0.1


@dataclass(slots=True)
class Recovery:
    """How often a fault was done, and the longest time in seconds until each thing went on."""

    count: int = 0
    longest: dict[str, float] = field(default_factory=dict)


class Recoveries:
    """Watches counters that must grow again; `counters` by what they count."""

    def __init__(
        self,
        counters: Mapping[str, Callable[[], int]],
        bound: float = BOUND_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.by_fault: dict[str, Recovery] = {}
        self.broken: list[str] = []
        self.bound = bound
        self._counters = dict(counters)
        self._clock = clock
        self._in_force = 0
        self._quiet = 0.0
        self._quiet_since = clock()
        self._watching: set[asyncio.Task[None]] = set()

    @contextmanager
    def fault(self, name: str) -> Generator[None, None, None]:
        """Do a fault within; at the end of the block it is mended, and its recovery is watched."""
        if self._in_force == 0:
            self._quiet = self._quiet_seconds()
        self._in_force += 1
        try:
            yield
        finally:
            self._in_force -= 1
            self._quiet_since = self._clock()
        self._watch(name)

    async def finish(self) -> None:
        """Wait until all that was held up has gone on, or had its bound. No fault may begin."""
        if self._watching:
            await asyncio.wait(self._watching)

    def _quiet_seconds(self) -> float:
        """Return how long there was no fault in force, since the beginning."""
        running = 0.0 if self._in_force else self._clock() - self._quiet_since
        return self._quiet + running

    def _watch(self, fault: str) -> None:
        recovery = self.by_fault.setdefault(fault, Recovery())
        recovery.count += 1
        for what, counter in self._counters.items():
            task = asyncio.create_task(self._wait(fault, recovery, what, counter))
            self._watching.add(task)
            task.add_done_callback(self._watching.discard)

    async def _wait(
        self, fault: str, recovery: Recovery, what: str, counter: Callable[[], int]
    ) -> None:
        began, before = self._quiet_seconds(), counter()
        while counter() == before:
            if self._quiet_seconds() - began > self.bound:
                self.broken.append(f"P10: {what} did not go on {self.bound:.0f} s after: {fault}")
                break
            await asyncio.sleep(LOOK_SECONDS)
        passed = self._quiet_seconds() - began
        recovery.longest[what] = max(recovery.longest.get(what, 0.0), passed)
