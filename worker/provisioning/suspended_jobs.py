"""What the poller needs of the job table. Refuses to know SQL."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from backbone.jobs.durations import Usual
from backbone.jobs.job import Job
from backbone.jobs.suspension import Suspended
from generated.models.job import JobKind


class SuspendedJobs(Protocol):
    """Four verbs, each one transaction or less."""

    async def load(self) -> list[Suspended]:
        """Read every suspended job."""
        ...

    async def take_due(self) -> list[Suspended]:
        """Read those that are new, cancelled, or were not read for long."""
        ...

    async def read(self, ids: Collection[int]) -> dict[int, Job]:
        """Read whole jobs, those that are suspended still."""
        ...

    async def resume(self, job: Suspended) -> Job | None:
        """Take it for a new attempt, under a lease. None: it is another's to do."""
        ...


class Durations(Protocol):
    """What is known of how long jobs take."""

    async def of(self, kind: JobKind) -> Usual | None:
        """Return how long those of a kind usually take. None: too few are known."""
        ...
