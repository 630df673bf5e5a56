"""Runs uvicorn servers inside a process that has its own ideas about signals."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

STOP_SECONDS = 3.0


class ServerFailedError(RuntimeError):
    """A server ended by itself, or could not start; its own log says why."""


@contextmanager
def _no_signals() -> Iterator[None]:
    """In place of uvicorn's handlers: whoever composes the process owns its signals."""
    yield


@asynccontextmanager
async def serving(server: uvicorn.Server, listener: socket.socket) -> AsyncIterator[None]:
    """Serve on a listening socket while the block runs, then stop accepting and wind up.

    Raises:
        ServerFailedError: it did not start.
    """
    server.capture_signals = _no_signals  # type: ignore[method-assign] # its documented seam
    task = asyncio.create_task(server.serve(sockets=[listener]), name="server")
    try:
        while not server.started:
            if task.done():
                raise ServerFailedError("the server did not start") from task.exception()
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        done, _ = await asyncio.wait({task}, timeout=STOP_SECONDS)
        if not done:
            server.force_exit = True
            await asyncio.wait({task}, timeout=1)
        listener.close()
