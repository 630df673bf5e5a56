"""The headers of answers in the TypeScript client: as texts, or as the types of their schemas."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.typescript_parameters import inlined
from contractkit.model.http import Header, Response
from contractkit.naming import pascal
from contractkit.typescript_names import camel, unique_fields


@dataclass(frozen=True, slots=True)
class _Read:
    """A type, the function that reads it from a text, and its word in a name; none for texts."""

    type: str
    function: str
    word: str


_TEXT: Final = _Read("string", "asText", "")
_SCALARS: Final[Mapping[Any, _Read]] = {
    "integer": _Read("number", "asInteger", "Integer"),
    "number": _Read("number", "asNumber", "Number"),
    "boolean": _Read("boolean", "asBoolean", "Boolean"),
}


@dataclass(frozen=True, slots=True)
class HeaderView:
    """A header of an answer: its name on the wire, its field, and what reads it."""

    wire: str
    name: str
    required: bool
    read: _Read = _TEXT

    @property
    def type(self) -> str:
        """The type of the field."""
        return self.read.type if self.required else f"{self.read.type} | undefined"

    @property
    def typed(self) -> bool:
        """Whether it is more than a text."""
        return self.read != _TEXT

    @property
    def expression(self) -> str:
        """The value of the field, of an answer's `headers`."""
        wire = json.dumps(self.wire, ensure_ascii=False)
        if not self.typed:
            missing = '""' if self.required else "undefined"
            return f"headers.get({wire}) ?? {missing}"
        needed = ", true" if self.required else ""
        return f"header(headers, {wire}, {self.read.function}{needed})"

    @property
    def word(self) -> str:
        """Its part of the name of a function that reads several."""
        return f"{pascal(self.name)}{self.read.word}{'' if self.required else 'IfAny'}"


def header_views(
    answers: Sequence[Response], modules: SchemaModules, int64: str, *, typed: bool
) -> list[HeaderView]:
    """Return the headers of answers; a typed one is required if each answer requires it."""
    found: dict[str, list[Header]] = {}
    for header in (header for answer in answers for header in answer.headers):
        if header.name.lower() != "set-cookie":
            found.setdefault(header.name, []).append(header)
    fields = unique_fields((name, camel(name), same[-1].required) for name, same in found.items())
    if not typed:
        return [HeaderView(*field) for field in fields]
    views: list[HeaderView] = []
    for name, field, _ in fields:
        same = found[name]
        reads = {_read_of(header, modules, int64) for header in same}
        required = len(same) == len(answers) and all(header.required for header in same)
        views.append(HeaderView(name, field, required, reads.pop() if len(reads) == 1 else _TEXT))
    return views


def _read_of(header: Header, modules: SchemaModules, int64: str) -> _Read:
    if header.schema is None:
        return _TEXT
    return _read(inlined(modules.resolve(header.schema), modules), int64)


def _read(schema: Mapping[str, Any], int64: str) -> _Read:
    """Return what reads a text of a schema; where nothing else is said, it stays a text."""
    kind = schema.get("type")
    if isinstance(kind, list):
        return _TEXT
    if kind == "integer" and schema.get("format") == "int64" and int64 != "number":
        return _Read(int64, "asInt64", "Int64")
    if kind == "array":
        item = _read(schema.get("items", {}), int64)
        if item.type.startswith("Array<"):
            return _TEXT
        return _Read(f"Array<{item.type}>", f"asList({item.function})", f"{item.word}List")
    parts = schema.get("allOf", ())
    if kind is None and len(parts) == 1:
        return _read(parts[0], int64)
    return _SCALARS.get(kind, _TEXT)
