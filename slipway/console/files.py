"""The console's files, read once at start: each with its headers, and compressed when asked for."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from slipway.console.policy import policy_of

OUT = Path(__file__).parents[2] / "web" / "out"
"""Where `make web` builds to; the built files are in the repository, so that nobody needs Node."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_COMPRESSED = (".png", ".woff2")
_HASHED = ("/_next/static/chunks/", "/_next/static/media/")
"""Where a file's name is a hash of what is in it; elsewhere a build may change what it holds."""

_FOR_EVER = "public, max-age=31536000, immutable"
_REVALIDATED = "no-cache"


class ConsoleFile:
    """One file: its bytes, plain and by gzip, and what is said of them.

    A page has the policy that is given, else that of the console.
    """

    def __init__(self, address: str, content: bytes, policy: str | None = None) -> None:
        self.content = content
        self._suffix = Path(address).suffix
        self._digest = hashlib.sha256(content).hexdigest()[:32]
        self._headers = {
            "Content-Type": _TYPES.get(self._suffix, "application/octet-stream"),
            "Cache-Control": _FOR_EVER if address.startswith(_HASHED) else _REVALIDATED,
            "Vary": "Accept-Encoding",
        }
        if self._suffix == ".html":
            self._headers |= {
                "Content-Security-Policy": policy or policy_of(content.decode()),
                "Cross-Origin-Opener-Policy": "same-origin",
                "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
            }

    @cached_property
    def compressed(self) -> bytes | None:
        """The bytes by gzip (RFC 1952), without a time in them; None when that saves nothing."""
        if self._suffix in _COMPRESSED:
            return None
        packed = gzip.compress(self.content, 6, mtime=0)
        return packed if len(packed) < len(self.content) else None

    def represent(self, *, accepts_gzip: bool) -> tuple[bytes, Mapping[str, str]]:
        """Return the bytes to send and their headers; each encoding has its own ETag."""
        packed = self.compressed if accepts_gzip else None
        if packed is None:
            return self.content, self._headers | {"ETag": f'"{self._digest}"'}
        more = {"ETag": f'"{self._digest}-gzip"', "Content-Encoding": "gzip"}
        return packed, self._headers | more


class ConsoleFiles:
    """All files of an export, by the address under which a browser asks for them."""

    def __init__(self, folder: Path) -> None:
        self._files = {address: ConsoleFile(address, read) for address, read in _read(folder)}
        self.not_found = self._files.get("/404.html")

    def __bool__(self) -> bool:
        """Return whether there is a console at all."""
        return "/index.html" in self._files

    def find(self, path: str) -> ConsoleFile | None:
        """Return the file of a path: as it stands, or the page of that name."""
        if path == "/":
            return self._files.get("/index.html")
        return self._files.get(path) or self._files.get(f"{path}.html")


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"/{path.relative_to(folder).as_posix()}", path.read_bytes()
