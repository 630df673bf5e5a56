"""Looking at jobs, at what happened to them, and asking for their early end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading, transaction
from backbone.errors import JobNotCancellable, NotFound
from backbone.events.history import HistoryPage, of_job
from backbone.identity import Principal
from backbone.jobs.cancellation import CancelOutcome, request_cancel
from generated.models.job import JobOrder
from service.jobs import repository
from service.jobs.repository import JobFilter
from service.page import Page, above


@dataclass(frozen=True, slots=True)
class JobHistory:
    """Some events of a job, and whether the log still has its first ones."""

    page: HistoryPage
    complete: bool


async def list_jobs(
    engine: AsyncEngine,
    principal: Principal,
    wanted: JobFilter,
    *,
    order: JobOrder,
    cursor: str | None,
    limit: int,
) -> Page:
    """Return a page of the team's jobs. Raises `InvalidRequest` for a forged cursor."""
    async with reading(engine) as conn:
        return await repository.list_jobs(
            conn,
            team_id=principal.team_id,
            wanted=wanted,
            order=order,
            cursor=cursor,
            limit=limit,
        )


async def list_events(
    engine: AsyncEngine, principal: Principal, job_id: int, *, cursor: str | None, limit: int
) -> JobHistory:
    """Return events of a job, the oldest first.

    Raises `NotFound`, and `InvalidRequest` for a forged cursor.
    """
    after = above(cursor)
    async with reading(engine) as conn:
        row = await repository.find_job(conn, team_id=principal.team_id, job_id=job_id)
        if row is None:
            raise no_such(job_id)
        page = await of_job(conn, principal.team_id, job_id, after=after, limit=limit)
    begun = row.created_at if not page.events else page.events[0].created_at
    # A job's first event is logged in the commit that records the job.
    whole = cursor is not None or (bool(page.events) and begun <= row.created_at)
    return JobHistory(page, complete=whole)


async def get_job(engine: AsyncEngine, principal: Principal, job_id: int) -> Row[Any]:
    """One job of the team. Raises `NotFound`."""
    async with reading(engine) as conn:
        row = await repository.find_job(conn, team_id=principal.team_id, job_id=job_id)
    if row is None:
        raise no_such(job_id)
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
            raise no_such(job_id)
        if cancellation.outcome is CancelOutcome.TOO_LATE:
            raise JobNotCancellable(f"Job {job_id} is {cancellation.job.status.value}.")
        row = await repository.find_job(conn, team_id=principal.team_id, job_id=job_id)
    if row is None:
        raise no_such(job_id)
    return row


def no_such(job_id: int) -> NotFound:
    """Refuse a job that the team does not have."""
    return NotFound(f"There is no job {job_id} in your team.")
