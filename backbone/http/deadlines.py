"""Deadlines of many connections, watched by one timer: setting one costs a dictionary's entry."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PERIOD = 0.25
"""Seconds between looks; a deadline is noticed so much later at most."""


class Deadlines(Generic[T]):
    """Calls `expire` for each entry whose time is over. No timer runs while there is none."""

    def __init__(self, expire: Callable[[T], None]) -> None:
        self._expire = expire
        self._due: dict[T, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def set(self, entry: T, seconds: float) -> None:
        """Let an entry expire after so many seconds, whatever was set for it before."""
        loop = asyncio.get_running_loop()
        self._due[entry] = loop.time() + seconds
        if self._timer is None:
            self._timer = loop.call_later(PERIOD, self._look, loop)

    def drop(self, entry: T) -> None:
        """Watch an entry no more."""
        self._due.pop(entry, None)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for entry in [entry for entry, due in self._due.items() if due <= now]:
            self._due.pop(entry, None)
            self._expire(entry)
        if self._due and self._timer is None:
            self._timer = loop.call_later(PERIOD, self._look, loop)
