"""Ends streams whose access was withdrawn, within a second, whether or not the broker tells."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import structlog

from backbone.errors import DatabaseUnavailable
from backbone.identity import forget, forget_all, withdrawn

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from gateway.listening.hub import Hub

INTERVAL = 0.5
"""Seconds between looks: with the look itself and the clock's steps this stays below one second."""
OVERLAP = 60.0
"""Seconds looked back each time: clocks differ, a cached session may open one more stream."""

log = structlog.get_logger(__name__)


class AccessWatch:
    """Asks the database twice a second, and at once when an event says that access changed."""

    def __init__(self, engine: AsyncEngine, hub: Hub) -> None:
        self._engine = engine
        self._hub = hub
        self._wake = asyncio.Event()
        self._seen = time.time()

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
            if self._hub.teams:
                try:
                    await self.look()
                except DatabaseUnavailable:
                    log.warning("gateway_access_unknown", since=self._seen)

    async def look(self) -> None:
        """End the streams of revoked sessions and of teams that may not listen."""
        moment = time.time()
        found = await withdrawn(self._engine, self._seen - OVERLAP)
        self._seen = moment
        # Forgotten first: a browser that comes back at once must be refused, not cut again.
        for team_id in found.teams:
            if team_id in self._hub.teams:
                forget_all(self._engine)
                self._hub.withdraw_team(team_id)
        for session in found.sessions:
            forget(self._engine, session.session_hash)
            self._hub.withdraw_session(session.team_id, session.user_id, session.session_hash)
