"""Texts of documents inside of generated code."""

import re
from typing import Final

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")


def prose(text: str) -> str:
    """Return text without control characters, which no source code may hold everywhere."""
    return _CONTROLS.sub("", text)


def comment(text: str) -> str:
    """Return text for the inside of a TypeScript comment of one line."""
    return " ".join(prose(text).replace("*/", "* /").split())
