"""Where something stands in a contract: file, line, column and JSON pointer."""

import re
from dataclasses import dataclass, replace

_REWRITTEN = "rewritten: "
_STEP = re.compile(rf"/{_REWRITTEN}[^/]*")


def escape(token: str) -> str:
    """Return one reference token of a JSON pointer (RFC 6901) for a plain key."""
    return token.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """Return the plain key for one reference token of a JSON pointer (RFC 6901)."""
    return token.replace("~1", "/").replace("~0", "~")


def rewritten_key(how: str) -> str:
    """Return a key for what a comparison makes of a value, which then has a place of its own."""
    return f"{_REWRITTEN}{how}"


def as_written(pointer: str) -> str:
    """Return the pointer in the file of something that a comparison may have rewritten."""
    return _STEP.sub("", pointer) if _REWRITTEN in pointer else pointer


def path_of(pointer: str) -> tuple[str, ...]:
    """Return the keys of a JSON pointer."""
    return tuple(unescape(token) for token in pointer.split("/")[1:])


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file. `file` is relative to the tree's root, lines and columns count from 1."""

    file: str
    line: int
    column: int
    pointer: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def rewritten(self, how: str) -> "Location":
        """Return a place of its own for what a comparison makes of the value here."""
        return replace(self, pointer=f"{self.pointer}/{escape(rewritten_key(how))}")

    @property
    def reference(self) -> str:
        """The place as an absolute reference within the tree, `file#pointer`."""
        return f"{self.file}#{self.pointer}"
