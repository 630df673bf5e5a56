"""Ends the jobs of which the poller found out that they no longer wait, many at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

import structlog

from backbone.errors import DatabaseUnavailable
from backbone.jobs.suspension import Suspended
from backbone.tasks import Tasks
from worker.provisioning.delivery import Claimed, Provisioning
from worker.provisioning.lease import clock
from worker.provisioning.observation import Observation
from worker.provisioning.polled_account import WaitingJob
from worker.provisioning.suspended_jobs import SuspendedJobs

AT_ONCE: Final = 16
"""Jobs whose end is written, or whose environment is removed, at a time."""

Work = Callable[[], Coroutine[Any, Any, object]]

log = structlog.get_logger(__name__)


class Endings:
    """`forget` is told of each job that no longer waits, `again` of those whose end failed."""

    def __init__(
        self,
        provisioning: Provisioning,
        jobs: SuspendedJobs,
        forget: Callable[[WaitingJob], None],
        again: Callable[[WaitingJob], None],
    ) -> None:
        self.tasks = Tasks()
        self._provisioning = provisioning
        self._jobs = jobs
        self._forget = forget
        self._again = again
        self._places = asyncio.Semaphore(AT_ONCE)

    async def finish(self, reached: list[tuple[WaitingJob, Observation]]) -> None:
        """Write the good end of jobs. Raises DatabaseUnavailable."""
        rows = await self._jobs.read([waiting.job.job_id for waiting, _ in reached])
        for waiting, observation in reached:
            if waiting.ending:
                continue
            job = rows.get(waiting.job.job_id)
            if job is None or job.attempt != waiting.job.attempt:
                self._forget(waiting)
                continue
            completed = self._provisioning.flows[job.kind].completed(job, observation.environment)
            self._start(waiting, partial(self._provisioning.finish, job, completed))

    def interrupt(self, waiting: WaitingJob, reason: Exception) -> None:
        """Resume a job for another end, or for a retry."""
        if not waiting.ending:
            self._start(waiting, partial(self._resume, waiting.job, reason))

    async def _resume(self, job: Suspended, reason: Exception) -> None:
        since = clock()
        resumed = await self._jobs.resume(job)
        if resumed is not None:
            await self._provisioning.interrupt(Claimed(resumed, since), reason)

    def _start(self, waiting: WaitingJob, work: Work) -> None:
        waiting.ending = True
        self.tasks.spawn(self._end(waiting, work), f"end-{waiting.job.job_id}")

    async def _end(self, waiting: WaitingJob, work: Work) -> None:
        try:
            async with self._places:
                await work()
        except DatabaseUnavailable:
            log.warning("database_unavailable", job_id=waiting.job.job_id)
            waiting.ending = False
            self._again(waiting)
            return
        except Exception:
            log.exception("job_left", job_id=waiting.job.job_id)
        self._forget(waiting)
