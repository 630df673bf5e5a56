"""Jobs without a broker: takes the relay's place and runs what the outbox holds in this process.

For smoke tests and demonstrations (`CELERY_TASK_ALWAYS_EAGER=true`). Refuses to publish: events are
read from the log, nobody else hears of them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Final

import structlog
from celery.states import REJECTED
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.errors import DatabaseUnavailable
from backbone.relay.queue import QueuedMessage, due, remove
from backbone.tracing.context import trace_headers
from backbone.wake import Wake
from worker.job_app import JobApp

SWEEP_SECONDS: Final = 0.2
_BATCH: Final = 100

log = structlog.get_logger(__name__)


class EagerDispatcher:
    """Begins up to `concurrency` jobs at a time; their retries come back through the outbox.

    A message leaves the outbox when its job was begun, so a crash in between repeats it.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        app: JobApp,
        *,
        concurrency: int = 8,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._app = app
        self._free = asyncio.Semaphore(concurrency)
        self._clock = clock
        self._running: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Dispatch until cancelled."""
        # Jobs that wait at the provider are polled for without a message.
        await asyncio.to_thread(self._app.loop_thread.start)
        async with Wake(self._engine) as wake:
            while True:
                try:
                    await self.dispatch()
                except DatabaseUnavailable:
                    log.warning("eager_dispatcher_waits_for_database")
                await wake.wait(SWEEP_SECONDS)

    async def dispatch(self) -> None:
        """Start what is due, and drop the events. Raises DatabaseUnavailable."""
        messages = await due(self._engine, self._clock(), limit=_BATCH)
        told = [message.id for message in messages if message.team_id is not None]
        if told:
            await remove(self._engine, told)
        for message in messages:
            if message.team_id is None and message.id not in self._running:
                task = asyncio.create_task(self._deliver(message), name=f"eager-{message.id}")
                self._running[message.id] = task

    async def _deliver(self, message: QueuedMessage) -> None:
        args, kwargs, _ = json.loads(message.body)
        task = self._app.tasks[message.headers["task"]]
        try:
            async with self._free:
                result = await asyncio.to_thread(
                    task.apply,
                    args,
                    kwargs,
                    task_id=message.headers["id"],
                    headers=None if message.trace is None else trace_headers(message.trace),
                )
            if str(result.state) != REJECTED:
                await remove(self._engine, [message.id])
        except DatabaseUnavailable:
            log.warning("eager_job_stays_in_the_outbox", task_id=message.headers["id"])
        finally:
            del self._running[message.id]
