"""Where the jobs stand that nobody has begun: an estimate, so it is kept for a moment.

A job waits for two things: that a worker takes its message, where all jobs are in one queue, and
that its account at the provider has a place; who waits for an account is put off by the worker.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import case, false, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import reading
from backbone.database.tables import job_logs, teams

COUNTED: Final = 500
"""So many of those that wait are read; of the others only that they stand behind."""

KEPT_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """1 is the next. Without `length` it is the least that the place can be."""

    place: int
    length: int | None = None


class UnstartedJob(NamedTuple):
    """A job that no worker has started. `postponed`: its account is full until `run_at`."""

    job_id: int
    account: str | None
    postponed: bool


class QueuePlaces:
    """Keeps what it read for `KEPT_SECONDS`. `clock` counts seconds, `now` tells epoch seconds."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._now = now
        self._reading = asyncio.Lock()
        self._until = -math.inf
        self._places: Mapping[int, QueuePosition] = {}
        self._behind: QueuePosition | None = None

    async def of(self, job_id: int) -> QueuePosition | None:
        """Return the place of a job that nobody has begun; None when nothing can be told.

        Nothing can be told of a job that was ordered a moment ago. Raises DatabaseUnavailable.
        """
        async with self._reading:
            if self._clock() >= self._until:
                async with reading(self._engine) as conn:
                    found = await unbegun(conn, self._now())
                self._places = places(found[:COUNTED])
                self._behind = behind(found[:COUNTED]) if len(found) > COUNTED else None
                self._until = self._clock() + KEPT_SECONDS
        return self._places.get(job_id, self._behind)


async def unbegun(conn: AsyncConnection, now: float) -> list[UnstartedJob]:
    """Read the first jobs that nobody has begun, one more than are counted."""
    jobs = job_logs.c
    account = (
        select(teams.c.provider_login)
        .where(teams.c.id == jobs.team_id)
        .correlate(job_logs)
        .scalar_subquery()
    )
    found = (
        select(jobs.id, account, func.coalesce(jobs.run_at, 0.0) > now)
        .where(
            # By these it is read in order from `ix_job_logs_waiting_created_at_id`.
            jobs.ended_at.is_(None),
            jobs.lease_until.is_(None),
            jobs.poll_at.is_(None),
            # Who waits for a retry has its time, and no place. Not as a comparison: of those
            # PostgreSQL knows that few jobs are like that, and sorts all that wait.
            case((jobs.attempt == 0, true()), else_=false()).is_not(false()),
        )
        .order_by(jobs.created_at, jobs.id)
        .limit(COUNTED + 1)
    )
    return [
        UnstartedJob(job_id, login, bool(late)) for job_id, login, late in await conn.execute(found)
    ]


def places(waiting: Sequence[UnstartedJob]) -> dict[int, QueuePosition]:
    """Return each job's place; what is put off stands before others of its account only."""
    of_account: Counter[str | None] = Counter(job.account for job in waiting if job.postponed)
    of_all = sum(not job.postponed for job in waiting)
    found: dict[int, QueuePosition] = {}
    before, before_in_account = 0, Counter[str | None]()
    for job in waiting:
        place = before + before_in_account[job.account] + 1
        found[job.job_id] = QueuePosition(place, of_all + of_account[job.account])
        if job.postponed:
            before_in_account[job.account] += 1
        else:
            before += 1
    return found


def behind(counted: Sequence[UnstartedJob]) -> QueuePosition | None:
    """Return what is known of a job of any account that stands behind all these, if anything."""
    of_all = sum(not job.postponed for job in counted)
    return QueuePosition(of_all + 1) if of_all else None
