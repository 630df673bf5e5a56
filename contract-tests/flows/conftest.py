"""A signed-in client of a complete stack, and the broker and database behind it."""

from collections.abc import AsyncIterator

import aio_pika
import httpx
import pytest_asyncio

from flows.orders import signed_in
from testing.stack import RunningStack


@pytest_asyncio.fixture
async def client(stack: RunningStack) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(stack) as client:
        yield client


@pytest_asyncio.fixture
async def operator(stack: RunningStack) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(stack, operator=True) as client:
        yield client


@pytest_asyncio.fixture
async def channel(stack: RunningStack) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    """A plain aio-pika channel, as any integrator opens it."""
    connection = await aio_pika.connect(stack.origin.amqp_url)
    async with connection:
        yield await connection.channel()
