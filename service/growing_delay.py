"""Makes each further try wait longer than the one before, over all processes if possible."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import structlog
from limits.aio.storage import Storage
from limits.errors import StorageError

from backbone.errors import RateLimited
from service.process_storage import ProcessStorage

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DelaySchedule:
    """The first `free` tries are free; then 2, 4, 8, … seconds, up to `longest`, between two.

    All is forgotten `window` seconds after the first try.
    """

    free: int
    longest: int = 300
    window: int = 3_600


class GrowingDelay:
    """Counts tries per key; while a shared store does not answer this process counts for itself."""

    def __init__(self, delays: DelaySchedule, storage: Storage) -> None:
        self._delays = delays
        self._shared = storage
        self._own = ProcessStorage()

    async def admit(self, key: str) -> None:
        """Count a try. Raises `RateLimited`, with the seconds to wait, when it comes too early."""
        try:
            await self._admit(self._shared, key)
        except StorageError as error:
            _log.warning("limit_store_unavailable", error=type(error).__name__)
            await self._admit(self._own, key)

    async def forget(self, key: str) -> None:
        """Begin anew for a key."""
        for storage in (self._own, self._shared):
            try:
                await storage.clear(_tries(key))
                await storage.clear(_pause(key))
            except StorageError as error:
                _log.warning("limit_store_unavailable", error=type(error).__name__)

    async def _admit(self, storage: Storage, key: str) -> None:
        # What is refused does not count, or a flood would lock the account's owner out for long.
        if await storage.get(_pause(key)):
            raise await _early(storage, key)
        tries = await storage.incr(_tries(key), self._delays.window)
        further = tries - self._delays.free
        if further <= 0:
            return
        seconds = min(2 ** min(further, 30), self._delays.longest)
        # Of several that come at the same moment one passes.
        if await storage.incr(_pause(key), seconds) > 1:
            raise await _early(storage, key)


async def _early(storage: Storage, key: str) -> RateLimited:
    ends = await storage.get_expiry(_pause(key))
    return RateLimited(retry_after=max(1, math.ceil(ends - time.time())))


def _tries(key: str) -> str:
    return f"tries/{key}"


def _pause(key: str) -> str:
    return f"pause/{key}"
