"""A signed-in client of the origin under test, orders, and open streams."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio

from slipway import demo
from sse.event_stream import EVENTS, Stream
from testing.stack import Origin, RunningStack

PAGE_ORIGIN = "https://console.example.com"

OpenStream = Callable[..., AbstractAsyncContextManager[Stream]]


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A Slipway on its embedded defaults, with quick heartbeats, that lets a page's origin in."""
    settings = {"CORS_ALLOW_ORIGINS": PAGE_ORIGIN, "SSE_HEARTBEAT_SECONDS": "1"}
    home = tmp_path_factory.mktemp("sse")
    with RunningStack.start("embedded", home, **settings) as running:
        yield running


@pytest.fixture
def page_origin(request: pytest.FixtureRequest) -> str:
    """An origin whose pages may read the streams."""
    config = request.config
    if config.getoption("--base-url") is None:
        return PAGE_ORIGIN
    if (origin := config.getoption("--cors-origin")) is None:
        pytest.skip("--cors-origin does not say whose pages --base-url lets in")
    return str(origin)


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
    """Opens a stream with these query parameters and headers; it must answer 200."""

    @asynccontextmanager
    async def opened(
        headers: dict[str, str] | None = None, **query: str | int
    ) -> AsyncIterator[Stream]:
        async with client.stream("GET", EVENTS, params=query, headers=headers or {}) as response:
            assert response.status_code == 200, await response.aread()
            yield Stream(response)

    return opened
