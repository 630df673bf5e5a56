"""A simulator with a clock that the test turns, called over HTTP without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from slipway.simulator import SimulatorConfig, SimulatorState, SimulatorTransport, create_simulator

TOKEN = "f" * 40


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Api:
    """Calls API methods as a form POST with the token; answers are decoded."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def call(self, path: str, **params: str) -> dict:
        return (await self.post(path, **params)).json()

    async def post(self, path: str, **params: str) -> httpx.Response:
        group, _, method = path.rpartition("/")
        return await self.http.post(
            f"/1.0/{group}/rest/{method}", data={"session": TOKEN, **params}
        )

    async def create(self, name: str, **params: str) -> dict:
        form = {"env": f'{{"shortdomain":"{name}"}}', "nodes": '[{"nodeType":"nginx"}]', **params}
        return await self.call("environment/control/createenvironment", **form)

    async def info(self, name: str) -> dict:
        return await self.call("environment/control/getenvinfo", envName=name)

    async def state(self) -> dict:
        return (await self.http.get("/simulator/state")).json()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def config() -> SimulatorConfig:
    return SimulatorConfig(tokens=frozenset({TOKEN}))


@pytest.fixture
def app(config: SimulatorConfig, clock: Clock) -> Starlette:
    return create_simulator(config, clock=clock)


@pytest.fixture
def state(app: Starlette) -> SimulatorState:
    return app.state.simulator


@pytest.fixture
async def api(app: Starlette) -> AsyncIterator[Api]:
    transport = SimulatorTransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sim.test") as http:
        yield Api(http)
