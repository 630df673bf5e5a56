"""How long jobs usually take, from what the installation saw last."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import reading
from backbone.database.tables import job_logs
from generated.models.job import JobKind, JobStatus

SEEN: Final = 100
"""The last completed jobs that count."""

RECENT: Final = 20_000
"""Among so many of the last jobs."""

FEWEST: Final = 5
"""Fewer say nothing yet."""

KEPT_SECONDS: Final = 60.0
UNKNOWN_SECONDS: Final = 5.0
"""For how long it is kept that too few are known: in a new installation that changes soon."""


@dataclass(frozen=True, slots=True)
class Usual:
    """How long most completed jobs took, in seconds: from the 10th to the 90th percentile."""

    low: float
    high: float


class UsualDurations:
    """Keeps what it read for `KEPT_SECONDS`, or `UNKNOWN_SECONDS` if it was nothing, by `clock`."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._known: dict[JobKind, tuple[Usual | None, float]] = {}

    async def of(self, kind: JobKind) -> Usual | None:
        """Return how long jobs of a kind usually take. Raises DatabaseUnavailable."""
        usual, until = self._known.get(kind, (None, -math.inf))
        if self._clock() >= until:
            async with reading(self._engine) as conn:
                usual = await usual_seconds(conn, kind)
            kept = UNKNOWN_SECONDS if usual is None else KEPT_SECONDS
            self._known[kind] = usual, self._clock() + kept
        return usual


async def usual_seconds(conn: AsyncConnection, kind: JobKind) -> Usual | None:
    """Return how long the last jobs of a kind took, from their begin to their good end.

    None when too few completed.
    """
    jobs = job_logs.c
    recent = (
        select(jobs.kind, jobs.status, (jobs.ended_at - jobs.started_at).label("lasted"))
        .order_by(jobs.id.desc())
        .limit(RECENT)
        .subquery()
    )
    found = (
        select(recent.c.lasted)
        .where(
            recent.c.kind == kind.value,
            recent.c.status == JobStatus.completed.value,
            recent.c.lasted.is_not(None),
        )
        # In the order in which they are read: ordered again, SQLite would read all of the recent.
        .limit(SEEN)
    )
    lasted = sorted((await conn.scalars(found)).all())
    if len(lasted) < FEWEST:
        return None
    last = len(lasted) - 1
    return Usual(lasted[round(last * 0.1)], lasted[round(last * 0.9)])
