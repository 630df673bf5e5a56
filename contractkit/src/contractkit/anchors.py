"""Schemas that are referred to by an anchor instead of a place (JSON Schema 2020-12, 8.2.2)."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from contractkit.keywords import ANCHORS
from contractkit.location import escape
from contractkit.source import Source


def anchors_of(source: Source) -> Mapping[str, list[str]]:
    """Return the pointers of the schemas of a file by their anchors."""
    found: dict[str, list[str]] = defaultdict(list)
    pending: list[tuple[str, Any]] = [("", source.value)]
    while pending:
        pointer, value = pending.pop()
        if isinstance(value, dict):
            named = {value[keyword] for keyword in ANCHORS if isinstance(value.get(keyword), str)}
            identifier = value.get("$id")
            if isinstance(identifier, str) and identifier.startswith("#"):  # draft 7
                named.add(identifier[1:])
            for anchor in named:
                found[anchor].append(pointer)
            pending += [(f"{pointer}/{escape(str(key))}", item) for key, item in value.items()]
        elif isinstance(value, list):
            pending += [(f"{pointer}/{index}", item) for index, item in enumerate(value)]
    return found
