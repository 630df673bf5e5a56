"""Reads for many at once, as a DataLoader does.

What is asked for while a reading runs shares the next; who asks alone waits for nothing. No reading
that has begun is joined, so an answer is never older than its question.
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

LANES = 2
"""Readings at a time: one that hangs must not hold up all others."""


class Loader(Generic[K, V]):
    """Gives values by key; `read` gets some keys and leaves out those that it does not find."""

    def __init__(
        self,
        read: Callable[[Collection[K]], Awaitable[Mapping[K, V]]],
        *,
        lanes: int = LANES,
        most: int = MOST,
    ) -> None:
        self._read = read
        self._lanes = lanes
        self._most = most
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._starts = False

    async def load(self, key: K) -> V | None:
        """Return a key's value, None when there is none. Raises what the reading raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[V | None] = loop.create_future()
        self._waiting.setdefault(key, []).append(future)
        if not self._starts and len(self._running) < self._lanes:
            # Behind what is ready in this turn: who asks in it shares the reading.
            self._starts = True
            loop.call_soon(self._start, loop)
        return await future

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._starts = False
        while self._waiting and len(self._running) < self._lanes:
            keys = list(islice(self._waiting, self._most))
            asked = {key: self._waiting.pop(key) for key in keys}
            task = loop.create_task(self._answer(asked))
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._waiting:
            self._start(task.get_loop())

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
