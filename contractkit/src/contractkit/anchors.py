"""Schemas that are referred to by an anchor instead of a place (JSON Schema 2020-12, 8.2.2)."""

from typing import Any

from contractkit.keywords import ANCHORS
from contractkit.location import escape
from contractkit.source import Source


def anchored(source: Source, anchor: str) -> list[str]:
    """Return the pointers of all schemas of a file that have an anchor."""
    found = []
    pending: list[tuple[str, Any]] = [("", source.value)]
    while pending:
        pointer, value = pending.pop()
        if isinstance(value, dict):
            named = [value.get(keyword) for keyword in ANCHORS]
            if anchor in named or value.get("$id") == f"#{anchor}":  # the latter in draft 7
                found.append(pointer)
            pending += [(f"{pointer}/{escape(str(key))}", item) for key, item in value.items()]
        elif isinstance(value, list):
            pending += [(f"{pointer}/{index}", item) for index, item in enumerate(value)]
    return found
