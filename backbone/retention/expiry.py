"""The background task that deletes what has served its time; one process at a time does it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.batches import batch_size, paced
from backbone.database.engine import transaction
from backbone.database.tables import access_changes, environments, job_logs
from backbone.errors import DatabaseUnavailable
from backbone.lease_lock import LeaseLock
from backbone.retention.archive import ArchiveFolder
from backbone.retention.credentials import (
    EXPIRING,
    KEPT_AFTER_EXPIRY,
    delete_expired,
    delete_past_changes,
)
from backbone.retention.rows import old_environments, old_jobs
from backbone.retention.walk import Find, Walk
from backbone.settings import Settings
from backbone.supervisor import progress

LEASE = "expiry"
LEASE_SECONDS = 60.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ExpiryRules:
    """Seconds. Environments go before the jobs that created them."""

    environments: float
    jobs: float
    interval: float
    archive: Path | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the rules that the settings give."""
        return cls(
            environments=settings.environments_retention_seconds,
            jobs=settings.jobs_retention_seconds,
            interval=settings.retention_interval_seconds,
            archive=settings.archive_folder,
        )


class Expiry:
    """Deletes in small batches with pauses while it has the lease. `clock` gives epoch seconds."""

    def __init__(
        self,
        engine: AsyncEngine,
        rules: ExpiryRules,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._rules = rules
        self._clock = clock
        self._batch = batch_size(engine)
        self._archive = None if rules.archive is None else ArchiveFolder(rules.archive)
        self._lease = LeaseLock(engine, LEASE, LEASE_SECONDS)

    async def run(self) -> None:
        """Sweep every `interval` seconds until cancelled; database and archive may be away."""
        try:
            while True:
                try:
                    await self.sweep()
                except DatabaseUnavailable:
                    log.warning("expiry_waits_for_database")
                except OSError as error:
                    why = error.strerror or type(error).__name__
                    log.warning("archive_not_written_nothing_deleted", why=why)
                progress()
                await asyncio.sleep(self._rules.interval)
        finally:
            await self._lease.release()

    async def sweep(self) -> dict[str, int]:
        """Delete what is old, if no other process does; tells how many rows of which table.

        Raises DatabaseUnavailable, and OSError when the archive can't be written.
        """
        now = self._clock()
        gone: dict[str, int] = {}
        for table, expiry in EXPIRING:
            act = partial(
                delete_expired,
                table=table,
                expiry=expiry,
                before=now - KEPT_AFTER_EXPIRY,
                most=self._batch,
            )
            gone[table.name] = await self._repeatedly(act)
        past_changes = partial(delete_past_changes, most=self._batch)
        gone[access_changes.name] = await self._repeatedly(past_changes)
        gone[environments.name] = await self._delete(
            old_environments, now - self._rules.environments
        )
        gone[job_logs.name] = await self._delete(old_jobs, now - self._rules.jobs)
        if any(gone.values()):
            log.info("old_rows_deleted", **{name: count for name, count in gone.items() if count})
        return gone

    async def _repeatedly(self, act: Callable[[AsyncConnection], Awaitable[int]]) -> int:
        total = 0
        while await self._lease.keep():
            gone = await paced(self._once(act))
            total += gone
            if gone < self._batch:
                break
        return total

    async def _once(self, act: Callable[[AsyncConnection], Awaitable[int]]) -> int:
        async with transaction(self._engine) as conn:
            return await act(conn)

    async def _delete(self, find: Find, before: float) -> int:
        walk = Walk(self._engine, find, before=before, archive=self._archive)
        total = 0
        while not walk.over and await self._lease.keep():
            total += await paced(walk.step())
        return total
