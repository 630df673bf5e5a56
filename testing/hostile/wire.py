"""Sends bytes to an origin and reads the first answer, whatever it is."""

import asyncio
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from testing.hostile.case import Case

ANSWER_SECONDS = 45.0
"""Above every deadline of the server, so that a hang is a hang."""
MOST = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: the connection was closed without an answer; -1: nothing came in time."""

    status: int
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Wire:
    """Connections to one origin."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self.https = parts.scheme == "https"
        self.host = parts.hostname or "127.0.0.1"
        self.port = parts.port or (443 if self.https else 80)

    @property
    def authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    async def send(self, case: Case) -> Answer:
        context = ssl.create_default_context() if self.https else None
        reader, writer = await asyncio.open_connection(self.host, self.port, ssl=context)
        reading = asyncio.create_task(self._read(reader, case.method))
        try:
            for piece in case.pieces:
                if reading.done():
                    break
                writer.write(piece.replace(b"Host: HOST", b"Host: " + self.authority.encode()))
                await writer.drain()
                await asyncio.sleep(0)
            if case.half_close and writer.can_write_eof():
                writer.write_eof()
            async with asyncio.timeout(ANSWER_SECONDS):
                return await reading
        except TimeoutError:
            return Answer(-1)
        except OSError:
            # Cut while we wrote: what it said before counts.
            return await reading
        finally:
            reading.cancel()
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, method: str) -> Answer:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            return Answer(0)
        status_line, *lines = head.decode("latin-1").split("\r\n")
        fields = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines if line)
        }
        status = int(status_line.split(" ")[1])
        if "text/event-stream" in fields.get("content-type", ""):
            return Answer(status, fields)
        body = b"" if method == "HEAD" else await self._body(reader, fields)
        return Answer(status, fields, body)

    async def _body(self, reader: asyncio.StreamReader, fields: dict[str, str]) -> bytes:
        try:
            if "content-length" in fields:
                return await reader.readexactly(int(fields["content-length"]))
            return await reader.read(MOST)
        except (asyncio.IncompleteReadError, OSError):
            return b""
