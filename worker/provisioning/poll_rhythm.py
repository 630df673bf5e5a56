"""When to look at what waits at the provider: pure numbers, without clocks and jobs.

Often just after the provider accepted and around the usual end, seldom in between and long after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backbone.jobs.durations import Usual

_SHARE: Final = 3.0
"""A look comes after a third of the time since the begin, or until the usual end."""

_COST: Final = 6.0
"""A poll is repeated after six times what it cost this process at the earliest."""


@dataclass(frozen=True, slots=True)
class PollRhythm:
    """Seconds. `first` and `longest` bound the wait between two looks at a job.

    `apart` is the least time between two calls of one provider account, whatever waits there.
    """

    first: float = 0.5
    longest: float = 5.0
    apart: float = 1.0
    backoff_longest: float = 60.0

    def next_look(
        self, waited: float, *, lasted: float, usual: Usual | None, sharing: int = 1
    ) -> float:
        """Return the wait before the next look at a job.

        It has waited at the provider for `waited` seconds and began `lasted` seconds ago; one call
        serves as many as are `sharing` it, and may come the more often.
        """
        distance = max(waited, 0.0)
        if usual is not None:
            if usual.low <= lasted <= usual.high:
                return self.first
            edge = usual.low if lasted < usual.low else usual.high
            distance = min(distance, abs(lasted - edge))
        longest = max(self.longest / max(sharing, 1), min(self.apart, self.longest), self.first)
        return min(max(distance / _SHARE, self.first), longest)

    def next_call(self, cost: float, jitter: float) -> float:
        """Return the least wait between two calls of an account, the last of which cost so much.

        `jitter` (0 to 1) adds up to a tenth, so that accounts do not keep step.
        """
        return max(self.apart, cost * _COST) * (1 + jitter / 10)

    def after_errors(self, in_a_row: int, jitter: float) -> float:
        """Return the wait after an error: doubles each time; `jitter` adds up to a quarter."""
        doubled = max(self.apart, self.first) * 2.0 ** min(in_a_row, 30)
        return min(doubled, self.backoff_longest) * (1 + jitter / 4)
