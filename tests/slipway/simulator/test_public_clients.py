"""A public client library of the API, unmodified, against the simulator in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import jelapi
import pytest
from jelapi import api_connector
from jelapi.classes import JelasticEnvironment
from jelapi.exceptions import JelasticAPIException

from slipway.simulator import SimulatorConfig, SimulatorTransport, create_simulator

TOKEN = "f" * 40


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    transport = SimulatorTransport(create_simulator(SimulatorConfig(tokens=frozenset({TOKEN}))))

    def answer(request: httpx.Request) -> httpx.Response:
        async def call() -> httpx.Response:
            streamed = httpx.Request(
                request.method, request.url, headers=request.headers, content=request.read()
            )
            response = await transport.handle_async_request(streamed)
            return httpx.Response(response.status_code, content=await response.aread())

        return asyncio.run(call())

    monkeypatch.setattr(jelapi, "api_url", "http://sim.test/1.0/")
    monkeypatch.setattr(jelapi, "api_token", TOKEN)
    JelasticEnvironment.dict.cache_clear()
    connector = api_connector()
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        monkeypatch.setattr(connector, "client", client)
        yield


def create(name: str) -> None:
    api_connector()._(
        "Environment.Control.CreateEnvironment",
        env=f'{{"shortdomain":"{name}"}}',
        nodes='[{"nodeType":"docker","nodeGroup":"cp","docker":{"image":"nginx:1"}}]',
        envGroups='["slipway-job-17"]',
    )


def test_it_reads_an_environment():
    create("shop")
    seen = [JelasticEnvironment.get("shop") for _ in range(3)]
    assert [e.status.name for e in seen] == ["CREATING", "LAUNCHING", "RUNNING"]
    assert seen[0].domain == "shop.simulator.slipway.test"
    assert seen[0].envGroups == ["slipway-job-17"]
    (node,) = seen[0].nodeGroups["cp"].nodes
    assert (node.intIP, node.docker_image) == ("10.0.0.100", "nginx")


def test_it_lists_and_changes_environments():
    create("shop")
    environment = JelasticEnvironment.dict()["shop"]
    environment.displayName = "Web shop"
    environment.envGroups = ["a", "b"]
    environment._save_displayName()
    environment._save_envGroups()
    again = JelasticEnvironment.get("shop")
    assert (again.displayName, again.envGroups) == ("Web shop", ["a", "b"])


def test_it_understands_errors():
    with pytest.raises(JelasticAPIException, match="11"):
        JelasticEnvironment.get("nobody")
