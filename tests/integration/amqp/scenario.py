"""What the AMQP scenarios share: names, an inbox, sending and counting."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage, AbstractQueue

SECONDS = 10.0

Connect = Callable[..., Awaitable[AbstractConnection]]


def unique(word: str) -> str:
    return f"{word}-{secrets.token_hex(4)}"


async def ignore(_: object) -> None:
    """Take a message and do nothing."""


class Inbox:
    """Consumes a queue and hands out what came, in order, without acknowledging."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        self.tag = ""

    @classmethod
    async def of(cls, queue: AbstractQueue, **options: Any) -> "Inbox":
        inbox = cls()
        inbox.tag = await queue.consume(inbox.messages.put, **options)
        return inbox

    async def next(self) -> AbstractIncomingMessage:
        return await asyncio.wait_for(self.messages.get(), SECONDS)

    async def bodies(self, count: int) -> list[bytes]:
        return [(await self.next()).body for _ in range(count)]


async def send(channel: AbstractChannel, key: str, *bodies: bytes, **properties: Any) -> None:
    for body in bodies:
        await channel.default_exchange.publish(Message(body, **properties), key)


async def ready(connect: Connect, name: str) -> int:
    """How many messages are ready, asked on a connection of its own."""
    connection = await connect()
    channel = await connection.channel()
    counted = await channel.declare_queue(name, passive=True)
    await connection.close()
    return counted.declaration_result.message_count or 0


async def become(count: Callable[[], Awaitable[int]], wanted: int) -> None:
    async with asyncio.timeout(SECONDS):
        while await count() != wanted:
            await asyncio.sleep(0.01)
