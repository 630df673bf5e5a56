"""The least id in the outbox: PostgreSQL keeps deleted rows while anybody has an old snapshot.

Ids are given before commits, so a smaller one may still come. It comes from a transaction that ran
when the mark was seen: when all of those are over, and nothing came, reading may begin there.
"""

import time
from collections.abc import Callable, Sequence

WHOLE_SECONDS = 30.0
"""How often all is read nevertheless: an id is given a moment before its transaction has a number,
and a restored database begins anew."""


class LowWaterMark:
    """Remembers the least id that may be there; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start = 0
        self._seen = 0
        self._seen_before = 0
        self._behind_last = 0
        self._whole_at = clock()

    def start(self) -> int:
        """Return the id from which to read."""
        if self._clock() - self._whole_at >= WHOLE_SECONDS:
            self.reset()
        return self._start

    def reset(self) -> None:
        """Begin with the first row again."""
        self._whole_at = self._clock()
        self._start = self._seen = self._seen_before = 0

    def note(self, ids: Sequence[int], *, oldest: int, next_: int) -> None:
        """Note what a reading from `start` found, ascending, and its snapshot.

        `oldest` is the least number of a transaction that was not over, `next_` the least that
        none had yet.
        """
        if ids:
            self._behind_last = max(self._behind_last, ids[-1] + 1)
        first = ids[0] if ids else self._behind_last
        if first < self._seen:
            # It came late: the mark is there until it has gone.
            self._seen, self._seen_before = first, next_
        elif oldest >= self._seen_before:
            self._start = self._seen
            self._seen, self._seen_before = first, next_
