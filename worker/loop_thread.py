"""The bridge from Celery's threads to one event loop per process; never `asyncio.run` per task.

The loop, and what `open_resources` opens on it (engine, HTTP client), are made on first use in the
process that uses them: a forked child never inherits its parent's.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Generic, TypeVar

import uvloop
from sqlalchemy.ext.asyncio import AsyncConnection

R = TypeVar("R")
T = TypeVar("T")


class LoopThreadClosedError(RuntimeError):
    """The process is shutting down."""


@dataclass(slots=True)
class _Running(Generic[R]):
    """What belongs to one process."""

    pid: int
    loop: asyncio.AbstractEventLoop
    thread: threading.Thread
    stack: AsyncExitStack
    resources: R


class LoopThread(Generic[R]):
    """Runs coroutines on a background loop, with the process's resources. Thread-safe.

    `drain` is awaited at the end, before what still runs is cancelled; it bounds itself.
    """

    def __init__(
        self,
        open_resources: Callable[[], AbstractAsyncContextManager[R]],
        *,
        drain: Callable[[R], Awaitable[None]] | None = None,
        name: str = "loop_thread",
    ) -> None:
        self._open_resources = open_resources
        self._drain = drain
        self._name = name
        self._lock = threading.Lock()
        self._running: _Running[R] | None = None
        self._closed_in: int | None = None
        os.register_at_fork(after_in_child=self._after_fork)

    def call(self, work: Callable[[R], Awaitable[T]]) -> T:
        """Run `work(resources)` on the loop and wait for it, in the calling thread."""
        running = self._start()

        async def run() -> T:
            return await work(running.resources)

        return asyncio.run_coroutine_threadsafe(run(), running.loop).result()

    def tell(self, notice: Callable[[R], None]) -> None:
        """Call `notice(resources)` on the loop, if there is one; do not wait for it."""
        running = self._running
        if running is not None and running.pid == os.getpid():
            running.loop.call_soon_threadsafe(notice, running.resources)

    def start(self) -> None:
        """Open the resources now, not at the first call; an error shows at once."""
        self._start()

    def close(self, *, seconds: float = 10.0) -> None:
        """Drain, cancel what runs, close the resources and end the loop.

        `seconds` bounds each of the latter.
        """
        with self._lock:
            running, self._running = self._running, None
            self._closed_in = os.getpid()
        if running is None or running.pid != os.getpid():
            return
        if self._drain is not None:
            drained = _awaited(self._drain(running.resources))
            asyncio.run_coroutine_threadsafe(drained, running.loop).result()
        asyncio.run_coroutine_threadsafe(_wind_up(running.stack), running.loop).result(seconds)
        running.loop.call_soon_threadsafe(running.loop.stop)
        running.thread.join(seconds)
        running.loop.close()

    def _start(self) -> _Running[R]:
        with self._lock:
            if self._closed_in == os.getpid():
                raise LoopThreadClosedError("the worker is shutting down")
            if self._running is None or self._running.pid != os.getpid():
                self._running = self._open()
            return self._running

    def _open(self) -> _Running[R]:
        loop = uvloop.new_event_loop()
        thread = threading.Thread(target=_serve, args=(loop,), name=self._name, daemon=True)
        thread.start()
        stack = AsyncExitStack()

        async def enter() -> R:
            return await stack.enter_async_context(self._open_resources())

        try:
            resources = asyncio.run_coroutine_threadsafe(enter(), loop).result()
        except BaseException:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
            raise
        return _Running(os.getpid(), loop, thread, stack, resources)

    def _after_fork(self) -> None:
        # A lock that another thread held at the fork would stay locked in the child for ever, and
        # the parent's connections must not be closed here: they are still the parent's.
        self._lock = threading.Lock()
        self._running = None


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()


async def _awaited(work: Awaitable[None]) -> None:
    await work


async def _wind_up(stack: AsyncExitStack) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        if not _gives_connection_back(task):
            task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await stack.aclose()


def _gives_connection_back(task: asyncio.Task[object]) -> bool:
    """Return whether SQLAlchemy began it as work that cancellation must not interrupt.

    Who was cancelled waits for it; cancelled itself, it would log a connection that is broken.
    """
    return getattr(task.get_coro(), "cr_code", None) is AsyncConnection.close.__code__
