"""Lets the tasks of one process write to SQLite in turn, in order of arrival.

SQLite's own waiting is polling, so it is left to the processes among each other.
"""

import asyncio
from types import TracebackType

from backbone.errors import DatabaseUnavailable


class WriterLock:
    """A fair lock, as an asynchronous context manager; waiting ends after `seconds`.

    Raises DatabaseUnavailable then, and RuntimeError in a task that already has its turn: a
    transaction within a transaction would wait for itself.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._owner: asyncio.Task[object] | None = None

    def refuse_owner(self) -> None:
        """Raise RuntimeError in the task that has its turn."""
        if self._owner is not None and asyncio.current_task() is self._owner:
            raise RuntimeError("this task already has a transaction open; use its connection")

    async def __aenter__(self) -> None:
        self.refuse_owner()
        try:
            async with asyncio.timeout(self._seconds):
                await self._lock.acquire()
        except TimeoutError:
            raise DatabaseUnavailable("Other writers take too long.") from None
        self._owner = asyncio.current_task()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._owner = None
        self._lock.release()
