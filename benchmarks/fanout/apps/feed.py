"""The feed of a Python server under test: a line per event over TCP, of the server's own shape."""

import asyncio
from collections.abc import Callable

Take = Callable[[bytes], None]


class Feed(asyncio.Protocol):
    """Calls `take` with each line."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        """Take all complete lines."""
        if self._rest:
            data = self._rest + data
        lines = data.split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._take(line)


async def listen(port: int, take: Take) -> asyncio.Server:
    """Open the feed on 127.0.0.1."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Feed(take), "127.0.0.1", port)
