"""A signed-in client of the origin under test, orders, and open streams."""

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio

from slipway import demo
from sse.frames import EVENTS, Frames
from testing.stack import Origin

OpenStream = Callable[..., AbstractAsyncContextManager[Frames]]


@pytest_asyncio.fixture
async def client(origin: Origin) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a session of the origin's user."""
    async with httpx.AsyncClient(base_url=origin.base_url, timeout=30) as signed_in:
        await demo.sign_in(signed_in, demo.Credentials(origin.email, origin.password))
        yield signed_in


@pytest.fixture
def order(client: httpx.AsyncClient) -> Callable[[], Any]:
    """Orders an environment; gives the body of the 202."""

    async def place() -> dict[str, Any]:
        return await demo.order(client, f"sse-{uuid.uuid4().hex[:10]}")

    return place


@pytest.fixture
def open_stream(client: httpx.AsyncClient) -> OpenStream:
    """Opens a stream with these query parameters, at a position if one is given; it must answer 200."""

    @asynccontextmanager
    async def opened(position: str | None = None, **query: str | int) -> AsyncIterator[Frames]:
        headers = {"Last-Event-ID": position} if position else {}
        async with client.stream("GET", EVENTS, params=query, headers=headers) as response:
            assert response.status_code == 200, await response.aread()
            yield Frames(response)

    return opened
