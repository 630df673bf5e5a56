"""The `jobs` operations over HTTP; translates only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.identity import Principal
from backbone.job_model import job_model
from generated.http.jobs import JobsApi
from generated.models.job import Job, JobPage
from service.jobs import use_cases


class JobOperations(JobsApi[Principal]):
    """The work behind an order."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock

    async def list_jobs(self, principal: Principal, *, cursor: str | None, limit: int) -> JobPage:
        """List the team's jobs."""
        page = await use_cases.list_jobs(self._engine, principal, cursor=cursor, limit=limit)
        return JobPage(
            items=[_job(row) for row in page.rows],
            next_cursor=page.next_cursor,
            last_event_id=page.last_event_id,
        )

    async def get_job(self, principal: Principal, *, job_id: int) -> Job:
        """Show one job."""
        return _job(await use_cases.get_job(self._engine, principal, job_id))

    async def cancel_job(self, principal: Principal, *, job_id: int) -> Job:
        """Record that the job shall end early."""
        return _job(await use_cases.cancel_job(self._engine, self._clock, principal, job_id))


def _job(row: Row[Any]) -> Job:
    return job_model(row._asdict())
