"""Counts in moving windows, over all processes if possible; else each process for itself."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import structlog
from limits import RateLimitItem
from limits.aio.storage import Storage
from limits.aio.strategies import MovingWindowRateLimiter, RateLimiter
from limits.errors import StorageError

from backbone.errors import RateLimited, RateLimitPolicy
from backbone.tracing.client import client_span
from service.process_storage import ProcessStorage

_LEFT_ALONE = 5.0
"""Seconds for which a store that failed is not asked."""

_REDIS = {"db.system.name": "redis", "db.operation.name": "EVALSHA", "db.query.summary": "EVALSHA"}

_log = structlog.get_logger(__name__)


class Limiter:
    """Admits what a limit allows for a key; without a `storage` this process counts for itself.

    It does so, too, while a shared store does not answer: a broken cache neither locks anybody out
    nor lifts a limit. After a failure the store is left alone for a while, so that requests do not
    wait for its time-out one after the other. `clock` counts seconds.
    """

    def __init__(
        self, storage: Storage | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._own = MovingWindowRateLimiter(ProcessStorage())
        self._shared = self._own if storage is None else MovingWindowRateLimiter(storage)
        self._clock = clock
        self._shared_again = clock()

    async def admit(self, item: RateLimitItem, what: str, *key: str) -> None:
        """Count one of `what` for a key.

        Raises `RateLimited`, with the limit and the seconds to wait, when it is too many.
        """
        limiter: RateLimiter = self._own if self._clock() < self._shared_again else self._shared
        try:
            if limiter is self._own:
                admitted = await limiter.hit(item, what, *key)
            else:
                with client_span("EVALSHA", _REDIS):
                    admitted = await limiter.hit(item, what, *key)
        except StorageError as error:
            self._leave_alone(error)
            limiter = self._own
            admitted = await limiter.hit(item, what, *key)
        if not admitted:
            raise RateLimited(
                retry_after=await _wait(limiter, item, (what, *key)),
                exhausted=RateLimitPolicy(what, item.amount, item.get_expiry()),
            )

    def _leave_alone(self, error: StorageError) -> None:
        _log.warning("limit_store_unavailable", error=type(error).__name__, seconds=_LEFT_ALONE)
        self._shared_again = self._clock() + _LEFT_ALONE

    async def forget(self, item: RateLimitItem, *key: str) -> None:
        """Begin anew for a key."""
        await self._own.clear(item, *key)
        if self._clock() < self._shared_again:
            return
        try:
            await self._shared.clear(item, *key)
        except StorageError as error:
            self._leave_alone(error)


async def _wait(limiter: RateLimiter, item: RateLimitItem, key: tuple[str, ...]) -> int:
    try:
        window = await limiter.get_window_stats(item, *key)
    except StorageError:
        return item.get_expiry()
    return max(1, math.ceil(window.reset_time - time.time()))
