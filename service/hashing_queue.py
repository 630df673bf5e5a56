"""A bounded queue before the threads that compute password hashes: whoever waits too long is told.

A hash takes tens of milliseconds of a core and 64 MiB, so that a flood of wrong passwords would
make right ones wait for all of them.
"""

from __future__ import annotations

import asyncio
import math
import os
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from backbone.errors import Overloaded

R = TypeVar("R")

MAX_WAIT_SECONDS = 5.0
"""After so long the client is better served by an answer than by its turn."""

_FULL = "Too many passwords are being checked; try again in a moment."


@dataclass(frozen=True, slots=True)
class HashRequester:
    """The client that a hash is computed for.

    Clients of one `network` share a part of the queue; `known` devices go first; `left` returns
    when the client has disconnected.
    """

    network: str = ""
    known: bool = False
    left: Callable[[], Awaitable[None]] | None = None


@dataclass(eq=False, slots=True)
class _Waiter:
    requester: HashRequester
    turn: asyncio.Future[None]


class HashingQueue:
    """Runs functions in `parallel` threads; up to `waiting` more wait, fewer of one network.

    Known devices have as many places of their own, and go first. Raises `Overloaded`, with the
    seconds to wait, instead of making anybody wait behind more.
    """

    def __init__(
        self, *, parallel: int | None = None, waiting: int = 16, of_one_network: int = 4
    ) -> None:
        self._parallel = parallel or max(1, min(4, os.cpu_count() or 1))
        self._waiting = waiting
        self._of_one_network = of_one_network
        self._threads = ThreadPoolExecutor(self._parallel, thread_name_prefix="passwords")
        self._running = 0
        self._lines: dict[bool, deque[_Waiter]] = {True: deque(), False: deque()}
        self._networks: Counter[str] = Counter()
        self._seconds = 0.1

    @property
    def length(self) -> int:
        """How many wait."""
        return sum(map(len, self._lines.values()))

    async def run(self, requester: HashRequester, work: Callable[..., R], *arguments: object) -> R:
        """Run `work` when it is its turn. Raises `Overloaded`."""
        await self._turn(requester)
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            future = loop.run_in_executor(self._threads, work, *arguments)
        except BaseException:
            self._end(None)
            raise
        # A thread can't be stopped: its place is free only when it is done, whoever still waits.
        future.add_done_callback(lambda _: self._end(loop.time() - started))
        return await asyncio.shield(future)

    async def _turn(self, requester: HashRequester) -> None:
        if self._running < self._parallel:
            self._running += 1
            return
        line = self._lines[requester.known]
        if len(line) >= self._waiting or (
            not requester.known and self._networks[requester.network] >= self._of_one_network
        ):
            raise Overloaded(_FULL, retry_after=self._expected())
        waiter = _Waiter(requester, asyncio.get_running_loop().create_future())
        line.append(waiter)
        self._networks[requester.network] += 1
        try:
            await self._await_turn(waiter)
        except BaseException:
            if waiter.turn.done() and not waiter.turn.cancelled():
                # It was given the turn at the moment it gave up.
                self._end(None)
            else:
                line.remove(waiter)
            raise
        finally:
            self._networks[requester.network] -= 1
            if not self._networks[requester.network]:
                del self._networks[requester.network]

    async def _await_turn(self, waiter: _Waiter) -> None:
        """Wait for the turn, the client's departure, or until it has been too long."""
        left = (
            None
            if waiter.requester.left is None
            else asyncio.ensure_future(waiter.requester.left())
        )
        awaited = {waiter.turn} if left is None else {waiter.turn, left}
        try:
            await asyncio.wait(
                awaited, timeout=MAX_WAIT_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            if left is not None:
                left.cancel()
        if not waiter.turn.done() or (left is not None and left.done() and not left.cancelled()):
            raise Overloaded(_FULL, retry_after=self._expected())

    def _end(self, seconds: float | None) -> None:
        if seconds is not None:
            self._seconds += (seconds - self._seconds) / 8
        self._running -= 1
        for known in (True, False):
            if self._lines[known]:
                self._running += 1
                self._lines[known].popleft().turn.set_result(None)
                return

    def _expected(self) -> int:
        return max(1, math.ceil(self._seconds * (self.length + 1) / self._parallel))
