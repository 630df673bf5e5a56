"""Jobs that wait at the provider and hold nothing: suspended by their attempt, then a poller's.

Refuses to know the provider. A suspended job is a row with `poll_at` and no lease. No message
claims it; only who polls may resume or end it, fenced by the number of the attempt that suspended
it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.id_in import id_found, id_in
from backbone.database.tables import job_logs
from backbone.jobs.job import COLUMNS, Fence, Job
from generated.models.job import JobKind, JobStatus


@dataclass(frozen=True, slots=True)
class Suspended:
    """What a poller keeps of a job in memory. Times are in epoch seconds."""

    job_id: int
    team_id: int
    attempt: int
    kind: JobKind
    env_name: str
    app_id: str | None
    started_at: float
    suspended_at: float
    cancel_requested: bool

    @property
    def fence(self) -> Fence:
        """What a write to the job carries."""
        return Fence(self.job_id, self.attempt)


_JOBS = job_logs.c
_SUSPENDED = (_JOBS.ended_at.is_(None), _JOBS.poll_at.is_not(None))
_KEPT: Final = (
    _JOBS.id,
    _JOBS.team_id,
    _JOBS.attempt,
    _JOBS.kind,
    _JOBS.env_name,
    _JOBS.app_id,
    _JOBS.started_at,
    _JOBS.updated_at,
    _JOBS.cancel_requested_at,
)


async def suspend(conn: AsyncConnection, fence: Fence, *, poll_at: float) -> Job | None:
    """Give up the lease of a job that is polling already. None when fenced off.

    No event: for the browser nothing happened. The first time it is a part of the step to polling.
    """
    statement = (
        update(job_logs)
        .where(
            _JOBS.id == fence.job_id,
            _JOBS.attempt == fence.attempt,
            _JOBS.status == JobStatus.polling.value,
        )
        .values(lease_until=None, run_at=None, poll_at=poll_at)
        .returning(*COLUMNS)
    )
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else Job.of(row)


async def all_suspended(conn: AsyncConnection) -> list[Suspended]:
    """Read every suspended job: what a new poller begins with."""
    rows = await conn.execute(select(*_KEPT).where(*_SUSPENDED))
    return [_kept(row) for row in rows]


async def any_due(conn: AsyncConnection, now: float) -> bool:
    """Return whether a row has to be read again."""
    found = select(_JOBS.id).where(*_SUSPENDED, _JOBS.poll_at <= now).limit(1)
    return await conn.scalar(found) is not None


async def take_due(
    conn: AsyncConnection, *, now: float, again_after: float, most: int
) -> list[Suspended]:
    """Read what has to be read again, `most` of them, and put that off by `again_after` seconds."""
    due = (
        select(_JOBS.id)
        .where(*_SUSPENDED, _JOBS.poll_at <= now)
        .order_by(_JOBS.poll_at)
        .limit(most)
    )
    statement = (
        update(job_logs)
        .where(id_found(conn, _JOBS.id, due), *_SUSPENDED)
        .values(poll_at=now + again_after)
        .returning(*_KEPT)
    )
    return [_kept(row) for row in await conn.execute(statement)]


async def resume(
    conn: AsyncConnection, fence: Fence, *, now: float, lease_seconds: float
) -> Job | None:
    """Take a suspended job for a new attempt, under a lease. None when it is no longer so.

    No event: it goes on polling, and whoever resumes it is about to tell of its end or its retry.
    """
    statement = (
        update(job_logs)
        .where(_JOBS.id == fence.job_id, _JOBS.attempt == fence.attempt, *_SUSPENDED)
        .values(attempt=_JOBS.attempt + 1, lease_until=now + lease_seconds, poll_at=None)
        .returning(*COLUMNS)
    )
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else Job.of(row)


async def read(conn: AsyncConnection, ids: Collection[int]) -> dict[int, Job]:
    """Read whole jobs by their ids, those that are suspended."""
    rows = await conn.execute(select(*COLUMNS).where(id_in(conn, _JOBS.id, ids), *_SUSPENDED))
    return {row.id: Job.of(row) for row in rows}


def _kept(row: Any) -> Suspended:
    job_id, team_id, attempt, kind, env_name, app_id, started_at, since, cancel_requested_at = row
    return Suspended(
        job_id=job_id,
        team_id=team_id,
        attempt=attempt,
        kind=JobKind(kind),
        env_name=env_name,
        app_id=app_id,
        started_at=started_at or since,
        suspended_at=since,
        cancel_requested=cancel_requested_at is not None,
    )
