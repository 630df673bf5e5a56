"""One open stream at one gateway, and the moment at which its client learns of the end."""

import asyncio
import json
import time
from urllib.parse import urlsplit


class Listener:
    """A connection that listens; `cause` and `ended` are set by the end."""

    def __init__(self, base_url: str, token: str) -> None:
        self._url = urlsplit(base_url)
        self._token = token
        self.cause = ""
        self.ended = 0.0

    async def status(self) -> int:
        """Return what a request with the credential is answered now."""
        reader, writer = await self._ask()
        try:
            return int((await reader.readline()).split()[1])
        finally:
            writer.close()

    async def listen(self, ready: asyncio.Event) -> None:
        reader, writer = await self._ask()
        told = b""
        try:
            while part := await reader.read(65536):
                told += part
                if b"event: sync" in told:
                    ready.set()
                if b"event: drain" in told and told.endswith(b"0\r\n\r\n"):
                    break
            self.ended = time.perf_counter()
            data = told.rpartition(b"data: ")[2].split(b"\n")[0]
            self.cause = json.loads(data).get("cause", "") if data else ""
        finally:
            writer.close()

    async def _ask(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(self._url.hostname, self._url.port)
        writer.write(
            b"GET /api/v1/events HTTP/1.1\r\nHost: gateway\r\n"
            b"Authorization: Bearer " + self._token.encode() + b"\r\n\r\n"
        )
        return reader, writer
