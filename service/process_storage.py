"""Counts of rate limits in this process's memory, at the same cost however many keys there are.

It stands in the place of `limits.aio.storage.MemoryStorage`, which looks through all keys with
each hit, for each of them in a thread: 500 teams were a whole core.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Generic, TypeVar

from limits.aio.storage import MovingWindowSupport, Storage

SWEPT: Final = 2
"""Entries that each write looks at: more than it can add, so that what is over goes in time."""


@dataclass(slots=True)
class _Counter:
    until: float
    count: int = 0


@dataclass(slots=True)
class _Window:
    until: float
    hits: deque[float] = field(default_factory=deque)


E = TypeVar("E", _Counter, _Window)


class _Entries(Generic[E]):
    """Entries by key, each of which counts for nothing from its `until` on (epoch seconds)."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, E] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str, now: float) -> E | None:
        entry = self._kept.get(key)
        return entry if entry is not None and entry.until > now else None

    def put(self, key: str, entry: E, now: float) -> None:
        self._kept[key] = entry
        for oldest in list(islice(self._kept, SWEPT)):
            if self._kept[oldest].until > now:
                self._kept.move_to_end(oldest)
            else:
                del self._kept[oldest]

    def drop(self, key: str) -> None:
        self._kept.pop(key, None)

    def clear(self) -> None:
        self._kept.clear()


class ProcessStorage(Storage, MovingWindowSupport):
    """Counters and moving windows of one process and one loop. `clock` tells epoch seconds.

    An operation never waits, so no two of them interleave.
    """

    STORAGE_SCHEME = None

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._counters: _Entries[_Counter] = _Entries()
        self._windows: _Entries[_Window] = _Entries()

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """Return what may go wrong with the store: nothing."""
        return ()

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` and return the sum, which ends `expiry` seconds after its first."""
        now = self._clock()
        counter = self._counters.get(key, now) or _Counter(now + expiry)
        counter.count += amount
        self._counters.put(key, counter, now)
        return counter.count

    async def get(self, key: str) -> int:
        """Return how many were counted."""
        counter = self._counters.get(key, self._clock())
        return 0 if counter is None else counter.count

    async def get_expiry(self, key: str) -> float:
        """Return when the counter ends (epoch seconds): now when there is none."""
        now = self._clock()
        counter = self._counters.get(key, now)
        return now if counter is None else counter.until

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` hits unless there were more than `limit` in the last `expiry` seconds."""
        now = self._clock()
        window = self._windows.get(key, now) or _Window(now)
        _forget(window.hits, now - expiry)
        if len(window.hits) + amount > limit:
            return False
        window.hits.extend([now] * amount)
        window.until = now + expiry
        self._windows.put(key, window, now)
        return True

    async def get_moving_window(
        self,
        key: str,
        limit: int,  # noqa: ARG002 - a part of the library's interface
        expiry: int,
    ) -> tuple[float, int]:
        """Return the time of the window's first hit (now when it has none) and its hits."""
        now = self._clock()
        window = self._windows.get(key, now)
        if window is None:
            return now, 0
        _forget(window.hits, now - expiry)
        return (window.hits[0], len(window.hits)) if window.hits else (now, 0)

    async def check(self) -> bool:
        """Return that it answers."""
        return True

    async def reset(self) -> int:
        """Forget everything; return how many keys that were."""
        kept = len(self._counters) + len(self._windows)
        self._counters.clear()
        self._windows.clear()
        return kept

    async def clear(self, key: str) -> None:
        """Forget a key."""
        self._counters.drop(key)
        self._windows.drop(key)


def _forget(hits: deque[float], before: float) -> None:
    while hits and hits[0] < before:
        hits.popleft()
