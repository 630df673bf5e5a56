"""A moving window of counts in this process's memory, without tasks, threads or locks of its own.

The storage of `limits` looks through all of its keys at each hit, each key in a thread.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from limits import RateLimitItem

_SWEEP_SECONDS = 60.0


@dataclass(slots=True)
class _Hits:
    """The moments at which a key was admitted, the oldest first, as far back as `seconds`."""

    seconds: int
    moments: deque[float] = field(default_factory=deque)

    def forget_before(self, now: float) -> None:
        while self.moments and self.moments[0] < now - self.seconds:
            self.moments.popleft()


class MovingWindow:
    """Admits as many as an item allows for a key within any span of the item's length.

    It holds one number per admitted hit, and no key for longer than a minute after its window.
    `clock` tells seconds since whenever.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._keys: dict[tuple[RateLimitItem, tuple[str, ...]], _Hits] = {}
        self._next_sweep = clock() + _SWEEP_SECONDS

    def __len__(self) -> int:
        """How many keys are held."""
        return len(self._keys)

    def hit(self, item: RateLimitItem, *key: str) -> float | None:
        """Admit and count one: None; or refuse: the seconds until one would be admitted."""
        now = self._clock()
        if now >= self._next_sweep:
            self._sweep(now)
        hits = self._keys.get((item, key))
        if hits is None:
            hits = self._keys[item, key] = _Hits(item.get_expiry())
        hits.forget_before(now)
        if len(hits.moments) >= item.amount:
            return hits.moments[0] + hits.seconds - now
        hits.moments.append(now)
        return None

    def clear(self, item: RateLimitItem, *key: str) -> None:
        """Begin anew for a key."""
        self._keys.pop((item, key), None)

    def _sweep(self, now: float) -> None:
        self._next_sweep = now + _SWEEP_SECONDS
        for key, hits in list(self._keys.items()):
            hits.forget_before(now)
            if not hits.moments:
                del self._keys[key]
