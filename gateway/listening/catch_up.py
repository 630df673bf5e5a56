"""Reads from the log what a team was not pushed: one reading of a team at a time."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from gateway.history.log import LogUnavailable

if TYPE_CHECKING:
    from backbone.tasks import Tasks
    from gateway.history.log import Head
    from gateway.history.replay import Replay
    from gateway.limits import Limits
    from gateway.listening.team import Team
    from gateway.listening.team_position import Known

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 2.0
CONFIRM_PAUSE = 0.02
"""Seconds between two readings for unsigned events: whoever sends them can't have more of them."""


class CatchUp:
    """The readings that run, by team."""

    def __init__(self, replay: Replay, limits: Limits, tasks: Tasks) -> None:
        self._replay = replay
        self._limits = limits
        self._tasks = tasks
        self._running: dict[Team, asyncio.Task[None]] = {}
        self._doubted: dict[Team, bool] = {}

    def start(self, team: Team) -> asyncio.Task[None]:
        """Read what the log has after the team's position, unless that is being done."""
        task = self._running.get(team)
        if task is None:
            task = self._running[team] = self._tasks.spawn(self._read(team))
            task.add_done_callback(partial(self._done, team))
        return task

    def confirm(self, team: Team) -> None:
        """Read the log of a team soon, and not more often than every CONFIRM_PAUSE seconds."""
        again = team in self._doubted
        self._doubted[team] = again
        if not again:
            self._tasks.spawn(self._confirm(team))

    async def _confirm(self, team: Team) -> None:
        try:
            while not team.idle:
                # A reading that runs may have begun before the event was written.
                await self.settled(team)
                self._doubted[team] = False
                await asyncio.shield(self.start(team))
                await asyncio.sleep(CONFIRM_PAUSE)
                if not self._doubted[team]:
                    return
        finally:
            del self._doubted[team]

    def observe(self, team: Team, head: Head, known: Known) -> bool:
        """Compare a team with its log's head; True when there is a difference to be read.

        `known` is what the team knew when the reading of the head began, or before.
        """
        if not team.observe(head, known):
            return False
        self.start(team)
        return True

    async def reach(self, team: Team, position: int) -> None:
        """Return when a team was told everything up to a position that the log has, or had."""
        life = team.told.life
        while team.told.life == life and team.position < position and not team.idle:
            await asyncio.shield(self.start(team))

    async def settled(self, team: Team) -> None:
        """Return when the running reading for a team, if any, is done."""
        task = self._running.get(team)
        if task is not None:
            await asyncio.shield(task)

    def _done(self, team: Team, task: asyncio.Task[None]) -> None:
        del self._running[team]
        if task.cancelled() or task.exception() is not None or team.idle:
            return
        if team.incomplete:
            self.start(team)

    async def _read(self, team: Team) -> None:
        """Read pages until one is short. A log that can't be read is asked again, ever slower."""
        pause, limit = FIRST_PAUSE, self._limits.page
        while not team.idle:
            known = team.told.known()
            try:
                page = await self._replay.page(
                    team.team_id, known.position, job_id=None, limit=limit
                )
                if team.read(page, known):
                    continue
                if not team.incomplete:
                    return
                # Pushed but not in the log: ask a little later rather than at once.
            except LogUnavailable:
                pass
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
