"""The feed of a Python server under test: lines of routing key, event id and JSON over TCP."""

import asyncio
from collections.abc import Callable

Take = Callable[[str, str, bytes], None]


class Feed(asyncio.Protocol):
    """Calls `take(routing_key, event_id, body)` for each line."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        """Take all complete lines."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            key, event_id, body = line.split(b" ", 2)
            self._take(key.decode(), event_id.decode(), body)


async def listen(port: int, take: Take) -> asyncio.Server:
    """Open the feed on 127.0.0.1."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Feed(take), "127.0.0.1", port)
