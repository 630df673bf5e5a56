"""The jobs of a worker, in the database; refuses to decide anything."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import statement, transaction
from backbone.jobs import claims, suspension
from backbone.jobs.change import Change
from backbone.jobs.claims import Wanted
from backbone.jobs.dispatch import dispatch
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Job
from backbone.jobs.steps import Steps
from backbone.jobs.transitions import transition
from worker.provisioning.jobs import NotClaimed


class JobTable:
    """Implements Jobs. `lease_seconds` is what a claim and a renewal give."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        now: Callable[[], float],
        lease_seconds: float,
    ) -> None:
        self._engine = engine
        self._steps = Steps(engine)
        self._now = now
        self._lease_seconds = lease_seconds

    async def claim(self, wanted: Wanted) -> Job | NotClaimed:
        """One commit: the claim and its event. Looks for a reason only when refused."""
        now, lease = self._now(), self._lease_seconds
        job = await claims.claim_at_once(self._steps, wanted, now=now, lease_seconds=lease)
        if job is not None:
            return job
        async with transaction(self._engine) as conn:
            job = await claims.claim(conn, wanted, now=now, lease_seconds=lease)
            if job is not None:
                return job
            known = await claims.exists(conn, wanted)
        return NotClaimed.TAKEN if known else NotClaimed.UNKNOWN

    async def renew(self, job: Job) -> Job | None:
        """One UPDATE."""
        return await self._steps.renew(job.fence, self._now() + self._lease_seconds)

    async def report(self, job: Job, change: Change) -> Job | None:
        """One transaction: the step and its event."""
        return await self.complete(job, change, None)

    async def mark_for_rollback(self, job: Job, code: str, message: str) -> Job | None:
        """One UPDATE."""
        async with statement(self._engine) as conn:
            return await claims.mark_for_rollback(conn, job.fence, code=code, message=message)

    async def complete(
        self, job: Job, change: Change, created: CreatedEnvironment | None
    ) -> Job | None:
        """One transaction: the end, its event, and the environment."""
        return await self._steps.write(job, change, self._now(), created)

    async def retry(self, job: Job, change: Change) -> Job | None:
        """One transaction: the step, its event, and the message for later."""
        async with transaction(self._engine) as conn:
            queued = await transition(conn, job, change, self._now())
            if queued is not None:
                await dispatch(conn, queued, not_before=change.run_at)
            return queued

    async def suspend(self, job: Job, poll_at: float) -> Job | None:
        """One UPDATE."""
        async with statement(self._engine) as conn:
            return await suspension.suspend(conn, job.fence, poll_at=poll_at)

    async def defer(self, wanted: Wanted, run_at: float) -> bool:
        """One transaction: when it is due, and the message for then."""
        async with transaction(self._engine) as conn:
            deferred = await claims.defer(conn, wanted, now=self._now(), run_at=run_at)
            if deferred is not None:
                await dispatch(conn, deferred, not_before=run_at)
            return deferred is not None

    async def hand_over(self, job: Job, run_at: float) -> Job | None:
        """One transaction: the lease is given up, the message for later is written."""
        async with transaction(self._engine) as conn:
            given = await claims.hand_over(conn, job.fence, run_at=run_at)
            if given is not None:
                await dispatch(conn, given, not_before=run_at)
            return given
