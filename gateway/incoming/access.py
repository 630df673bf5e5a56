"""Ends streams whose access was withdrawn, within a second, whether or not the broker tells."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import structlog

from backbone.authorization import withdrawn
from backbone.errors import DatabaseUnavailable
from backbone.identity import forget, forget_all
from backbone.supervisor import progress

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from gateway.listening.hub import Hub

INTERVAL = 0.4
"""Seconds between looks. A session that was cached half a second ago may open one more stream just
before it is forgotten; both together stay below one second."""

log = structlog.get_logger(__name__)


class AccessWatch:
    """Asks the database about all open streams at once; and at once when an event says so.

    While the database does not answer, streams stay open, but none beyond the end that its session
    had when it was opened.
    """

    def __init__(self, engine: AsyncEngine, hub: Hub) -> None:
        self._engine = engine
        self._hub = hub
        self._wake = asyncio.Event()
        self._looked = time.monotonic()

    @property
    def unknown_for(self) -> float:
        """The seconds since access was known of all streams; less than one if all is well."""
        return time.monotonic() - self._looked

    def poke(self) -> None:
        """Look at once, and believe no remembered session: an event says that access changed."""
        forget_all(self._engine)
        self._wake.set()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(INTERVAL):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.look()
            except DatabaseUnavailable:
                log.warning("gateway_access_unknown", seconds=round(self.unknown_for, 1))
                self._hub.expire(time.time())
            except Exception:
                # Whatever it is: streams must not outlive it. The supervisor starts us again.
                self._hub.expire(time.time())
                raise
            progress()

    async def look(self) -> None:
        """End the streams whose grant is over, and tell them why."""
        begun = time.monotonic()
        found = await withdrawn(self._engine, self._hub.grants.all())
        self._looked = begun
        # Forgotten first: a browser that comes back at once must be refused, not cut again.
        for grant in found:
            forget(self._engine, grant.credential)
        for grant, cause in found.items():
            self._hub.withdraw(grant, cause)
