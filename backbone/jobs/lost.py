"""Jobs that no worker took and whose message neither the outbox nor the queue may have any more.

They are found among all that wait: these statements read as much as waits.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Text, and_, case, cast, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import job_logs, outbox
from generated.models.job import JobKind

LONGEST_BACKOFF: Final = 10
"""A job's message is sent again at intervals that grow to so many times `lost_after`."""

DUE = func.coalesce(job_logs.c.run_at, job_logs.c.created_at)
"""Since when a job may be taken, in epoch seconds."""


async def any_lost(conn: AsyncConnection, lost: ColumnElement[bool]) -> bool:
    """Return whether there is a job of which `is_lost` is true."""
    return await conn.scalar(select(job_logs.c.id).where(lost).limit(1)) is not None


async def count_waiting(conn: AsyncConnection, kind: JobKind, now: float) -> int:
    """Count jobs that are due, held by nobody, and no longer in the outbox."""
    return await conn.scalar(select(func.count()).where(_waiting(kind, now))) or 0


def _waiting(kind: JobKind, now: float) -> ColumnElement[bool]:
    """Due, held by nobody, and no longer in the outbox."""
    jobs = job_logs.c
    task_id = literal("job-") + cast(jobs.id, Text) + "-" + cast(jobs.attempt + 1, Text)
    in_outbox = exists().where(
        outbox.c.position.is_(None), outbox.c.properties["correlation_id"].as_string() == task_id
    )
    return and_(
        jobs.kind == kind.value,
        jobs.ended_at.is_(None),
        jobs.lease_until.is_(None),
        jobs.poll_at.is_(None),
        now >= DUE,
        ~in_outbox,
    )


def is_lost(kind: JobKind, now: float, lost_after: float) -> ColumnElement[bool]:
    """Find what waits for long; for longer, the more often it was sent again."""
    # Each time it is sent it is due anew, and only workers change `updated_at`: so this doubles.
    spent = DUE - job_logs.c.updated_at
    longest = LONGEST_BACKOFF * lost_after
    backoff = case((spent < lost_after, lost_after), (spent > longest, longest), else_=spent)
    return and_(_waiting(kind, now), now - lost_after > DUE, DUE + backoff < now)
