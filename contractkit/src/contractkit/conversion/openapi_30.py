"""Converts OpenAPI 3.0 to 3.1: finds every schema of a document by the objects that contain it.

Schemas in other files are found by references. A file that an OpenAPI 3.0
document refers to is therefore read as 3.0, whoever else refers to it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import unquote

from contractkit.conversion.schema_30 import upgrade_schema
from contractkit.location import escape, unescape
from contractkit.source import Loader, Source

VERSION = "3.1.1"
"""The `openapi` version of a converted document."""

_FORMAT_30 = re.compile(r"application/vnd\.oai\.openapi(\+\w+)?; *version=[\"']?3\.0")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_ONE, _LIST, _MAP = "one", "list", "map"
_Members: TypeAlias = Mapping[str, tuple[str, str]]

_SCHEMA: _Members = {
    **dict.fromkeys(("items", "not", "additionalProperties"), (_ONE, "schema")),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), (_LIST, "schema")),
    "properties": (_MAP, "schema"),
}
_PARAMETER: _Members = {"schema": (_ONE, "schema"), "content": (_MAP, "media")}

_OBJECTS: Mapping[str, _Members] = {
    "document": {"paths": (_MAP, "path"), "components": (_ONE, "components")},
    "components": {
        "schemas": (_MAP, "schema"),
        "responses": (_MAP, "response"),
        "parameters": (_MAP, "parameter"),
        "requestBodies": (_MAP, "body"),
        "headers": (_MAP, "parameter"),
        "callbacks": (_MAP, "callback"),
    },
    "path": {
        **dict.fromkeys(_METHODS, (_ONE, "operation")),
        "parameters": (_LIST, "parameter"),
    },
    "operation": {
        "parameters": (_LIST, "parameter"),
        "requestBody": (_ONE, "body"),
        "responses": (_MAP, "response"),
        "callbacks": (_MAP, "callback"),
    },
    "parameter": _PARAMETER,
    "body": {"content": (_MAP, "media")},
    "response": {"content": (_MAP, "media"), "headers": (_MAP, "parameter")},
    "media": {"schema": (_ONE, "schema"), "encoding": (_MAP, "encoding")},
    "encoding": {"headers": (_MAP, "parameter")},
    "schema": _SCHEMA,
}
"""Per object of OpenAPI 3.0, the members that lead to schemas, and the type of their value."""


def upgrade_openapi_30(source: Source, load: Loader) -> None:
    """Convert a document to OpenAPI 3.1 in place, with the parts it refers to in other files."""
    source.value["openapi"] = VERSION
    walk = _Walk(load)
    walk.visit(_TypedPlace(source, "", "document"))


def upgrade_formats(source: Source, load: Loader) -> None:
    """Convert the schemas of an AsyncAPI file that say to be OpenAPI's (Multi Format Schemas)."""
    walk = _Walk(load)
    pending: list[tuple[str, Any]] = [("", source.value)]
    while pending:
        pointer, value = pending.pop()
        if isinstance(value, dict):
            if _FORMAT_30.match(str(value.get("schemaFormat"))) and "schema" in value:
                walk.visit(_TypedPlace(source, f"{pointer}/schema", "schema"))
            pending += [(f"{pointer}/{escape(str(key))}", child) for key, child in value.items()]
        elif isinstance(value, list):
            pending += [(f"{pointer}/{index}", child) for index, child in enumerate(value)]


@dataclass(frozen=True, slots=True)
class _TypedPlace:
    """The place of an object, and which object of OpenAPI it is."""

    source: Source
    pointer: str
    kind: str

    @property
    def value(self) -> Any:
        value: Any = self.source.value
        for token in self.pointer.split("/")[1:]:
            key = unescape(token)
            if isinstance(value, dict):
                value = value.get(key)
            elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
                value = value[int(key)]
            else:
                return None
        return value


@dataclass(slots=True)
class _Walk:
    load: Loader
    seen: set[tuple[str, str, str]] = field(default_factory=set)

    def visit(self, start: _TypedPlace) -> None:
        """Convert every schema that can be reached from a place, each once."""
        pending = [(start, start.value)]
        while pending:
            place, value = pending.pop()
            key = (place.source.file, place.pointer, place.kind)
            if key in self.seen or not isinstance(value, dict):
                continue
            self.seen.add(key)
            if isinstance(value.get("$ref"), str):
                target = self._target(place, value["$ref"])
                if target is not None:
                    pending.append((target, target.value))
            else:
                pending.extend(_members(place, value))
            if place.kind == "schema":
                upgrade_schema(value, place.pointer, place.source.aliases)

    def _target(self, place: _TypedPlace, reference: str) -> _TypedPlace | None:
        path, _, fragment = reference.partition("#")
        pointer = unquote(fragment)
        if "://" in path or path.startswith("//") or (pointer and not pointer.startswith("/")):
            return None
        source = self.load(place.source.file, unquote(path)) if path else place.source
        return None if source is None else _TypedPlace(source, pointer, place.kind)


def _members(place: _TypedPlace, value: dict[str, Any]) -> Iterator[tuple[_TypedPlace, Any]]:
    if place.kind == "callback":
        yield from _items(place, value, place.pointer, "path")
        return
    for key, (shape, kind) in _OBJECTS[place.kind].items():
        member = value.get(key)
        pointer = f"{place.pointer}/{key}"
        if shape == _ONE:
            yield _TypedPlace(place.source, pointer, kind), member
        elif isinstance(member, dict) and shape == _MAP:
            yield from _items(place, member, pointer, kind)
        elif isinstance(member, list) and shape == _LIST:
            for index, item in enumerate(member):
                yield _TypedPlace(place.source, f"{pointer}/{index}", kind), item


def _items(
    place: _TypedPlace, members: dict[str, Any], pointer: str, kind: str
) -> Iterator[tuple[_TypedPlace, Any]]:
    for key, item in members.items():
        yield _TypedPlace(place.source, f"{pointer}/{escape(key)}", kind), item
