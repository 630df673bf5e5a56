"""Schemas that are referred to by an anchor instead of a place (JSON Schema 2020-12, 8.2.2)."""

from typing import Any

from contractkit.location import escape
from contractkit.source import Source

_KEYWORDS = ("$anchor", "$dynamicAnchor")


def anchored(source: Source, anchor: str) -> list[str]:
    """Return the pointers of all schemas of a file that have an anchor."""
    found = []
    pending: list[tuple[str, Any]] = [("", source.value)]
    while pending:
        pointer, value = pending.pop()
        if isinstance(value, dict):
            if anchor in (value.get(keyword) for keyword in _KEYWORDS):
                found.append(pointer)
            pending += [(f"{pointer}/{escape(str(key))}", item) for key, item in value.items()]
        elif isinstance(value, list):
            pending += [(f"{pointer}/{index}", item) for index, item in enumerate(value)]
    return found
