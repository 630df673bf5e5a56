"""Somebody wants a job to end early; refuses to leave behind what the provider already has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import job_logs
from backbone.job_status import TERMINAL
from backbone.jobs.change import Change
from backbone.jobs.dispatch import dispatch
from backbone.jobs.job import COLUMNS, Job
from backbone.jobs.transitions import transition
from generated.models.job import JobStatus


class CancelOutcome(Enum):
    """CANCELLED: it is over. REQUESTED: its worker will end it. TOO_LATE: it had ended before."""

    CANCELLED = auto()
    REQUESTED = auto()
    TOO_LATE = auto()


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What the request came to, and the job as it is now."""

    outcome: CancelOutcome
    job: Job


async def request_cancel(
    conn: AsyncConnection, *, team_id: int, job_id: int, now: float
) -> Cancellation | None:
    """Cancel a job that nobody began, with its event; asks the worker of any other one.

    None when the team has no such job. Asking twice is no error. The caller commits.
    """
    theirs = (job_logs.c.id == job_id, job_logs.c.team_id == team_id)
    # Written first and judged after: the row is locked by then, so no claim comes in between.
    statement = (
        update(job_logs)
        .where(*theirs, job_logs.c.status.not_in([s.value for s in sorted(TERMINAL)]))
        .values(
            cancel_requested_at=func.coalesce(job_logs.c.cancel_requested_at, now),
            # The poller looks at a suspended job at once.
            poll_at=case((job_logs.c.poll_at.is_not(None), now)),
            updated_at=now,
        )
        .returning(*COLUMNS)
    )
    row = (await conn.execute(statement)).one_or_none()
    if row is None:
        row = (await conn.execute(select(*COLUMNS).where(*theirs))).one_or_none()
        return None if row is None else Cancellation(CancelOutcome.TOO_LATE, Job.of(row))
    job = Job.of(row)
    if job.status is not JobStatus.queued:
        return Cancellation(CancelOutcome.REQUESTED, job)
    if job.attempt == 0:
        change = Change(to=JobStatus.cancelled, message="Cancelled before any work was done")
        cancelled = await transition(conn, job, change, now)
        return Cancellation(CancelOutcome.CANCELLED, cancelled or job)
    # It waits for a retry. An attempt may have left something at the provider, and only a worker
    # can remove it: the retry comes at once.
    await conn.execute(update(job_logs).where(job_logs.c.id == job.id).values(run_at=now))
    await dispatch(conn, job)
    return Cancellation(CancelOutcome.REQUESTED, job)
