"""One hostile request: the bytes, and which answers are right."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

REFUSED = frozenset(range(400, 500))
"""Any refusal that is the caller's fault."""
SAFE = frozenset(range(200, 300)) | REFUSED
"""Served or refused; what counts is that nothing breaks."""
MALFORMED = frozenset({400})
NO_ANSWER = frozenset({0})
"""The connection is closed without an answer."""


@dataclass(frozen=True, slots=True)
class Case:
    """`pieces` are sent one after the other; `half_close` ends our side behind them."""

    name: str
    pieces: tuple[bytes, ...]
    allowed: Collection[int]
    half_close: bool = False

    @property
    def method(self) -> str:
        return self.pieces[0].split(b" ", 1)[0].decode("latin-1") if self.pieces else ""


def request(
    method: str,
    target: str | bytes,
    fields: Mapping[str, str | bytes] | None = None,
    body: bytes = b"",
    *,
    host: str = "HOST",
) -> bytes:
    """Write a request as it is asked for, right or wrong; it asks for the connection's end."""
    target = target if isinstance(target, bytes) else target.encode()
    lines = [method.encode() + b" " + target + b" HTTP/1.1", b"Host: " + host.encode()]
    given = {"Connection": "close", **(fields or {})}
    if body and "Content-Length" not in given and "Transfer-Encoding" not in given:
        given["Content-Length"] = str(len(body))
    for name, value in given.items():
        text = value if isinstance(value, bytes) else value.encode("latin-1")
        lines.append(name.encode("latin-1") + b": " + text)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
