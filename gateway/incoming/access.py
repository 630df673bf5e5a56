"""Ends streams whose access was withdrawn, within a second, whether or not the broker tells."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import structlog

from backbone.access_changes import changes_since
from backbone.authorization import Cause, Grant, examine
from backbone.errors import DatabaseUnavailable
from backbone.identity import forget, forget_all
from backbone.supervisor import progress
from gateway.listening.grants import BATCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.ext.asyncio import AsyncEngine

    from backbone.access_changes import Change, SeenChanges
    from gateway.listening.hub import Hub
    from gateway.listening.team import Team

INTERVAL = 0.4
"""Seconds between looks. A session that was cached half a second ago may open one more stream just
before it is forgotten; both together stay below one second."""

log = structlog.get_logger(__name__)


class AccessWatch:
    """Asks the database what changed for the open streams; and at once when an event says so.

    While the database does not answer, streams stay open, but none beyond the end that its session
    had when it was opened.
    """

    def __init__(self, engine: AsyncEngine, hub: Hub) -> None:
        self._engine = engine
        self._hub = hub
        self._wake = asyncio.Event()
        self._looked = time.monotonic()
        self._since: SeenChanges | None = None

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
        pause = INTERVAL
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            self._wake.clear()
            pause = INTERVAL
            try:
                await self.look()
                if self._hub.grants.doubtful:
                    pause = 0.0
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
        grants = self._hub.grants
        # Until all is known again, this look's question is not the last one that was answered.
        since, self._since = self._since, None
        changes = await changes_since(self._engine, since)
        if changes.found is None:
            grants.doubt_all()
        else:
            for change in changes.found:
                for grant in self._concerned(change):
                    grants.suspect(grant)
        asked = grants.to_ask(changes.now)
        for first in range(0, len(asked), BATCH):
            self._end(await examine(self._engine, asked[first : first + BATCH]))
        self._since = changes.since
        if not grants.doubtful:
            self._looked = begun

    def _concerned(self, change: Change) -> Iterator[Grant]:
        if change.credential:
            yield Grant(change.credential, change.team_id)
            return
        teams = self._hub.teams
        found: list[Team] = list(teams.values())
        if change.team_id:
            found = [teams[change.team_id]] if change.team_id in teams else []
        for team in found:
            users = team.users
            for clients in [users.get(change.user_id, ())] if change.user_id else users.values():
                for client in clients:
                    yield client.grant

    def _end(self, examined: Mapping[Grant, Cause | float]) -> None:
        over: dict[Grant, Cause] = {}
        for grant, answer in examined.items():
            if isinstance(answer, Cause):
                over[grant] = answer
            else:
                self._hub.grants.until(grant, answer)
        # Forgotten first: a browser that comes back at once must be refused, not cut again.
        for grant in over:
            forget(self._engine, grant.credential)
        for grant, cause in over.items():
            self._hub.withdraw(grant, cause)
