"""How the process is, and a smoke event that goes the way of all events but is nobody's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import outbox
from backbone.database.engine import engine_state, reading, transaction
from backbone.errors import DatabaseUnavailable
from backbone.health import DATABASE_SECONDS, health
from generated.messaging.message import send_job_status
from generated.models.event import JobStatusEvent
from generated.models.health import Check, CheckStatus, Health
from generated.models.job import JobStatus
from service.cache import Cache
from service.health import repository

_SMOKE_TEAM = 0
_SMOKE_JOB = 0


async def readiness(
    engine: AsyncEngine, cache: Cache, clock: Callable[[], float], parts: Sequence[Check] = ()
) -> Health:
    """Return whether requests will be served.

    Without the database they will not (`failed`). Without the cache or with a broker that takes no
    messages they will, by a slower way (`degraded`). `parts` are the checks of what else runs here.
    """
    checks = [*await _database(engine, clock()), await _cache(cache), *parts]
    return health(checks)


async def smoke(engine: AsyncEngine, cache: Cache, clock: Callable[[], float]) -> Health:
    """Touch the database and the cache and queue the event of job 0 of team 0.

    Team 0 is nobody's and has no log, so the event carries no position and reaches no browser.
    Raises `DatabaseUnavailable`.
    """
    now = clock()
    event = JobStatusEvent(
        type="job_status",
        job_id=_SMOKE_JOB,
        team_id=_SMOKE_TEAM,
        status=JobStatus.completed,
        message="Observability smoke",
        env_name="smoke",
        occurred_at=int(now),
    )
    async with transaction(engine) as conn:
        await repository.touch(conn)
        await repository.queue_smoke_event(conn, send_job_status(event))
    checks = [
        Check(name="database", status=CheckStatus.ok),
        Check(name="outbox", status=CheckStatus.ok, detail="the smoke event is queued"),
        await _cache(cache),
    ]
    return health(checks)


async def _database(engine: AsyncEngine, now: float) -> list[Check]:
    try:
        async with asyncio.timeout(DATABASE_SECONDS), reading(engine) as conn:
            oldest = await outbox.oldest_due(conn, now)
    except (DatabaseUnavailable, TimeoutError):
        detail = DatabaseUnavailable.default_detail
        return [Check(name="database", status=CheckStatus.failed, detail=detail)]
    database = Check(name="database", status=CheckStatus.ok)
    if engine_state(engine).disk_is_full:
        # Degraded: reading goes on, and who gets no orders would not see that it is over.
        detail = "its disk is full: orders are refused until there is space again"
        database = Check(name="database", status=CheckStatus.degraded, detail=detail)
    waiting = 0.0 if oldest is None else now - oldest
    if waiting > outbox.STALE_SECONDS:
        detail = f"the oldest message waits to be published since {waiting:.0f} s"
        return [database, Check(name="outbox", status=CheckStatus.degraded, detail=detail)]
    return [database, Check(name="outbox", status=CheckStatus.ok)]


async def _cache(cache: Cache) -> Check:
    if await cache.touch():
        return Check(name="cache", status=CheckStatus.ok)
    return Check(
        name="cache",
        status=CheckStatus.degraded,
        detail="Redis does not answer; this process counts sign-ins for itself",
    )
