"""Lets events gather while they come quickly, one at a time, as network cards moderate interrupts.

To wake up for an event costs more than to hand it to a small team. It holds the whole event loop
up, so it is only for a loop that is the gateway's own.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FEW = 8
"""So many events in one turn of the loop have gathered by themselves."""


class Pace:
    """Rests `gap` seconds after a flush that followed the one before within `gap`; 0 never rests.

    The first event after a pause leaves at once, and so does what took longer to write than a rest:
    then enough has gathered meanwhile. `clock` counts seconds; `sleep` blocks.
    """

    __slots__ = ("_began", "_clock", "_gap", "_last", "_seen", "_sleep")

    def __init__(
        self,
        gap: float,
        *,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = gap
        self._clock = clock
        self._sleep = sleep
        self._began = 0.0
        self._last = -gap
        self._seen = 0

    def begin(self) -> None:
        """A flush begins."""
        if self._gap:
            self._began = self._clock()

    def end(self, total: int) -> None:
        """A flush has ended, with so many events since the start: rest, if more will come soon."""
        if not self._gap:
            return
        now = self._clock()
        soon = self._began - self._last < self._gap
        small = total - self._seen < FEW and now - self._began < self._gap
        self._seen = total
        if soon and small:
            self._sleep(self._gap)
            now = self._clock()
        self._last = now
