"""A client that behaves as a browser's EventSource and writes down all that it was told."""

import asyncio
import json
import random
import socket
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

CONNECT_SECONDS = 5.0
RECEIVE_BUFFER = 2048
TERMINAL = ("completed", "failed", "cancelled")
RECONNECT_SECONDS = 1.0
"""The longest wait before a reconnect, in seconds, whatever the server asks for."""


@dataclass(slots=True)
class Account:
    """What one listener was told, in order; `bodies` by id, `delays` those of `drain` frames in ms."""

    ids: list[str] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)
    first_position: str | None = None
    connects: int = 0
    gaps: list[tuple[int, int]] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    drains: int = 0
    delays: list[int] = field(default_factory=list)
    clean_ends: int = 0
    ended: bool = False
    endings: int = 0

    def take(self, event_id: str, body: str) -> None:
        self.endings += any(f'"status":"{status}"' in body for status in TERMINAL)
        self.ids.append(event_id)
        self.bodies[event_id] = body

    def was_told_of(self, event_id: str) -> bool:
        """Return whether a `reset` or `lagged` frame told that this event was left out."""
        return any(first <= position(event_id) <= last for first, last in self.gaps)


def position(event_id: str) -> int:
    return int(event_id.rpartition(".")[2])


class Listener:
    """Follows a team or a job through one address; reconnects by `Last-Event-ID` for ever.

    `read_delay` in seconds lies between two readings of a slow one, which also has little room in
    its socket. `silence_seconds` without a byte, not even a comment, end a connection.
    """

    def __init__(
        self,
        address: tuple[str, int],
        token: str,
        *,
        name: str = "",
        job_id: int | None = None,
        cursor: str | None = None,
        silence_seconds: float,
        read_delay: float = 0.0,
    ) -> None:
        self.account = Account(first_position=cursor)
        self.name = name
        self.job_id = job_id
        self._address = address
        self._token = token
        self._cursor = cursor
        self._silence = silence_seconds
        self._delay = read_delay
        self._retry = 0.1

    @property
    def cursor(self) -> str | None:
        return self._cursor

    def read_fast(self) -> None:
        """Read without pauses from now on."""
        self._delay = 0.0

    async def run(self) -> None:
        """Listen until cancelled, or until the server says not to come back."""
        while not self.account.ended:
            writer: asyncio.StreamWriter | None = None
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    reader, writer = await self._connect()
                    status = await self._handshake(reader, writer)
                if status == 200:
                    self.account.connects += 1
                    await self._read(reader)
                elif status == 204:
                    self.account.ended = True
                else:
                    # A browser would give up here, so the verdict counts it.
                    self.account.refused[status] += 1
            except (OSError, TimeoutError, EOFError, ValueError):
                pass
            finally:
                if writer is not None:
                    writer.transport.abort()
            if not self.account.ended:
                await asyncio.sleep(self._retry * random.uniform(0.5, 1.5))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        end = socket.socket()
        end.setblocking(False)
        if self._delay:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        try:
            await asyncio.get_running_loop().sock_connect(end, self._address)
            limit = RECEIVE_BUFFER if self._delay else 65536
            return await asyncio.open_connection(sock=end, limit=limit)
        except BaseException:
            end.close()
            raise

    async def _handshake(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        query = f"?job_id={self.job_id}" if self.job_id is not None else ""
        lines = [
            f"GET /api/v1/events{query} HTTP/1.1",
            "Host: chaos",
            "Accept: text/event-stream",
            f"Authorization: Bearer {self._token}",
        ]
        if self._cursor:
            lines.append(f"Last-Event-ID: {self._cursor}")
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = await reader.readuntil(b"\r\n\r\n")
        return int(head.split(b" ", 2)[1])

    async def _read(self, reader: asyncio.StreamReader) -> None:
        rest = b""
        while not self.account.ended:
            async with asyncio.timeout(self._silence):
                size = int(await reader.readuntil(b"\r\n"), 16)
                portion = await reader.readexactly(size + 2)
            if size == 0:
                self.account.clean_ends += 1
                return
            *blocks, rest = (rest + portion[:-2]).split(b"\n\n")
            for block in blocks:
                self._take(block)
            if self._delay:
                await asyncio.sleep(self._delay)

    def _take(self, block: bytes) -> None:
        fields: dict[str, str] = {}
        for line in block.decode().split("\n"):
            name, _, value = line.partition(":")
            if name:
                fields[name] = value.removeprefix(" ")
        if "retry" in fields:
            self._retry = min(int(fields["retry"]) / 1000, RECONNECT_SECONDS)
        if "data" not in fields:
            return
        event = fields.get("event", "message")
        if event == "drain":
            self.account.delays.append(int(fields["retry"]))
        if event == "message" and "id" in fields:
            self._cursor = fields["id"]
            self.account.take(fields["id"], fields["data"])
        else:
            self._control(event, json.loads(fields["data"]))

    def _control(self, event: str, data: dict[str, Any]) -> None:
        if event == "sync":
            if self.account.first_position is None:
                self.account.first_position = data["to"]
            if self._cursor is None:
                # Nothing was heard yet: a reconnect shall go on from where this stream began.
                self._cursor = data["to"]
        elif event == "reset":
            self._leave_out(0, data["snapshot"]["last_event_id"])
        elif event == "lagged":
            self._leave_out(position(data["from"]), data["to"])
        elif event == "drain":
            self.account.drains += 1
        elif event == "end":
            self.account.ended = True

    def _leave_out(self, after: int, to: str) -> None:
        self.account.gaps.append((after + 1, position(to)))
        self._cursor = to


async def stop_all(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel listeners and wait for them; raises what one of them ended with."""
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
