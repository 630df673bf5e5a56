"""Opens a connection to an AMQP broker, then passes on what it is fed: frames made before the run.

So the load generator can publish through RabbitMQ at a cost close to nothing. No confirms: what is
measured is how fast the other end takes messages.
"""

import asyncio
import socket
import sys
from urllib.parse import unquote, urlsplit

from pamqp import commands, frame
from pamqp.header import ProtocolHeader

CHANNEL = 1


def _expect(connection: socket.socket, kept: bytearray, name: str) -> None:
    """Read frames until the wanted method comes."""
    while True:
        consumed = 0
        if kept:
            try:
                consumed, _, method = frame.unmarshal(bytes(kept))
            except Exception:  # noqa: BLE001 - incomplete; what is broken ends with the connection
                consumed = 0
        if consumed:
            del kept[:consumed]
            if method.name == name:
                return
            if isinstance(method, commands.Connection.Close | commands.Channel.Close):
                raise SystemExit(f"the broker closed: {method.reply_text}")
            continue
        piece = connection.recv(65536)
        if not piece:
            raise SystemExit("the broker closed the connection")
        kept += piece


def connect(url: str) -> socket.socket:
    """Shake hands and open channel 1."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5672))
    kept = bytearray()
    user, password = unquote(parts.username or "guest"), unquote(parts.password or "guest")
    vhost = unquote(parts.path[1:]) or "/"
    connection.sendall(ProtocolHeader().marshal())
    _expect(connection, kept, "Connection.Start")
    start = commands.Connection.StartOk({}, "PLAIN", f"\0{user}\0{password}")
    connection.sendall(frame.marshal(start, 0))
    _expect(connection, kept, "Connection.Tune")
    connection.sendall(frame.marshal(commands.Connection.TuneOk(2047, 131072, 0), 0))
    connection.sendall(frame.marshal(commands.Connection.Open(vhost), 0))
    _expect(connection, kept, "Connection.OpenOk")
    connection.sendall(frame.marshal(commands.Channel.Open(), CHANNEL))
    _expect(connection, kept, "Channel.OpenOk")
    return connection


async def pipe(port: int, url: str) -> None:
    """Pass on what comes in on a port of 127.0.0.1, one feed at a time."""
    broker = connect(url)
    broker.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=broker)

    async def serve(feed: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while piece := await feed.read(1 << 18):
            writer.write(piece)
            await writer.drain()

    async with await asyncio.start_server(serve, "127.0.0.1", port):
        await reader.read()
    raise SystemExit("the broker closed the connection")


if __name__ == "__main__":
    asyncio.run(pipe(int(sys.argv[1]), sys.argv[2]))
