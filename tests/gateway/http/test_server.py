"""The server's end: it listens no more, then drains the streams, and only then shuts down."""

from types import SimpleNamespace
from typing import Any, cast

import uvicorn
from fastapi import FastAPI

from backbone.database.engine import create_engine
from backbone.settings import load_settings
from gateway.app import create_gateway
from gateway.http import server as module
from gateway.http.fast_path import FastPathProtocol
from gateway.http.protocol import DetachingProtocol
from gateway.http.server import DrainingServer, create_server


class Streams:
    drain_seconds = 5.0

    def __init__(self, order: list[str]) -> None:
        self.order = order
        self.windows: list[float | None] = []

    async def drain(self, window: float | None = None) -> None:
        self.order.append("drain")
        self.windows.append(window)


def made(order: list[str], drain_seconds: float | None) -> tuple[DrainingServer, Streams]:
    app = FastAPI()
    streams = app.state.gateway = Streams(order)
    return create_server(app, app, drain_seconds=drain_seconds), streams


async def test_the_port_is_closed_before_the_streams_are_told_to_come_back(monkeypatch) -> None:
    order: list[str] = []

    async def shut_down(self: Any, sockets: Any = None) -> None:
        order.append("shutdown")

    monkeypatch.setattr(uvicorn.Server, "shutdown", shut_down)
    server, streams = made(order, 2.5)
    listener = SimpleNamespace(close=lambda: order.append("close"))
    server.servers = cast("Any", [listener])
    await server.shutdown()
    assert order == ["close", "drain", "shutdown"]
    assert streams.windows == [2.5]


def test_a_signal_that_was_obeyed_is_not_raised_again(monkeypatch) -> None:
    raised: list[int] = []
    monkeypatch.setattr("uvicorn.server.signal.raise_signal", raised.append)
    server, _ = made([], None)
    with server.capture_signals():
        server.handle_exit(15, None)
    assert server.should_exit
    assert raised == [], "a rolling restart is no series of deaths"
    with server.capture_signals():
        server.handle_exit(15, None)
        server.force_exit = True
    assert raised == [15], "who insists is told as uvicorn does"


def test_the_gateway_s_lifespan_is_run_once() -> None:
    app, other = FastAPI(), FastAPI()
    app.state.gateway = Streams([])
    assert create_server(app, app).config.lifespan == "on"
    assert create_server(other, app).config.lifespan == "off", "the composer runs it"
    # It may add its own limits to the protocol, but it is the one that hands connections over.
    protocol = create_server(app, app).config.http
    assert issubclass(getattr(protocol, "func", protocol), DetachingProtocol)
    assert module.run_server is not None


async def test_a_gateway_s_streams_are_opened_by_the_fast_path_unless_requests_are_traced(
    monkeypatch,
) -> None:
    engine = create_engine("sqlite://")
    protocols = []
    for tracing in (False, True):
        monkeypatch.setattr("gateway.app.is_tracing", lambda tracing=tracing: tracing)
        app = create_gateway(load_settings({}), engine)
        protocols.append(cast("Any", create_server(app, app).config.http).func)
    assert issubclass(protocols[0], FastPathProtocol)
    assert issubclass(protocols[1], DetachingProtocol)
