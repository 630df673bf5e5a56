"""What a finding is about: a name that stays the same when lines move or files are renamed.

A place is named by the component, operation, channel or server that it belongs to, and by the
JSON pointer within it. Path parameters are named by their position, other parameters by `in` and
`name` instead of by their index.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from contractkit.documents import Documents
from contractkit.location import Location, escape, unescape
from contractkit.paths import positional
from contractkit.reader.openapi import METHODS, OTHERS

_LIBRARIES = frozenset({"$defs", "definitions", "schemas"})
_GROUPS = {"channels": "channel", "operations": "operation", "servers": "server"}
_DOCUMENT = frozenset({"openapi", "asyncapi"})


@dataclass(frozen=True, slots=True)
class Anchor:
    """An owner, such as `JobStatus` or `POST /orders`, and the JSON pointer within it.

    `schema` says that the owner is a named schema, for which code has a type.
    """

    owner: str = ""
    pointer: str = ""
    schema: bool = False

    def __str__(self) -> str:
        return f"{self.owner}{'#' if self.pointer else ''}{self.pointer}"

    def within(self, file: str) -> "Anchor":
        """Return the anchor with the file's name, where the owner's name alone is ambiguous."""
        return replace(self, owner=f"{file} {self.owner}".strip())


def anchor(documents: Documents, location: Location) -> Anchor:
    """Return the anchor of a place in the documents of a revision."""
    root = documents.source(location.file).value
    keys = [unescape(token) for token in location.pointer.split("/")[1:]]
    if isinstance(root, dict) and _DOCUMENT & root.keys():
        owner, depth, schema = _of_document(keys)
    else:
        owner, depth, schema = _of_part(root, keys, location.file)
    below = _named(documents, location, keys, depth)
    return Anchor(owner, "".join(f"/{escape(key)}" for key in below), schema)


def _of_document(keys: Sequence[str]) -> tuple[str, int, bool]:
    """Return a pointer's owner, how many keys name it, and whether it is a schema."""
    owner: tuple[str, int, bool] = ("", 0, False)
    match keys:
        case ["components", "schemas", name, *_]:
            owner = name, 3, True
        case ["components", kind, name, *_]:
            owner = f"{kind} {name}", 3, False
        case ["paths", path, method, *_] if method in METHODS:
            owner = f"{method.upper()} {positional(path)}", 3, False
        case ["paths", path, other, method, *_] if other == OTHERS:
            owner = f"{method.upper()} {positional(path)}", 4, False
        case ["paths", path, *_]:
            owner = positional(path), 2, False
        case ["webhooks", name, method, *_] if method in METHODS:
            owner = f"webhook {method.upper()} {name}", 3, False
        case [group, name, *_] if group in _GROUPS:
            owner = f"{_GROUPS[group]} {name}", 2, False
    return owner


def _of_part(root: Any, keys: Sequence[str], file: str) -> tuple[str, int, bool]:
    """Return the same for a referenced file: a library of components, or a single one."""
    if len(keys) > 1 and keys[0] in _LIBRARIES:
        return keys[1], 2, True
    if len(keys) > 2 and keys[0] == "components":  # noqa: PLR2004 (kind and name)
        return _of_document(keys)
    single = isinstance(root, bool) or (isinstance(root, dict) and _is_part(root))
    if keys and not single:
        return keys[0], 1, True
    return file, 0, True


def _is_part(root: dict[str, Any]) -> bool:
    """Return whether a file is a single schema, path item, message or the like."""
    words = {"type", "properties", "allOf", "anyOf", "oneOf", "enum", "const", "$ref", "items"}
    others = {"payload", "content", "in", "address", "not", "pattern", "format", *METHODS}
    return bool((words | others) & root.keys())


def _named(documents: Documents, location: Location, keys: list[str], depth: int) -> list[str]:
    """Return the keys below the owner, with parameters by `in` and `name` instead of by index."""
    below = list(keys[depth:])
    for index in range(depth, len(keys)):
        if keys[index - 1] == "parameters" and keys[index].isdecimal() and index:
            pointer = "".join(f"/{escape(key)}" for key in keys[: index + 1])
            value = documents.follow(documents.at(location.file, pointer)).value
            if isinstance(value, dict) and "name" in value and "in" in value:
                below[index - depth] = f"{value['in']} {value['name']}"
    return below
