"""A TCP relay between a program and its database: counts round trips, and can be cut."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self


class Wire:
    """Relays connections to a port. `turns` counts how often the client spoke after the server."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.turns = 0
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Drop all connections and refuse new ones."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, there_writer}
        spoke = {"last": "server"}

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, who: str) -> None:
            with suppress(OSError):
                while data := await source.read(65536):
                    if who == "client" and spoke["last"] == "server":
                        self.turns += 1
                    spoke["last"] = who
                    sink.write(data)
                    await sink.drain()
            sink.close()

        await asyncio.gather(
            pump(reader, there_writer, "client"), pump(there_reader, writer, "server")
        )
        self._writers -= {writer, there_writer}
