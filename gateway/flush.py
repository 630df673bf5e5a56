"""Decides when a channel's pending entries are written: at once while idle, joined while batching.

A channel is batching when several entries were pending for it at once; then, and when it was
written to in this turn of the loop, what is pending leaves with all that arrives in the turn. Else
waiting for the turn's end joins nothing, and costs a small team more than finding out for whom the
event is.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from gateway.channel import Channel
    from gateway.client import Client
    from gateway.timer_wheel import TimerWheel

TURN = 0.001
"""Seconds after a write for which another counts as of the same turn: a step of uvloop's clock."""

log = structlog.get_logger(__name__)


class Flush:
    """The channels that wait for the turn's end; `wheel` tells the second of a write."""

    __slots__ = ("_loop", "_waiting", "_wheel")

    def __init__(self, wheel: TimerWheel) -> None:
        self._wheel = wheel
        # Asked for once: in CPython before 3.12 the question is a system call.
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[Channel[Client]] = []

    def schedule(self, channel: Channel[Client]) -> None:
        """Flush a channel whose first entry became pending: now, or at the end of this turn."""
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        if not channel.batching and loop.time() - channel.wrote_at >= TURN:
            self._write(channel, loop)
            return
        if not self._waiting:
            loop.call_soon(self._end_turn, loop)
        self._waiting.append(channel)

    def _end_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        waiting, self._waiting = self._waiting, []
        for channel in waiting:
            channel.batching = len(channel.pending) > 1
            self._write(channel, loop)

    def _write(self, channel: Channel[Client], loop: asyncio.AbstractEventLoop) -> None:
        try:
            channel.flush()
        except Exception:
            # The other channels' events must leave; this one's next event tries again.
            log.exception("gateway_flush_failed", team_id=channel.team.team_id)
            return
        channel.wrote_at = loop.time()
        channel.written = self._wheel.second
