"""The SSE broker of the guide's style: one consumer, and a bounded queue for each client."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from fastapi import Request

from benchmarks.pipeline.guide.settings import (
    EVENTS_BINDING_KEY,
    EVENTS_EXCHANGE,
    EVENTS_QUEUE,
    PREFETCH_COUNT,
    QUEUE_SIZE,
)

Message = tuple[str, dict[str, object]]


class SSEBroker:
    """Puts each event into the queue of every client; drops the oldest when one is full."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Message]] = set()

    @asynccontextmanager
    async def running(self, url: str) -> AsyncGenerator[None, None]:
        """Consume while the block runs."""
        connection = await aio_pika.connect_robust(url)
        async with connection:
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=PREFETCH_COUNT)
            exchange = await channel.declare_exchange(
                EVENTS_EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True
            )
            queue = await channel.declare_queue(EVENTS_QUEUE, durable=True)
            await queue.bind(exchange, EVENTS_BINDING_KEY)
            await queue.consume(self._receive)
            yield

    async def _receive(self, message: AbstractIncomingMessage) -> None:
        async with message.process():
            item = (message.routing_key or "", json.loads(message.body))
            for queue in self._queues:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(item)

    async def stream(
        self, request: Request, team_id: int, job_id: int | None
    ) -> AsyncGenerator[str, None]:
        """Yield the frames of one client."""
        queue: asyncio.Queue[Message] = asyncio.Queue(QUEUE_SIZE)
        self._queues.add(queue)
        try:
            yield ": connected\n\n"
            while not await request.is_disconnected():
                try:
                    routing_key, data = await asyncio.wait_for(queue.get(), 15)
                except TimeoutError:
                    yield ": keep-alive\n\n"
                    continue
                prefix = f"team.{team_id}." + ("" if job_id is None else f"job.{job_id}.")
                if routing_key.startswith(prefix):
                    yield f"event: message\ndata: {json.dumps(data)}\n\n"
        finally:
            self._queues.discard(queue)
