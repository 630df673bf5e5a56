"""Heartbeats of a connection, both ways (AMQP 0-9-1, 4.2.7)."""

import asyncio
from collections.abc import Callable

import structlog

from slipway.amqp import wire
from slipway.amqp.outbound import Outbound

log = structlog.get_logger(__name__)


class Heartbeat:
    """Speaks when nothing was sent for half an interval; ends a peer silent for two intervals.

    `heard` is the loop's time of the last bytes received; `listening` tells whether the socket is
    read at all, for a peer that is kept waiting must not be taken for dead.
    """

    def __init__(
        self,
        interval: int,
        outbound: Outbound,
        listening: Callable[[], bool],
        on_silence: Callable[[], None],
    ) -> None:
        """`interval` is seconds; 0 means none in either direction."""
        self._interval = interval
        self._outbound = outbound
        self._listening = listening
        self._on_silence = on_silence
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self.heard = self._loop.time()
        if interval:
            self._again()

    def stop(self) -> None:
        """Stop: the connection is over."""
        if self._timer is not None:
            self._timer.cancel()

    def _again(self) -> None:
        self._timer = self._loop.call_later(self._interval / 2, self._beat)

    def _beat(self) -> None:
        now = self._loop.time()
        if self._listening() and now - self.heard > 2 * self._interval:
            log.info("amqp_heartbeat_missed", seconds=round(now - self.heard, 1))
            self._on_silence()
            return
        if now - self._outbound.spoke >= self._interval / 2 and not self._outbound.overloaded():
            self._outbound.send(wire.HEARTBEAT_FRAME)
        self._again()
