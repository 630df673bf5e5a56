"""Writes what is pending once per turn of the event loop, after all that arrived in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from gateway.channel import Channel
    from gateway.client import Client
    from gateway.wheel import Wheel

log = structlog.get_logger(__name__)


class Flush:
    """The channels with something pending; `wheel` tells the second in which it was written."""

    __slots__ = ("_dirty", "_wheel")

    def __init__(self, wheel: Wheel) -> None:
        self._wheel = wheel
        self._dirty: list[Channel[Client]] = []

    def schedule(self, channel: Channel[Client]) -> None:
        """Flush a channel in this turn of the loop."""
        if not self._dirty:
            asyncio.get_running_loop().call_soon(self._flush)
        self._dirty.append(channel)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        second = self._wheel.second
        for channel in dirty:
            try:
                channel.flush()
                channel.written = second
            except Exception:
                # The other channels' events must leave; this one's next event tries again.
                channel.dirty = False
                log.exception("gateway_flush_failed", team_id=channel.team.team_id)
