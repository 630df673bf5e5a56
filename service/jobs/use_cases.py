"""Looking at jobs and asking for their early end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading, transaction
from backbone.errors import JobNotCancellable, NotFound
from backbone.identity import Principal
from backbone.jobs.cancellation import CancelOutcome, request_cancel
from service.jobs import repository
from service.page import Page


async def list_jobs(
    engine: AsyncEngine, principal: Principal, *, cursor: str | None, limit: int
) -> Page:
    """Return a page of the team's jobs. Raises `InvalidRequest` for a forged cursor."""
    async with reading(engine) as conn:
        return await repository.list_jobs(
            conn, team_id=principal.team_id, cursor=cursor, limit=limit
        )


async def get_job(engine: AsyncEngine, principal: Principal, job_id: int) -> Row[Any]:
    """One job of the team. Raises `NotFound`."""
    async with reading(engine) as conn:
        row = await repository.find_job(conn, team_id=principal.team_id, job_id=job_id)
    if row is None:
        raise _no_such(job_id)
    return row


async def cancel_job(
    engine: AsyncEngine,
    clock: Callable[[], float],
    principal: Principal,
    job_id: int,
) -> Row[Any]:
    """Ask for a job's early end and tell how it stands then; asking twice is no error.

    A job that nobody began is cancelled at once; its worker ends any other. Inactive teams may
    cancel, because that saves what they no longer pay for. Raises `NotFound`, and
    `JobNotCancellable` when the job is over.
    """
    async with transaction(engine) as conn:
        cancellation = await request_cancel(
            conn, team_id=principal.team_id, job_id=job_id, now=clock()
        )
        if cancellation is None:
            raise _no_such(job_id)
        if cancellation.outcome is CancelOutcome.TOO_LATE:
            raise JobNotCancellable(f"Job {job_id} is {cancellation.job.status.value}.")
        row = await repository.find_job(conn, team_id=principal.team_id, job_id=job_id)
    if row is None:
        raise _no_such(job_id)
    return row


def _no_such(job_id: int) -> NotFound:
    return NotFound(f"There is no job {job_id} in your team.")
