"""Counts in moving windows, over all processes if possible; else each process for itself."""

from __future__ import annotations

import math
import time

import structlog
from limits import RateLimitItem
from limits.aio.storage import Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

from backbone.errors import RateLimited
from service.window import MovingWindow

_log = structlog.get_logger(__name__)


class Limiter:
    """Admits what a limit allows for a key; without a `storage` this process counts for itself.

    It does so, too, while a shared store does not answer: a broken cache neither locks anybody out
    nor lifts a limit.
    """

    def __init__(self, storage: Storage | None = None) -> None:
        self._own = MovingWindow()
        self._shared = None if storage is None else MovingWindowRateLimiter(storage)

    async def admit(self, item: RateLimitItem, *key: str) -> None:
        """Count one. Raises `RateLimited`, with the seconds to wait, when it is too many."""
        if self._shared is not None:
            try:
                admitted = await self._shared.hit(item, *key)
            except StorageError as error:
                _log.warning("limit_store_unavailable", error=type(error).__name__)
            else:
                if not admitted:
                    raise RateLimited(retry_after=await _wait(self._shared, item, key))
                return
        wait = self._own.hit(item, *key)
        if wait is not None:
            raise RateLimited(retry_after=max(1, math.ceil(wait)))

    async def forget(self, item: RateLimitItem, *key: str) -> None:
        """Begin anew for a key."""
        self._own.clear(item, *key)
        if self._shared is None:
            return
        try:
            await self._shared.clear(item, *key)
        except StorageError as error:
            _log.warning("limit_store_unavailable", error=type(error).__name__)


async def _wait(limiter: MovingWindowRateLimiter, item: RateLimitItem, key: tuple[str, ...]) -> int:
    try:
        window = await limiter.get_window_stats(item, *key)
    except StorageError:
        return item.get_expiry()
    return max(1, math.ceil(window.reset_time - time.time()))
