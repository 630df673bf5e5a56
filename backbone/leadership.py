"""The lease of a task that one process at a time does now and then, renewed while it goes on."""

import secrets
import time
from collections.abc import Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import transaction
from backbone.errors import DatabaseUnavailable
from backbone.leases import acquire, release

log = structlog.get_logger(__name__)


class Leadership:
    """Holds the lease `name` for `seconds` from each renewal; `clock` gives seconds."""

    def __init__(
        self,
        engine: AsyncEngine,
        name: str,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._name = name
        self._seconds = seconds
        self._clock = clock
        self._holder = secrets.token_hex(8)
        self._fresh_until = clock()

    async def keep(self) -> bool:
        """Take or renew the lease; False when another has it. Raises DatabaseUnavailable.

        May be asked before each small step: a lease that is fresh costs nothing.
        """
        now = self._clock()
        if now < self._fresh_until:
            return True
        async with transaction(self._engine) as conn:
            held = await acquire(conn, self._name, self._holder, self._seconds) is not None
        self._fresh_until = now + self._seconds / 3 if held else now
        return held

    async def resign(self) -> None:
        """Give the lease back, if the database can be reached."""
        self._fresh_until = self._clock()
        try:
            async with transaction(self._engine) as conn:
                await release(conn, self._name, self._holder)
        except DatabaseUnavailable:
            log.info("lease_expires_by_itself", name=self._name)
