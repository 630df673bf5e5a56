"""A server on a socket of its own, in the clear or under TLS, and clients that say what they like to it."""

import asyncio
import json
import re
import socket
import ssl
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn

from backbone.http.limits import HttpLimits
from backbone.http.server import server_config

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
CLOSE = b"Connection: close\r\n\r\n"
QUICK = {"head_seconds": 0.3, "body_seconds": 0.3, "linger_seconds": 0.3}


@contextmanager
def no_signals():
    yield


async def app(scope, receive, send):
    """Answers with the length of the body."""
    size = 0
    if any(name == b"x-slow" for name, _ in scope["headers"]):
        await asyncio.sleep(1.5)
    while scope["method"] == "POST":
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


class World:
    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.port = port
        self.tls = tls

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls)

    async def talk(self, *pieces: bytes) -> list[tuple[int, dict]]:
        """Send the pieces, read until the server closes; status and problem of each answer."""
        reader, writer = await self.connect()
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            data = await reader.read()
        finally:
            writer.close()
        answers = []
        for part in re.split(rb"HTTP/1\.1 (?=\d{3} )", data)[1:]:
            head, _, body = part.partition(b"\r\n\r\n")
            problem = json.loads(body) if b"application/problem+json" in head else {}
            answers.append((int(part[:3]), problem))
        return answers


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@asynccontextmanager
async def served(tls: tuple[Path, Path] | None = None, **limits):
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    files = {} if tls is None else {"ssl_certfile": tls[0], "ssl_keyfile": tls[1]}
    config = server_config(app, HttpLimits(**limits), lifespan="off", **files)
    server = uvicorn.Server(config)
    server.capture_signals = no_signals
    task = asyncio.create_task(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0)
    try:
        yield World(listener.getsockname()[1], trusting() if tls else None)
    finally:
        server.should_exit = True
        await task
