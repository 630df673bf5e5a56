"""Counts in moving windows, over all processes if possible; else each process for itself."""

from __future__ import annotations

import math
import time

import structlog
from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter, RateLimiter
from limits.errors import StorageError

from backbone.errors import RateLimited

_log = structlog.get_logger(__name__)


class Limiter:
    """Admits what a limit allows for a key; without a `storage` this process counts for itself.

    It does so, too, while a shared store does not answer: a broken cache neither locks anybody out
    nor lifts a limit.
    """

    def __init__(self, storage: Storage | None = None) -> None:
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = self._own if storage is None else MovingWindowRateLimiter(storage)

    async def admit(self, item: RateLimitItem, *key: str) -> None:
        """Count one. Raises `RateLimited`, with the seconds to wait, when it is too many."""
        limiter: RateLimiter = self._shared
        try:
            admitted = await limiter.hit(item, *key)
        except StorageError as error:
            _log.warning("limit_store_unavailable", error=type(error).__name__)
            limiter = self._own
            admitted = await limiter.hit(item, *key)
        if not admitted:
            raise RateLimited(retry_after=await _wait(limiter, item, key))

    async def forget(self, item: RateLimitItem, *key: str) -> None:
        """Begin anew for a key."""
        await self._own.clear(item, *key)
        try:
            await self._shared.clear(item, *key)
        except StorageError as error:
            _log.warning("limit_store_unavailable", error=type(error).__name__)


async def _wait(limiter: RateLimiter, item: RateLimitItem, key: tuple[str, ...]) -> int:
    try:
        window = await limiter.get_window_stats(item, *key)
    except StorageError:
        return item.get_expiry()
    return max(1, math.ceil(window.reset_time - time.time()))
