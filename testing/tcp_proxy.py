"""A TCP proxy that can do what networks do: cut, refuse, swallow."""

import asyncio
import itertools
import socket
import ssl
from contextlib import suppress
from typing import Self

PORTION = 65536
SEGMENT = 536

Address = tuple[str, int]


class Proxy:
    """Forwards connections to one of its targets, the first of them that accepts, in turn.

    A target may be given as a port on this machine.

    `buffer` in bytes makes the way so narrow that a slow reader is felt at the other end. With
    `tls` it is this end of an encrypted connection.
    """

    def __init__(
        self,
        *targets: Address | int,
        buffer: int | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.targets = [("127.0.0.1", each) if isinstance(each, int) else each for each in targets]
        self.port = 0
        self._buffer = buffer
        self._tls = tls
        self._refusing = False
        self._answer = b""
        self._open = asyncio.Event()
        self._open.set()
        self._answers = asyncio.Event()
        self._answers.set()
        self._turn = itertools.count()
        self._server: asyncio.Server | None = None
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> Address:
        return ("127.0.0.1", self.port)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and reset what is open; nothing is left running."""
        assert self._server is not None
        self._server.close()
        self.refuse()
        self._open.set()
        self._answers.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def connections(self) -> int:
        return len(self._pairs)

    def cut(self) -> int:
        """Reset all connections; new ones are accepted."""
        pairs = list(self._pairs)
        for pair in pairs:
            for writer in pair:
                writer.transport.abort()
        return len(pairs)

    def refuse(self) -> None:
        """Reset all connections, and new ones at once, until healed."""
        self._refusing = True
        self.cut()

    def answer(self, response: bytes) -> None:
        """Reset all connections, and give new ones these bytes for an answer, until healed."""
        self._answer = response
        self.cut()

    def black_hole(self) -> None:
        """Swallow everything without a word, in both directions, until healed."""
        self._open.clear()

    def swallow_answers(self) -> None:
        """Pass on what clients send, but no answer, until healed."""
        self._answers.clear()

    def heal(self) -> None:
        """Forward again. What a black hole held back is delivered late, as networks do."""
        self._refusing = False
        self._answer = b""
        self._open.set()
        self._answers.set()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        turn = next(self._turn)
        for offset in range(len(self.targets)):
            host, port = self.targets[(turn + offset) % len(self.targets)]
            end = socket.socket()
            end.setblocking(False)
            if self._buffer is not None:
                # Before connecting: the handshake tells the window, and the size of segments by
                # which the other end measures its own buffer.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._buffer)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
            try:
                await asyncio.get_running_loop().sock_connect(end, (host, port))
                return await asyncio.open_connection(sock=end, limit=self._buffer or PORTION)
            except OSError:
                end.close()
        return None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self._answer:
            with suppress(OSError):
                await reader.read(PORTION)
                writer.write(self._answer)
                await writer.drain()
            writer.close()
            return
        target = None if self._refusing else await self._connect()
        if target is None or self._refusing:
            writer.transport.abort()
            if target is not None:
                target[1].transport.abort()
            return
        if self._buffer is not None:
            writer.transport.set_write_buffer_limits(self._buffer)
            near = writer.get_extra_info("socket")
            near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._buffer)
        pair = (writer, target[1])
        self._pairs.add(pair)
        try:
            await asyncio.gather(
                self._forward(reader, target[1], self._open),
                self._forward(target[0], writer, self._answers),
            )
        finally:
            self._pairs.discard(pair)
            for end in pair:
                end.transport.abort()

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: asyncio.Event
    ) -> None:
        """Pass on what comes until the end, and then the end; a reset becomes one for both."""
        try:
            while portion := await reader.read(self._buffer or PORTION):
                await self._open.wait()
                await way.wait()
                writer.write(portion)
                await writer.drain()
            await self._open.wait()
            writer.write_eof()
        except (OSError, RuntimeError):
            with suppress(RuntimeError):
                writer.transport.abort()
