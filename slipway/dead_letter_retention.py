"""Keeps the dead-letter queues bounded: beyond the limit the oldest dead letters are dropped.

Not by an argument of the queue (`x-max-length`): that would be another declaration than the one
that others make, which a broker refuses (406).
"""

import asyncio
from collections.abc import Collection

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from aiormq.exceptions import AMQPError

CONNECT_SECONDS = 10.0
INTERVAL_SECONDS = 30.0

log = structlog.get_logger(__name__)


class DeadLetterRetention:
    """Drops what is beyond `limit` messages in each of `queues`, every `interval` seconds.

    Several may run at once: each looks at how many are left before it takes the next.
    """

    def __init__(
        self,
        url: str,
        queues: Collection[str],
        *,
        limit: int,
        interval: float = INTERVAL_SECONDS,
    ) -> None:
        self._url = url
        self._queues = tuple(queues)
        self._limit = limit
        self._interval = interval

    async def run(self) -> None:
        """Trim until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._interval + CONNECT_SECONDS):
                    await self.trim()
            except (*CONNECTION_EXCEPTIONS, AMQPError, TimeoutError) as error:
                log.info("dead_letter_retention_waits_for_broker", why=type(error).__name__)
            await asyncio.sleep(self._interval)

    async def trim(self) -> dict[str, int]:
        """Drop the oldest beyond the limit and tell how many of each queue. Raises as aio-pika."""
        connection = await aio_pika.connect(self._url, timeout=CONNECT_SECONDS)
        async with connection:
            channel = await connection.channel()
            return {name: await self._trim(channel, name) for name in self._queues}

    async def _trim(self, channel: AbstractChannel, name: str) -> int:
        try:
            queue = await channel.declare_queue(name, passive=True)
        except AMQPError:
            await channel.reopen()
            return 0
        left = queue.declaration_result.message_count or 0
        dropped = 0
        while left > self._limit:
            message = await queue.get(no_ack=True, fail=False)
            if message is None:
                break
            dropped += 1
            left = message.message_count or 0
        if dropped:
            log.warning("dead_letters_dropped", queue=name, count=dropped, limit=self._limit)
        return dropped
