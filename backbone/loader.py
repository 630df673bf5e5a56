"""Reads for many at once, as a DataLoader does.

What is asked for while a reading runs shares the next, and the more it had to read, the longer is
the pause before that; who asks alone waits for nothing. No reading that has begun is joined, so an
answer is never older than its question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from itertools import islice
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST = 500
"""Keys of one reading."""

CONCURRENT_READINGS = 2
"""How many readings run at a time: one that hangs must not block all others."""

PAUSE_PER_KEY = 0.0005
LONGEST_PAUSE = 0.02
"""Seconds between the beginnings of two readings. A reading of few keys costs about as much as one
of many, so what comes in a storm gathers; at 2,000 keys a second it begins to be felt."""


class Loader(Generic[K, V]):
    """Gives values by key; `read` gets some keys and leaves out those that it does not find."""

    def __init__(
        self,
        read: Callable[[Collection[K]], Awaitable[Mapping[K, V]]],
        *,
        concurrent: int = CONCURRENT_READINGS,
        most: int = MOST,
    ) -> None:
        self._read = read
        self._concurrent = concurrent
        self._most = most
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._starts = False
        self._not_before = 0.0

    async def load(self, key: K) -> V | None:
        """Return a key's value, None when there is none. Raises what the reading raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[V | None] = loop.create_future()
        self._waiting.setdefault(key, []).append(future)
        self._schedule(loop)
        return await future

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._starts or not self._waiting or len(self._running) >= self._concurrent:
            return
        self._starts = True
        pause = self._not_before - loop.time()
        if pause > 0:
            loop.call_later(pause, self._start, loop)
        else:
            # Behind what is ready in this turn: who asks in it shares the reading.
            loop.call_soon(self._start, loop)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._starts = False
        keys = list(islice(self._waiting, self._most))
        asked = {key: self._waiting.pop(key) for key in keys}
        self._not_before = loop.time() + min(len(keys) * PAUSE_PER_KEY, LONGEST_PAUSE)
        task = loop.create_task(self._answer(asked))
        self._running.add(task)
        task.add_done_callback(self._done)
        self._schedule(loop)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._schedule(task.get_loop())

    async def _answer(self, asked: Mapping[K, list[asyncio.Future[V | None]]]) -> None:
        try:
            found = await self._read(asked.keys())
        except Exception as error:  # noqa: BLE001 - it is theirs who asked
            for future in _open(asked):
                future.set_exception(error)
        except BaseException:
            for future in _open(asked):
                future.cancel()
            raise
        else:
            for key, futures in asked.items():
                for future in futures:
                    if not future.done():
                        future.set_result(found.get(key))


def _open(
    asked: Mapping[K, list[asyncio.Future[V | None]]],
) -> list[asyncio.Future[V | None]]:
    """Return the futures of those who still wait."""
    return [future for futures in asked.values() for future in futures if not future.done()]
