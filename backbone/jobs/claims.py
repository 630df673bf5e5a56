"""Who works on a job: claim, rollback mark and hand-over, each one conditional UPDATE.

Refuses a job that is not due, that another worker holds, or that has ended: so a message that
arrives twice, or late, finds nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Update, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import environments, job_logs
from backbone.jobs.job import COLUMNS, Fence, Job
from backbone.jobs.states import AT_WORK
from backbone.jobs.step import FirstClaim
from backbone.jobs.steps import Steps
from backbone.jobs.transitions import tell
from generated.models.job import JobKind, JobStatus

CLOCK_SKEW = 2.0
"""Seconds by which a message may arrive before its job is due by the worker's clock."""

_QUEUED = JobStatus.queued.value
_AT_WORK = [status.value for status in sorted(AT_WORK)]


TAKEN = "A worker took the job"
CONTINUED = "A worker goes on with the job"

_APP_ID = (
    select(environments.c.app_id)
    .where(
        environments.c.id == job_logs.c.environment_id,
        environments.c.team_id == job_logs.c.team_id,
    )
    .correlate(job_logs)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The job that a message names. A message that errs about team or kind names none.

    `claim_at_once` needs the `env_name` and who ordered; the others leave them out of account.
    """

    job_id: int
    team_id: int
    kind: JobKind
    env_name: str = ""
    user_id: int = 0

    def where(self) -> ColumnElement[bool]:
        """Return the condition that finds its row."""
        jobs = job_logs.c
        return and_(
            jobs.id == self.job_id, jobs.team_id == self.team_id, jobs.kind == self.kind.value
        )


async def claim_at_once(
    steps: Steps, wanted: Wanted, *, now: float, lease_seconds: float
) -> Job | None:
    """As `claim`, in one commit that it may share with other steps, for the usual case.

    None says nothing but that it is another case: then `claim` decides.
    """
    if wanted.kind is not JobKind.environment_create or not wanted.env_name:
        return None
    first = FirstClaim(
        job_id=wanted.job_id,
        team_id=wanted.team_id,
        user_id=wanted.user_id,
        env_name=wanted.env_name,
        message=TAKEN,
        due_before=now + CLOCK_SKEW,
        lease_until=now + lease_seconds,
    )
    return await steps.claim(first, now)


async def claim(
    conn: AsyncConnection, wanted: Wanted, *, now: float, lease_seconds: float
) -> Job | None:
    """Take the job: a new attempt, a lease, and the event that tells of it. None: leave it alone.

    A job whose lease ran out costs one of its failures; one that was handed over does not. The
    caller commits.
    """
    jobs = job_logs.c
    queued = jobs.status == _QUEUED
    at_work = jobs.status.in_(_AT_WORK)
    interrupted = and_(at_work, jobs.lease_until.is_not(None))
    due = or_(jobs.run_at.is_(None), jobs.run_at <= now + CLOCK_SKEW)
    # A suspended job has no lease, yet is the poller's.
    free = and_(jobs.poll_at.is_(None), or_(jobs.lease_until.is_(None), jobs.lease_until < now))
    statement = (
        update(job_logs)
        .where(wanted.where(), or_(and_(queued, due), and_(at_work, free)))
        .values(
            # states.when_claimed, for a row that is not read before.
            status=case((queued, JobStatus.started.value), else_=jobs.status),
            message=case((queued, TAKEN), else_=CONTINUED),
            attempt=jobs.attempt + 1,
            # A deletion learns whose name it is: by now another environment may have it.
            app_id=func.coalesce(jobs.app_id, _APP_ID),
            failures=jobs.failures + case((interrupted, 1), else_=0),
            lease_until=now + lease_seconds,
            run_at=None,
            started_at=case((jobs.started_at.is_(None), now), else_=jobs.started_at),
            updated_at=now,
        )
        .returning(*COLUMNS)
    )
    row = (await conn.execute(statement)).one_or_none()
    if row is None:
        return None
    job = Job.of(row)
    await tell(conn, job, now)
    return job


async def defer(conn: AsyncConnection, wanted: Wanted, *, now: float, run_at: float) -> Job | None:
    """Put off a queued job that is due; None when there is none. The caller dispatches it again.

    No event: it is queued as before.
    """
    jobs = job_logs.c
    due = or_(jobs.run_at.is_(None), jobs.run_at <= now + CLOCK_SKEW)
    statement = (
        update(job_logs)
        .where(wanted.where(), jobs.status == _QUEUED, due)
        .values(run_at=run_at)
        .returning(*COLUMNS)
    )
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else Job.of(row)


async def exists(conn: AsyncConnection, wanted: Wanted) -> bool:
    """Return whether there is such a job at all: what tells a stray message from a duplicate."""
    found = await conn.execute(select(job_logs.c.id).where(wanted.where()))
    return found.first() is not None


async def mark_for_rollback(
    conn: AsyncConnection, fence: Fence, *, code: str, message: str
) -> Job | None:
    """Record that the job will end as failed, and how. None when fenced off.

    No event: it has not ended. Whoever claims it from here on only removes what it made.
    """
    statement = (
        _held_by(fence).values(failure_code=code, failure_message=message).returning(*COLUMNS)
    )
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else Job.of(row)


async def hand_over(conn: AsyncConnection, fence: Fence, *, run_at: float) -> Job | None:
    """Give up the lease of a job at work, for the delivery at `run_at`. None when fenced off.

    No event: for the browser nothing happened. The caller dispatches the job in this transaction.
    """
    statement = _held_by(fence).values(lease_until=None, run_at=run_at).returning(*COLUMNS)
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else Job.of(row)


def _held_by(fence: Fence) -> Update:
    return update(job_logs).where(
        job_logs.c.id == fence.job_id,
        job_logs.c.attempt == fence.attempt,
        job_logs.c.status.in_(_AT_WORK),
    )
