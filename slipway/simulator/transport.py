"""Calls a simulator in the same process as if there were a network: no sockets, real failures."""

from __future__ import annotations

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from slipway.simulator.faults import IN_PROCESS, CloseSignalError, HangSignalError


class SimulatorTransport(httpx.AsyncBaseTransport):
    """For `httpx.AsyncClient(transport=SimulatorTransport(create_simulator()))`.

    A scripted hang is a ReadTimeout at once, a closed connection a RemoteProtocolError.
    """

    def __init__(self, app: ASGIApp) -> None:
        async def marked(scope: Scope, receive: Receive, send: Send) -> None:
            extensions = {**(scope.get("extensions") or {}), IN_PROCESS: {}}
            await app({**scope, "extensions": extensions}, receive, send)

        self._inner = httpx.ASGITransport(app=marked)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on. Raises httpx.TransportError for a scripted failure."""
        failure: httpx.TransportError
        try:
            return await self._inner.handle_async_request(request)
        except HangSignalError:
            failure = httpx.ReadTimeout("simulated: no answer", request=request)
        except CloseSignalError:
            failure = httpx.RemoteProtocolError("simulated: connection closed", request=request)
        raise failure
