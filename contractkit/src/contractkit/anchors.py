"""Schemas that are referred to by an anchor instead of a place (JSON Schema 2020-12, 8.2.2)."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from contractkit.errors import UnsupportedError
from contractkit.location import Location

if TYPE_CHECKING:
    from contractkit.documents import Documents, Node

_KEYWORDS = ("$anchor", "$dynamicAnchor")


def anchored(documents: "Documents", file: str, anchor: str, origin: Location) -> "Node":
    """Return the schema of a file that has an anchor. Raises UnsupportedError unless it is one."""
    found = list(_having(documents, file, anchor))
    if len(found) == 1:
        return found[0]
    raise UnsupportedError(
        origin,
        f"The reference {anchor!r} names an anchor of {len(found)} schemas in {file}.",
        "Point to the place with a JSON pointer (`#/…`).",
    )


def _having(documents: "Documents", file: str, anchor: str) -> Iterator["Node"]:
    for pointer in documents.source(file).positions:
        place, _, keyword = pointer.rpartition("/")
        if keyword in _KEYWORDS:
            with contextlib.suppress(KeyError):
                node = documents.at(file, place)
                if node.text(keyword) == anchor:
                    yield node
