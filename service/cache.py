"""The cache: Redis, shared by all processes, or this one's memory. Losing it loses nothing."""

from __future__ import annotations

from typing import Any, cast

from limits.aio.storage import RedisStorage, Storage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.errors import StorageError

from service.process_storage import ProcessStorage

_TIMEOUT = 1.0


class Cache:
    """The store behind the sign-in limits, and what health probes ask about.

    `storage` raises `limits.errors.StorageError` when Redis does not answer within a second.
    """

    def __init__(self, redis_url: str | None = None) -> None:
        self._redis: RedisStorage | None = None
        self.storage: Storage = ProcessStorage()
        if redis_url is not None:
            # The library calls a Unix socket's scheme by a longer name than Redis does.
            url = redis_url.replace("unix://", "redis+unix://", 1)
            self._redis = RedisStorage(
                f"async+{url}",
                wrap_exceptions=True,
                implementation="redispy",
                key_prefix="slipway",
                socket_timeout=_TIMEOUT,
                socket_connect_timeout=_TIMEOUT,
            )
            self.storage = self._redis

    @property
    def shared(self) -> bool:
        """Whether other processes see the same counts."""
        return self._redis is not None

    async def touch(self) -> bool:
        """Return whether the cache answers; one round trip."""
        try:
            return await self.storage.check()
        except StorageError:
            return False

    async def close(self) -> None:
        """Give the connections back."""
        if self._redis is not None:
            client: Any = cast("RedispyBridge", self._redis.bridge).get_connection()
            await client.aclose()
