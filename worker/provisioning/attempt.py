"""One attempt at a job: the fence it writes with, and the limits it works within."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from backbone.jobs.change import Change
from backbone.jobs.job import Job
from worker.provisioning.checkpoints import Checkpoints, Step
from worker.provisioning.failure_decision import FailureDecision
from worker.provisioning.interruption import CancelRequested, FencedOff, GiveUp, HeldTooLong
from worker.provisioning.jobs import Jobs
from worker.provisioning.lease import Lease, clock
from worker.provisioning.limits import Limits


class Attempt:
    """What a flow is given. `job` is the job as this attempt last saw it.

    `since` is the loop's time before the statement that took the job. `touched` is whether this or
    an earlier attempt may have left something at the provider.
    """

    def __init__(
        self,
        job: Job,
        jobs: Jobs,
        *,
        limits: Limits,
        checkpoints: Checkpoints,
        now: Callable[[], float],
        draining: asyncio.Event,
        since: float,
    ) -> None:
        self.job = job
        self.touched = job.attempt > 1
        self.limits = limits
        self._now = now
        self._draining = draining
        self._jobs = jobs
        self._checkpoints = checkpoints
        self._claimed_at, self._seen_at = now(), since
        self.lease = Lease(lambda: jobs.renew(self.job), seconds=limits.lease, since=since)

    async def reach(self, step: Step) -> None:
        """Tell the checkpoints."""
        await self._checkpoints.reach(step, self.job.id)

    def check_budget(self) -> None:
        """Raise GiveUp when interruptions used up the failures that a job may have."""
        if self.job.failures >= self.limits.max_failures:
            raise GiveUp("attempts_exhausted", "The job was interrupted too often")

    async def check(self, *, cancellable: bool = True, seen_within: float = 0.0) -> None:
        """Between two steps, raise the Interruption that applies, if any, and renew the lease.

        What was read of the job less than `seen_within` seconds ago is good enough.
        """
        now, limits = self._now(), self.limits
        if clock() - self._seen_at >= seen_within:
            job = await self.lease.renew()
            if job is None:
                raise FencedOff("the lease was lost")
            self._saw(job)
        if cancellable and self.job.cancel_requested:
            raise CancelRequested
        if now - (self.job.started_at or now) > limits.deadline:
            raise limits.overdue()
        if now - self._claimed_at > limits.hold or self._draining.is_set():
            raise HeldTooLong

    async def report(self, change: Change) -> None:
        """Write a step and its event. Raises FencedOff."""
        job = await self._jobs.report(self.job, change)
        if job is None:
            raise FencedOff(f"may not write {change.to}")
        self._saw(job)

    async def mark_for_rollback(self, decision: FailureDecision) -> None:
        """Record how the job will end, for whoever has to go on. Raises FencedOff."""
        job = await self._jobs.mark_for_rollback(self.job, decision.code, decision.message)
        if job is None:
            raise FencedOff("may not mark_for_rollback")
        self._saw(job)

    def _saw(self, job: Job) -> None:
        self.job, self._seen_at = job, clock()
