"""One connection with one request, byte by byte: what ordinary clients hide.

Non-blocking; h11 parses the response, so a body that is cut differs from one that ends.
"""

import contextlib
import socket
import ssl
import struct
import zlib
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import h11

from sse_conformance.errors import CaseFailed

PORTION = 65_536
Ended = Literal["", "whole", "cut"]


@dataclass(slots=True)
class Head:
    """An answer's status and header fields, names in lower case."""

    status: int
    fields: list[tuple[str, str]] = field(default_factory=list)
    version: str = "1.1"

    def get(self, name: str) -> str | None:
        """Return a field's values joined as RFC 9110, 5.2 says, or None."""
        values = [value for key, value in self.fields if key == name]
        return ", ".join(values) if values else None


class Connection:
    """A request that was sent; `advance` reads what has arrived of the response.

    `receive_buffer`: of the kernel, in bytes; small, so that it is soon full.
    """

    def __init__(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        *,
        receive_buffer: int = 0,
        http10: bool = False,
        connect_timeout: float = 30.0,
    ) -> None:
        parts = urlsplit(url)
        self.target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.head: Head | None = None
        self.ended: Ended = ""
        self._client = h11.Connection(h11.CLIENT, max_incomplete_event_size=1_048_576)
        self._decoder: zlib._Decompress | None = None
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        self.socket = _connect(host, port, receive_buffer, connect_timeout)
        if parts.scheme == "https":
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket, server_hostname=host)
        fields = {"Host": parts.netloc.rpartition("@")[2], **headers}
        request = h11.Request(
            method=method,
            target=self.target,
            headers=[(name.encode(), value.encode("latin-1")) for name, value in fields.items()],
        )
        sent = self._client.send(request) + self._client.send(h11.EndOfMessage())
        if http10:
            sent = sent.replace(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", 1)
        self.socket.sendall(sent)
        self.socket.setblocking(False)

    def advance(self, limit: int = PORTION) -> bytes:
        """Read at most `limit` bytes off the socket and give what they hold of the body."""
        if self.ended:
            return b""
        try:
            came = self.socket.recv(limit)
        except (BlockingIOError, ssl.SSLWantReadError):
            return b""
        except OSError:
            self._end("cut")
            return b""
        body = b""
        try:
            self._client.receive_data(came)
            body = self._events()
        except h11.RemoteProtocolError:
            self._end("cut")
        return self._decoded(body)

    def _events(self) -> bytes:
        body = bytearray()
        while not self.ended:
            event = self._client.next_event()
            if isinstance(event, h11.Response):
                fields = [
                    (key.decode().lower(), value.decode("latin-1")) for key, value in event.headers
                ]
                self.head = Head(event.status_code, fields, event.http_version.decode())
                self._choose_decoder()
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
                self._end("whole" if isinstance(event, h11.EndOfMessage) else "cut")
            elif event in {h11.NEED_DATA, h11.PAUSED}:
                break
        return bytes(body)

    def _choose_decoder(self) -> None:
        coding = (self.head.get("content-encoding") if self.head else None) or "identity"
        if coding in {"gzip", "deflate"}:
            self._decoder = zlib.decompressobj(wbits=47)
        elif coding != "identity":
            raise CaseFailed(f"the content coding {coding!r} was not asked for")

    def _decoded(self, body: bytes) -> bytes:
        return self._decoder.decompress(body) if self._decoder and body else body

    def _end(self, how: Ended) -> None:
        self.ended = how
        self.close()

    def shut_sending(self) -> None:
        """Half-close the connection: send nothing more, and go on reading."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Reset the connection, as a crashed client's kernel does."""
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """Close it; may be called again."""
        self.socket.close()


def _connect(host: str, port: int, receive_buffer: int, timeout: float) -> socket.socket:
    reason: OSError | None = None
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        made = socket.socket(family, kind, protocol)
        if receive_buffer:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        made.settimeout(timeout)
        try:
            made.connect(address)
        except OSError as error:
            made.close()
            reason = error
            continue
        return made
    raise CaseFailed(f"nobody accepts a connection at {host}:{port}: {reason}")
