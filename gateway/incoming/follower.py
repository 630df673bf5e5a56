"""Compares with the log what was pushed: often while nothing is pushed, else as a precaution."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import structlog

from backbone.supervisor import progress
from gateway.history.log import LogUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.history.log import Head
    from gateway.listening.hub import Hub
    from gateway.listening.team import Team
    from gateway.listening.team_position import Known

GRACE = 0.5
"""Seconds that a pushed event may be on its way."""

log = structlog.get_logger(__name__)


class _Compared(NamedTuple):
    team: Team
    head: Head
    known: Known


class Follower:
    """Reads the heads of all listened-to logs and fetches what the hub has not.

    `pushed` tells whether the broker pushes. If it claims to but events come only from here,
    `on_silence` is called: a consumer may be dead without its connection noticing.
    """

    def __init__(
        self, hub: Hub, *, pushed: Callable[[], bool], on_silence: Callable[[], None]
    ) -> None:
        self._hub = hub
        self._pushed = pushed
        self._on_silence = on_silence
        self._wake = asyncio.Event()
        self._consumed = 0

    def poke(self) -> None:
        """Compare at once: the broker came or went."""
        self._wake.set()

    async def run(self) -> None:
        """Compare until cancelled."""
        limits = self._hub.limits
        while True:
            try:
                async with asyncio.timeout(limits.sweep if self._pushed() else limits.poll):
                    await self._wake.wait()
                urgent = True
            except TimeoutError:
                urgent = not self._pushed()
            self._wake.clear()
            if self._hub.teams:
                try:
                    await (self.catch_up() if urgent else self.sweep())
                except LogUnavailable:
                    log.warning("gateway_log_unavailable")
            progress()

    async def catch_up(self) -> int:
        """Fetch whatever the logs have more than the hub; answer how many teams were behind."""
        return sum([self._observe(compared) for compared in await self._compare()])

    async def sweep(self) -> None:
        """Fetch what should have been pushed a while ago, and wonder why it was not."""
        compared = await self._compare()
        await asyncio.sleep(GRACE)
        missed = sum([self._observe(each) for each in compared])
        consumed = self._hub.metrics.messages_consumed_total
        silent, self._consumed = consumed == self._consumed, consumed
        if missed:
            log.warning("gateway_events_were_not_pushed", teams=missed)
            if silent and self._pushed():
                self._on_silence()

    async def _compare(self) -> list[_Compared]:
        """Read the heads of all logs, and note before what each of them must have."""
        known = [(team, team.told.known()) for team in self._hub.teams.values()]
        heads = await self._hub.replay.heads([team.team_id for team, _ in known])
        return [
            _Compared(team, heads[team.team_id], least)
            for team, least in known
            if team.team_id in heads
        ]

    def _observe(self, compared: _Compared) -> bool:
        return self._hub.observe(*compared)
