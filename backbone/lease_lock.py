"""Makes one of several processes the active one: a numbered lease, ended by the database's clock.

A holder that freezes, or whose host vanishes, holds nothing that its successor needs: its lease
runs out by the database's clock, and what it writes later is refused: by the lease's number, or by
that of a job's attempt.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import statement
from backbone.errors import DatabaseUnavailable, SlipwayError
from backbone.leases import acquire, release

log = structlog.get_logger(__name__)


class LeaseLost(SlipwayError):  # noqa: N818 - it tells what happened
    """The lease has run out, or another has it."""


def running_clock() -> float:
    """Return seconds that go on while the process is frozen and, if possible, the host sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class HeldLease(Protocol):
    """Who may act. The verbs may raise DatabaseUnavailable, but for `check` and `release`."""

    @property
    def fences(self) -> Mapping[str, int]:
        """The number of this holding by the lease's name; a later one's is higher."""

    async def acquire(self) -> bool:
        """Try to get it; False when another has it."""

    async def hold(self) -> None:
        """Keep it; return when it is lost."""

    def check(self) -> None:
        """Raise LeaseLost unless nobody else can have it at this moment."""

    async def release(self) -> None:
        """Give it back, if it is still there; never raises."""


class LeaseLock:
    """The lease `name`, a row that must be renewed; a successor waits `seconds` at the most."""

    def __init__(
        self,
        engine: AsyncEngine,
        name: str,
        seconds: float,
        *,
        holder: str | None = None,
        clock: Callable[[], float] = running_clock,
    ) -> None:
        self._engine = engine
        self._name = name
        self._seconds = seconds
        self._clock = clock
        self._holder = holder or secrets.token_hex(8)
        self._fences: Mapping[str, int] = {}
        self._until = 0.0

    @property
    def fences(self) -> Mapping[str, int]:
        """As `HeldLease.fences`."""
        return self._fences

    async def acquire(self) -> bool:
        """Take or renew the lease if it is free, over or ours."""
        # Counted from before, so it is over here before it is in the database.
        began = self._clock()
        fences = await self._take()
        if fences is None:
            return False
        if self._until and fences != self._fences:
            return False  # it ran out, and another had it in between
        self._fences = fences
        self._until = began + self._seconds
        return True

    async def _take(self) -> Mapping[str, int] | None:
        async with statement(self._engine) as conn:
            fence = await acquire(conn, self._name, self._holder, self._seconds)
        return None if fence is None else {self._name: fence}

    async def keep(self) -> bool:
        """Take or renew the lease; False when another has it. Raises DatabaseUnavailable.

        It is for work in small steps, each of which may ask: in the first third of the lease
        nobody is asked. Nothing is carried from step to step, so another may have had it between.
        """
        if self._clock() < self._until - self._seconds * 2 / 3:
            return True
        self._until = 0.0
        return await self.acquire()

    async def hold(self) -> None:
        """Renew the lease until somebody else has it or it runs out."""
        while True:
            await asyncio.sleep(self._seconds / 3)
            try:
                # Bounded, so that one lost packet leaves time for another try.
                async with asyncio.timeout(self._seconds / 3):
                    if not await self.acquire():
                        log.warning("lease_was_taken", lease=self._name)
                        return
            except (DatabaseUnavailable, TimeoutError):
                if self._clock() >= self._until:
                    log.warning("lease_ran_out", lease=self._name)
                    return

    def check(self) -> None:
        """Raise LeaseLost when the lease may have run out, however long this process was frozen."""
        if self._clock() >= self._until:
            raise LeaseLost(f"the lease of the {self._name} has run out")

    async def release(self) -> None:
        """Give the lease back, so that the next holder need not wait for its end."""
        self._until = 0.0
        try:
            async with asyncio.timeout(self._seconds), statement(self._engine) as conn:
                await release(conn, self._name, self._holder)
        except (DatabaseUnavailable, TimeoutError):
            log.info("lease_expires_by_itself", lease=self._name)
