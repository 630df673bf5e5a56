"""Tasks that somebody began and nobody awaits: kept alive, counted, and heard of when they die."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class Tasks:
    """Those that run. An error that ends one is logged; `check` tells it to who began it."""

    __slots__ = ("_died", "_running")

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._died: BaseException | None = None

    def __len__(self) -> int:
        """Count what runs."""
        return len(self._running)

    def spawn(self, work: Coroutine[Any, Any, None], name: str | None = None) -> asyncio.Task[None]:
        """Run a task until it is done or `cancel` comes."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def check(self) -> None:
        """Raise what one of them died of, once."""
        died, self._died = self._died, None
        if died is not None:
            raise died

    async def finished(self, seconds: float) -> bool:
        """Wait until none is left, but no longer than so many seconds; whether none is."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        return not self._running

    async def cancel(self) -> None:
        """Cancel what runs and wait for its end."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._died = error
            log.error("task_failed", task=task.get_name(), exc_info=error)
