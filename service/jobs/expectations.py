"""What a job that has not ended may expect: how long its kind usually takes, and its place.

Nothing here is exact, and it says so by its numbers: durations are rounded for people.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row

from backbone.jobs.durations import Usual, UsualDurations
from backbone.jobs.places import QueuePlaces
from generated.models.job import JobKind, JobStatus, QueuePlace, UsualSeconds

_STEPS: Final = ((60, 5), (300, 30), (1_800, 60), (7_200, 300), (math.inf, 1_800))
"""Below so many seconds, in steps of so many."""

_LONGEST: Final = 604_800
"""What the contract lets be said."""


@dataclass(frozen=True, slots=True)
class Expectations:
    """Knows what is usual, and the queue, each as read a moment ago."""

    durations: UsualDurations
    places: QueuePlaces

    async def of(self, job: Row[Any]) -> Mapping[str, Any]:
        """Return the properties to tell with the job, None where nothing can be told.

        Raises DatabaseUnavailable.
        """
        if job.ended_at is not None:
            return {}
        usual = await self.durations.of(JobKind(job.kind))
        told: dict[str, Any] = {"usual_seconds": None if usual is None else rounded(usual)}
        if job.status == JobStatus.queued and job.attempt == 0:
            place = await self.places.of(job.id)
            if place is not None:
                length = {} if place.length is None else {"length": place.length}
                told["queue"] = QueuePlace(place=place.place, **length)
        return told


def rounded(usual: Usual) -> UsualSeconds:
    """Widen a range to whole seconds, half minutes, minutes and more, as people would say it."""
    # A clock that was set back makes jobs end before they begin.
    shortest, longest = max(0.0, usual.low), max(0.0, usual.high)
    low = _step(shortest) * math.floor(shortest / _step(shortest))
    high = _step(longest) * max(1, math.ceil(longest / _step(longest)))
    return UsualSeconds(low=min(low, _LONGEST), high=min(high, _LONGEST))


def _step(seconds: float) -> int:
    return next(step for below, step in _STEPS if seconds < below)
