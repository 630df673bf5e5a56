"""Keeps jobs going that nobody works on any more, so that the browser always hears an end.

Refuses to speak to the provider: a job that may have left something there goes back to a worker,
who removes it when the job has failed too often; only a worker that dies even of that is not asked
again.

- A lease ran out (the worker died or hangs): dispatched again, one failure more.
- Due for long, nobody took it, and neither outbox nor queue explains that (its message was lost):
  dispatched again, the next time after twice as long.
- Never begun within the deadline: failed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, Select, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.batches import pause_after
from backbone.database.engine import reading, transaction
from backbone.database.tables import job_logs
from backbone.errors import DatabaseUnavailable
from backbone.jobs.change import Change
from backbone.jobs.dispatch import dispatch
from backbone.jobs.job import COLUMNS, Job
from backbone.jobs.lost import DUE, any_lost, count_waiting, is_lost
from backbone.jobs.states import AT_WORK
from backbone.jobs.transitions import transition
from backbone.lease_lock import LeaseLock
from backbone.outbox import first_job_message
from backbone.settings import Settings
from backbone.supervisor import progress
from generated.models.job import JobKind, JobStatus

LEASE: Final = "reaper"
BATCH: Final = 100
"""How many jobs are read at once; a sweep goes on until a reading finds fewer."""

AT_ONCE: Final = 8
"""How many are written at the same time; SQLite's writers take turns anyway."""

_AT_WORK: Final = [status.value for status in sorted(AT_WORK)]
_QUEUED: Final = JobStatus.queued.value

Order = Sequence[ColumnElement[Any]]

BY_AGE: Final = (DUE, job_logs.c.id)
BY_LEASE: Final = (job_logs.c.lease_until,)
"""The order of their index, so that not all that are left are sorted for each batch."""

Act = Callable[[AsyncConnection, ColumnElement[bool], float], Awaitable[bool]]
"""What to do with the job that a condition finds; whether it was still to do."""

Depth = Callable[[JobKind], Awaitable[int | None]]
"""How many messages wait in the queue of a kind of jobs; None when nobody can tell."""

log = structlog.get_logger(__name__)


async def no_queue(_: JobKind) -> int | None:
    """Stand for the broker where jobs need none: what waits is in the outbox."""
    return 0


@dataclass(frozen=True, slots=True)
class ReaperRules:
    """Seconds, but for `max_failures`: the number of failures after which a job has failed."""

    interval: float = 5.0
    max_failures: int = 5
    lost_after: float = 60.0
    begin_within: float = 86_400.0

    @classmethod
    def of(cls, settings: Settings) -> ReaperRules:
        """Return the rules that the settings give."""
        return cls(
            interval=settings.reaper_interval_seconds,
            max_failures=settings.job_max_attempts,
            lost_after=settings.job_lost_after_seconds,
            begin_within=settings.job_queue_deadline_seconds,
        )


@dataclass(frozen=True, slots=True)
class SweepResult:
    """How many jobs one sweep found."""

    interrupted: int = 0
    lost: int = 0
    failed: int = 0


class Reaper:
    """Sweeps while it has the lease; several may run, one of them works. `clock`: epoch seconds."""

    def __init__(
        self,
        engine: AsyncEngine,
        rules: ReaperRules,
        *,
        depth: Depth = no_queue,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._rules = rules
        self._depth = depth
        self._clock = clock
        self._lease = LeaseLock(engine, LEASE, rules.interval * 3)

    async def run(self) -> None:
        """Sweep at each interval until cancelled. Raises what a supervisor should hear of."""
        next_lost = time.monotonic()
        try:
            while True:
                try:
                    if await self._lease.keep():
                        began = time.monotonic()
                        looks_for_lost = began >= next_lost
                        await self.sweep(lost=looks_for_lost)
                        if looks_for_lost:
                            ended = time.monotonic()
                            next_lost = ended + pause_after(ended - began, 0.0)
                    progress()
                except DatabaseUnavailable:
                    log.warning("reaper_waits_for_database")
                await asyncio.sleep(self._rules.interval)
        finally:
            await self._lease.release()

    async def sweep(self, *, lost: bool = True) -> SweepResult:
        """Look once for each sort of job, but for lost ones only if told to.

        Those are looked for among all that wait. Raises DatabaseUnavailable.
        """
        now = self._clock()
        swept = SweepResult(
            interrupted=await self._each(is_interrupted(now), self._take_up, now, order=BY_LEASE),
            lost=sum([await self._send_lost(kind, now) for kind in JobKind]) if lost else 0,
            failed=await self._each(_overdue(now - self._rules.begin_within), _fail_overdue, now),
        )
        if swept != SweepResult():
            log.info(
                "reaper_swept", interrupted=swept.interrupted, lost=swept.lost, failed=swept.failed
            )
        return swept

    async def _send_lost(self, kind: JobKind, now: float) -> int:
        """Send again what neither the outbox nor the queue can hold: at most as many as miss."""
        lost = is_lost(kind, now, self._rules.lost_after)
        async with reading(self._engine) as conn:
            queued_at = await first_job_message(conn)
            if queued_at is not None and queued_at < now - self._rules.lost_after:
                # What waits is in the outbox, and may be too much to look for each job in it.
                log.info("reaper_waits_for_relay", kind=kind.value)
                return 0
            if not await any_lost(conn, lost):
                return 0
        depth = await self._depth(kind)
        if depth is None:
            log.warning("reaper_waits_for_broker", kind=kind.value)
            return 0
        # Counted after the queue: what a worker takes in between is in neither.
        async with reading(self._engine) as conn:
            waiting = await count_waiting(conn, kind, now)
        missing = waiting - depth
        if missing <= 0:
            log.info("jobs_wait_in_the_queue", kind=kind.value, waiting=waiting, messages=depth)
            return 0
        return await self._each(lost, self._dispatch_again, now, most=missing)

    async def _each(
        self,
        which: ColumnElement[bool],
        act: Act,
        now: float,
        *,
        most: int | None = None,
        order: Order = BY_AGE,
    ) -> int:
        """Act on each job in a transaction of its own, which looks again under the row's lock."""
        done, left = 0, most
        while left is None or left > 0:
            batch = BATCH if left is None else min(BATCH, left)
            # Those that wait the longest are the likeliest to be lost, as queues are in order.
            async with reading(self._engine) as conn:
                ids = (await conn.scalars(first_of(which, order, batch))).all()
            for start in range(0, len(ids), AT_ONCE):
                done += sum(
                    await asyncio.gather(
                        *(
                            self._act(act, and_(job_logs.c.id == job_id, which), now)
                            for job_id in ids[start : start + AT_ONCE]
                        )
                    )
                )
            if len(ids) < batch or not await self._lease.keep():
                return done
            left = None if left is None else left - len(ids)
        return done

    async def _act(self, act: Act, which: ColumnElement[bool], now: float) -> bool:
        async with transaction(self._engine) as conn:
            return await act(conn, which, now)

    async def _take_up(self, conn: AsyncConnection, which: ColumnElement[bool], now: float) -> bool:
        job = await _write(
            conn, which, lease_until=None, run_at=now, failures=job_logs.c.failures + 1
        )
        if job is None:
            return False
        if job.failures > self._rules.max_failures:
            await _fail(conn, job, *_given_up(job), now)
        else:
            await dispatch(conn, job)
        return True

    async def _dispatch_again(
        self, conn: AsyncConnection, which: ColumnElement[bool], now: float
    ) -> bool:
        # Due anew, so that it is not found again before the new message had its time.
        job = await _write(conn, which, run_at=now)
        if job is not None:
            await dispatch(conn, job)
        return job is not None


def first_of(which: ColumnElement[bool], order: Order, most: int) -> Select[tuple[int]]:
    """Return the statement that finds the next ids."""
    return select(job_logs.c.id).where(which).order_by(*order).limit(most)


def is_interrupted(now: float) -> ColumnElement[bool]:
    """Find jobs whose lease has run out."""
    jobs = job_logs.c
    return and_(jobs.ended_at.is_(None), jobs.status.in_(_AT_WORK), jobs.lease_until < now)


def _overdue(before: float) -> ColumnElement[bool]:
    """Nobody began it. What somebody began, a worker must end: there may be things to remove."""
    jobs = job_logs.c
    return and_(
        jobs.ended_at.is_(None),
        jobs.lease_until.is_(None),
        jobs.poll_at.is_(None),
        jobs.status == _QUEUED,
        jobs.attempt == 0,
        jobs.created_at < before,
    )


async def _fail_overdue(conn: AsyncConnection, which: ColumnElement[bool], now: float) -> bool:
    row = (await conn.execute(select(*COLUMNS).where(which))).one_or_none()
    if row is None:
        return False
    return await _fail(conn, Job.of(row), "not_begun", "No worker took the job in time", now)


def _given_up(job: Job) -> tuple[str, str]:
    """Return the code and the message of its end. A decision that was recorded stands."""
    why = "The job was interrupted too often"
    if job.failure_code is None:
        return "attempts_exhausted", why
    message = f"{job.failure_message}. What was created may not have been removed: {why}"
    return job.failure_code, message


async def _fail(conn: AsyncConnection, job: Job, code: str, message: str, now: float) -> bool:
    change = Change(to=JobStatus.failed, message=message, error_code=code)
    return await transition(conn, job, change, now) is not None


async def _write(conn: AsyncConnection, which: ColumnElement[bool], **values: Any) -> Job | None:
    statement = update(job_logs).where(which).values(values).returning(*COLUMNS)
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else Job.of(row)
