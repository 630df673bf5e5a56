"""Failures below HTTP: an answer that never comes, a connection that breaks.

A server has no way to tell httpx's in-process transport of these, so there they are raised as
exceptions, which SimulatorTransport turns into what a network would have done.
"""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.types import Receive, Scope, Send

IN_PROCESS: Final = "slipway.simulator.in_process"
"""The ASGI scope extension by which SimulatorTransport says that there is no network."""


class FaultSignalError(Exception):
    """A failure below HTTP, for a caller in the same process."""


class HangSignalError(FaultSignalError):
    """The answer does not come."""


class CloseSignalError(FaultSignalError):
    """The connection broke."""


def is_in_process(scope: Scope) -> bool:
    """Return whether the caller is SimulatorTransport."""
    return IN_PROCESS in (scope.get("extensions") or {})


async def hang(scope: Scope, receive: Receive, closing: asyncio.Event) -> None:
    """Answer nothing until the client gives up or the simulator closes."""
    if is_in_process(scope):
        raise HangSignalError
    ends = {asyncio.create_task(_gone(receive)), asyncio.create_task(closing.wait())}
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for end in ends:
            end.cancel()


async def close(scope: Scope, send: Send) -> None:
    """Promise an answer and break off: the server then closes the connection."""
    if is_in_process(scope):
        raise CloseSignalError
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
