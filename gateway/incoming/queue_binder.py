"""The bindings of a gateway's own queue, on a channel of the connection that consumes it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiormq.abc import AbstractChannel

TIMEOUT = 10.0
"""Seconds after which a broker that does not answer is given up."""


class QueueBinder:
    """Binds and unbinds one queue to one exchange (`Binder`); the broker does so in order."""

    def __init__(self, channel: AbstractChannel, queue: str, exchange: str) -> None:
        self._channel = channel
        self._queue = queue
        self._exchange = exchange

    async def bind(self, keys: Sequence[str]) -> None:
        """Bind under keys; only the last one is answered, and stands for all before it."""
        async with asyncio.timeout(TIMEOUT):
            for key in keys[:-1]:
                await self._channel.queue_bind(self._queue, self._exchange, key, nowait=True)
            await self._channel.queue_bind(self._queue, self._exchange, keys[-1])

    async def unbind(self, keys: Sequence[str]) -> None:
        """Take bindings away."""
        async with asyncio.timeout(TIMEOUT):
            for key in keys:
                await self._channel.queue_unbind(self._queue, self._exchange, key)
