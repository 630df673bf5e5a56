"""Keeps a job's lease alive while work goes on, and stops the work when the lease is lost.

All times are the loop's: seconds that no change of a clock moves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import copy_context
from typing import TypeVar

import structlog

from backbone.jobs.job import Job
from worker.provisioning.interruption import FencedOff
from worker.virtuozzo.sending import before_sending

log = structlog.get_logger(__name__)

T = TypeVar("T")

Renew = Callable[[], Awaitable[Job | None]]


def clock() -> float:
    """Return the loop's time."""
    return asyncio.get_running_loop().time()


class Lease:
    """How long an attempt may act: until then nobody else can have claimed its job.

    It is counted from before the statement that took or renewed it. The database began later, so
    its lease ends later, however long the process was stopped in between.
    """

    def __init__(self, renew: Renew, *, seconds: float, since: float) -> None:
        self._renew = renew
        self.seconds = seconds
        self._since = since

    @property
    def is_over(self) -> bool:
        """Whether somebody else may have claimed the job."""
        return clock() - self._since >= self.seconds

    def check(self) -> None:
        """Raise FencedOff when the lease is over."""
        if self.is_over:
            raise FencedOff("the lease ran out")

    async def renew(self) -> Job | None:
        """Prolong the lease. None when it is lost."""
        since = clock()
        job = await self._renew()
        if job is not None:
            self._since = since
        return job


async def under_lease(work: Coroutine[None, None, T], lease: Lease) -> T:
    """Await `work` while the lease is renewed three times per length; calls only while it lasts.

    Raises FencedOff, with the work cancelled, when a renewal says so or when renewals failed for
    as long as the lease lasts: by then somebody else may have claimed the job.
    """
    context = copy_context()
    context.run(before_sending.set, lease.check)
    working = asyncio.create_task(work, context=context)
    beating = asyncio.create_task(_beat(lease))
    try:
        await asyncio.wait({working, beating}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise FencedOff("the lease was lost")
    finally:
        for task in (working, beating):
            task.cancel()
        await asyncio.gather(working, beating, return_exceptions=True)


async def _beat(lease: Lease) -> None:
    """Return when the lease is lost."""
    while not lease.is_over:
        await asyncio.sleep(lease.seconds / 3)
        try:
            if await lease.renew() is None:
                return
        except Exception as error:  # noqa: BLE001 - whatever failed, the lease was not renewed
            log.warning("lease_renewal_failed", error=type(error).__name__)
