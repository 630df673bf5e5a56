"""What a flow needs of the job table: claim and fenced writes. Refuses to know SQL."""

from __future__ import annotations

from enum import Enum, auto
from typing import Protocol

from backbone.jobs.change import Change
from backbone.jobs.claims import Wanted
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Job


class NotClaimed(Enum):
    """UNKNOWN: there is no such job. TAKEN: it is not this delivery's to do."""

    UNKNOWN = auto()
    TAKEN = auto()


class Jobs(Protocol):
    """Nine verbs, each one transaction. `job` is the job as the attempt last saw it.

    None means fenced off: stop, and write nothing more.
    """

    async def claim(self, wanted: Wanted) -> Job | NotClaimed:
        """Take the job for a new attempt. A job of another team or kind is UNKNOWN."""
        ...

    async def renew(self, job: Job) -> Job | None:
        """Prolongs the lease; tells of a cancel request."""
        ...

    async def report(self, job: Job, change: Change) -> Job | None:
        """Write a step and its event."""
        ...

    async def mark_for_rollback(self, job: Job, code: str, message: str) -> Job | None:
        """Record how the job will end, as failed, before what it made is removed."""
        ...

    async def complete(
        self, job: Job, change: Change, created: CreatedEnvironment | None
    ) -> Job | None:
        """Write the good end, its event and what it made, together."""
        ...

    async def retry(self, job: Job, change: Change) -> Job | None:
        """Put the job back into the queue, to be dispatched at `change.run_at`."""
        ...

    async def suspend(self, job: Job, poll_at: float) -> Job | None:
        """Leave a job that is polling to the poller, from `poll_at` on, and give up the lease."""
        ...

    async def defer(self, wanted: Wanted, run_at: float) -> bool:
        """Put off a job that nobody claimed yet, to be dispatched again at `run_at`.

        False when there is nothing to put off.
        """
        ...

    async def hand_over(self, job: Job, run_at: float) -> Job | None:
        """Leaves the job at work, to be dispatched at `run_at`, and gives up the lease."""
        ...
