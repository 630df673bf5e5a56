"""uvicorn for a gateway: hands connections over, and ends the streams before it waits.

uvicorn waits at shutdown until every connection is closed, and tells applications nothing before.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

import structlog
import uvicorn

from backbone.http.limits import HttpLimits
from backbone.http.server import server_config
from gateway.http.fast_path import FastPath, FastPathProtocol
from gateway.http.protocol import DetachingProtocol
from gateway.outgoing.broadcast import send_all

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator

    from fastapi import FastAPI
    from starlette.types import ASGIApp


log = structlog.get_logger(__name__)


class Drainable(Protocol):
    """An application whose answers do not end by themselves."""

    drain_seconds: float

    async def drain(self, window: float | None = None) -> None:
        """End all streams within `window` seconds, or within `drain_seconds`."""


class DrainingServer(uvicorn.Server):
    """Stops listening, drains the gateway's streams, then shuts down as uvicorn does."""

    def __init__(
        self, config: uvicorn.Config, streams: Drainable, drain_seconds: float | None
    ) -> None:
        super().__init__(config)
        self._streams = streams
        self._drain_seconds = drain_seconds

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Handle signals as `uvicorn.Server` does, but end with status 0 after the shutdown.

        uvicorn raises them again, so that a rolling restart would look like a series of deaths.
        """
        with super().capture_signals():
            yield
            if not self.force_exit:
                self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wind up (`uvicorn.Server`)."""
        # Those who reconnect at once must reach another gateway, not this one.
        for server in self.servers:
            server.close()
        await self._streams.drain(self._drain_seconds)
        await super().shutdown(sockets)


def create_server(
    app: ASGIApp,
    gateway: FastAPI,
    *,
    limits: HttpLimits | None = None,
    drain_seconds: float | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
) -> DrainingServer:
    """Make a server for `app`, which contains or is `gateway` (of `create_gateway`).

    When `app` is not the gateway itself its lifespan is the composer's business.
    """
    streams: Drainable = gateway.state.gateway
    fast_path: FastPath | None = getattr(gateway.state, "fast_path", None)
    config = server_config(
        app,
        limits or HttpLimits(),
        protocol=DetachingProtocol
        if fast_path is None
        else partial(FastPathProtocol, fast_path=fast_path),
        host=host,
        port=port,
        lifespan="on" if app is gateway else "off",
    )
    detail = (
        "streams are written to their transports, one by one: the C part was not compiled"
        if send_all is None
        else "an event is sent to the sockets of all its streams in one call"
    )
    log.info("gateway_path", path="detach", detail=detail)
    return DrainingServer(config, streams, drain_seconds)


def run_server(server: DrainingServer, sockets: list[socket.socket] | None = None) -> None:
    """Serve in a loop of its own until a signal says to stop."""
    factory = server.config.get_loop_factory()
    # uvicorn raises the signal again when it has wound up; by then it has served its purpose.
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=factory) as runner:
        runner.run(server.serve(sockets))
