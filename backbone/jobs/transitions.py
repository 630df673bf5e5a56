"""The one way to change a job's status: row and event in the caller's transaction, or neither.

Refuses a step that the state machine lacks, and the write of an attempt that is not the latest.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.engine import is_postgresql, mark_queued
from backbone.database.tables import job_logs
from backbone.events.append import append
from backbone.job_status import TERMINAL
from backbone.jobs.change import Change
from backbone.jobs.environments import CreatedEnvironment, finalize, record_created
from backbone.jobs.job import COLUMNS, Job
from backbone.jobs.statement import write_steps
from backbone.jobs.states import sources
from backbone.jobs.step import step_values
from generated.models.event import JobStatusEvent
from generated.models.job import JobKind, JobStatus


async def transition(
    conn: AsyncConnection,
    job: Job,
    change: Change,
    now: float,
    *,
    created: CreatedEnvironment | None = None,
) -> Job | None:
    """Write the step, what it made, and its event; returns the job as it then is.

    `job` is the job as its attempt last saw it. None when fenced off: a later attempt owns the job,
    or it has ended. The caller stops, without another write. The caller commits.
    """
    if is_postgresql(conn) and job.kind is JobKind.environment_create:
        values = step_values(job, change, now, created)
        written = (await write_steps(conn, [values], waits=True)).get(job.id)
        if written is not None:
            mark_queued(conn)
        return written
    return await _write(conn, job, change, now, created)


async def _write(
    conn: AsyncConnection, job: Job, change: Change, now: float, created: CreatedEnvironment | None
) -> Job | None:
    condition, values = _fenced(job, change.to), change.values(now)
    if created is not None:
        values["environment_id"] = await record_created(conn, condition, created, now)
    query = update(job_logs).where(condition).values(values).returning(*COLUMNS)
    row = (await conn.execute(query)).one_or_none()
    if row is None:
        return None
    written = Job.of(row)
    if written.status in TERMINAL:
        await finalize(conn, written, now)
    # Last, because from here to the commit the team's row is locked.
    await tell(conn, written, now)
    return written


def _fenced(job: Job, to: JobStatus) -> ColumnElement[bool]:
    """Find the job only if its attempt is still the latest and it may go to `to`."""
    return and_(
        job_logs.c.id == job.id,
        job_logs.c.attempt == job.attempt,
        job_logs.c.status.in_([status.value for status in sorted(sources(to))]),
    )


async def tell(conn: AsyncConnection, job: Job, now: float) -> None:
    """Append the event of the job's status to its team's log."""
    known = {} if job.app_id is None else {"app_id": job.app_id}
    event = JobStatusEvent(
        type="job_status",
        job_id=job.id,
        team_id=job.team_id,
        status=job.status,
        message=job.message,
        env_name=job.env_name,
        user_id=job.user_id,
        attempt=job.attempt,
        occurred_at=int(now),
        **known,
    )
    await append(conn, job.team_id, event, now=now, trace=job.trace_context)
