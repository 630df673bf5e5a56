"""Decides when a channel's pending entries are written: at once while idle, joined while batching.

A channel is batching when several entries were pending for it at once; then, and when it was
written to in this turn of the loop, what is pending leaves with all that arrives in the turn. Else
waiting for the turn's end joins nothing, and costs a small team more than finding out for whom the
event is.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import structlog

TURN = 0.001
"""Seconds after a write for which another counts as of the same turn: a step of uvloop's clock."""

log = structlog.get_logger(__name__)


class CoarseClock(Protocol):
    """The second in which the silence of streams is counted."""

    second: int


class Batch(Protocol):
    """What is written together: the entries that are pending for the same readers.

    `batching` and `wrote_at`, on the loop's clock, are the flush's own notes; `written` is the
    coarse clock's second of the last write.
    """

    batching: bool
    wrote_at: float
    written: int | None

    @property
    def team_id(self) -> int:
        """Whose events these are, for the log."""

    @property
    def pending(self) -> list[Any]:
        """What has not been written."""

    def flush(self) -> None:
        """Write it."""


class Flush:
    """The batches that wait for the turn's end."""

    __slots__ = ("_clock", "_loop", "_waiting")

    def __init__(self, clock: CoarseClock) -> None:
        self._clock = clock
        # Asked for once: in CPython before 3.12 the question is a system call.
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[Batch] = []

    def schedule(self, batch: Batch) -> None:
        """Flush a batch whose first entry became pending: now, or at the end of this turn."""
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        if not batch.batching and loop.time() - batch.wrote_at >= TURN:
            self._write(batch, loop)
            return
        if not self._waiting:
            loop.call_soon(self._end_turn, loop)
        self._waiting.append(batch)

    def _end_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        waiting, self._waiting = self._waiting, []
        for batch in waiting:
            batch.batching = len(batch.pending) > 1
            self._write(batch, loop)

    def _write(self, batch: Batch, loop: asyncio.AbstractEventLoop) -> None:
        try:
            batch.flush()
        except Exception:
            # The other batches' events must leave; this one's next event tries again.
            log.exception("gateway_flush_failed", team_id=batch.team_id)
            return
        batch.wrote_at = loop.time()
        batch.written = self._clock.second
