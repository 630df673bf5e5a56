"""The suspended jobs, in the database; refuses to decide anything."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading, transaction
from backbone.jobs import suspension
from backbone.jobs.job import Job
from backbone.jobs.suspension import Suspended

BATCH = 1_000
AGAIN_AFTER = 120.0
"""Seconds after which the poller reads the row of a suspended job again, in case it errs."""


class SuspensionTable:
    """Implements SuspendedJobs. `lease_seconds` is what `resume` gives."""

    def __init__(
        self, engine: AsyncEngine, *, now: Callable[[], float], lease_seconds: float
    ) -> None:
        self._engine = engine
        self._now = now
        self._lease_seconds = lease_seconds

    async def load(self) -> list[Suspended]:
        """One SELECT."""
        async with reading(self._engine) as conn:
            return await suspension.all_suspended(conn)

    async def take_due(self) -> list[Suspended]:
        """One SELECT, and one UPDATE when there is something."""
        now = self._now()
        async with reading(self._engine) as conn:
            if not await suspension.any_due(conn, now):
                return []
        async with transaction(self._engine) as conn:
            return await suspension.take_due(conn, now=now, again_after=AGAIN_AFTER, most=BATCH)

    async def read(self, ids: Collection[int]) -> dict[int, Job]:
        """One SELECT."""
        async with reading(self._engine) as conn:
            return await suspension.read(conn, ids)

    async def resume(self, job: Suspended) -> Job | None:
        """One UPDATE."""
        async with transaction(self._engine) as conn:
            return await suspension.resume(
                conn, job.fence, now=self._now(), lease_seconds=self._lease_seconds
            )
