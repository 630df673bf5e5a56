"""Keeps a job's lease alive while work goes on, and stops the work when the lease is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

import structlog

from backbone.jobs.job import Job
from worker.provisioning.interruption import FencedOff

log = structlog.get_logger(__name__)

T = TypeVar("T")

Renew = Callable[[], Awaitable[Job | None]]


async def under_lease(
    work: Coroutine[None, None, T], renew: Renew, *, seconds: float, now: Callable[[], float]
) -> T:
    """Await `work` while `renew` is called three times per lease of `seconds`.

    Raises FencedOff, with the work cancelled, when a renewal says so or when renewals failed for
    as long as the lease lasts: by then somebody else may have claimed the job.
    """
    working = asyncio.ensure_future(work)
    beating = asyncio.ensure_future(_beat(renew, seconds, now))
    try:
        await asyncio.wait({working, beating}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise FencedOff("the lease was lost")
    finally:
        for task in (working, beating):
            task.cancel()
        await asyncio.gather(working, beating, return_exceptions=True)


async def _beat(renew: Renew, seconds: float, now: Callable[[], float]) -> None:
    """Return when the lease is lost."""
    renewed_at = now()
    while now() - renewed_at < seconds:
        await asyncio.sleep(seconds / 3)
        try:
            if await renew() is None:
                return
        except Exception as error:  # noqa: BLE001 - whatever failed, the lease was not renewed
            log.warning("lease_renewal_failed", error=type(error).__name__)
        else:
            renewed_at = now()
