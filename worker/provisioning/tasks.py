"""Tasks that somebody began and nobody awaits: kept, counted, and heard of when they die."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """Those that run."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._died: BaseException | None = None

    def __len__(self) -> int:
        """How many there are."""
        return len(self._running)

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Begin one."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def check(self) -> None:
        """Raise what one of them died of, once."""
        died, self._died = self._died, None
        if died is not None:
            raise died

    async def finished(self, seconds: float) -> bool:
        """Wait until none is left, but no longer than so; whether none is."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        return not self._running

    async def cancel(self) -> None:
        """End all of them."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._died = error
