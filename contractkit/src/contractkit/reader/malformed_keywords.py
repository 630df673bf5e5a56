"""Keywords of schemas whose values are of a wrong kind: where they stand, and schemas without them.

Tools ignore such a keyword (`maximum: fifty`). Here it is taken away before anything reads the
schema, so that model, check of the wire, client and pages agree, and named: somebody meant it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contractkit.documents import Documents
from contractkit.errors import SpecError
from contractkit.keywords import FLAGS, LISTS, MAPS, ONE, TYPES, replace_flags
from contractkit.location import escape
from contractkit.model.contract import Contract
from contractkit.model.schema import Schema
from contractkit.model.schema_walk import every_schema
from contractkit.reader.unread import UnreadPart

_LONGEST: Final = 60
"""How many characters of a malformed value are shown."""
_GONE: Final = object()


@dataclass(frozen=True, slots=True)
class MalformedKeyword:
    """One such keyword: what holds it, its key there, what takes its place, and the error."""

    holder: Any
    key: Any
    instead: Any
    error: SpecError


def malformed_keywords(
    documents: Documents, schemas: Iterable[Schema]
) -> Iterator[MalformedKeyword]:
    """Yield those of some schemas, which `documents` hold."""
    for schema in schemas:
        if not isinstance(schema.raw, Mapping):
            continue
        source = documents.source(schema.location.file)
        for path, holder, instead, problem in _malformed(schema.raw):
            below = "".join(f"/{escape(str(key))}" for key in path)
            place = source.locate(schema.location.pointer + below)
            error = SpecError(place, problem, "Correct it, or leave it out.")
            yield MalformedKeyword(holder, path[-1], instead, error)


def remove_malformed_keywords(contract: Contract) -> list[UnreadPart]:
    """Take them out of the documents, and return what was taken out.

    What is only written in an older way is written in the way of JSON Schema 2020-12.
    """
    schemas = every_schema(contract)
    found = list(malformed_keywords(contract.documents, schemas))
    for keyword in found:
        if keyword.instead is _GONE:
            keyword.holder.pop(keyword.key, None)
        else:
            keyword.holder[keyword.key] = keyword.instead
    for schema in schemas:
        if isinstance(schema.raw, dict):
            _modernize(schema.raw)
    return [UnreadPart("a keyword of a schema", keyword.error, coded=False) for keyword in found]


def _modernize(raw: dict[str, Any]) -> None:
    """Say a flag of draft 4 as the bound that it stands for, and what is listed twice once.

    A key that is no text, which YAML has and JSON has not, is no keyword.
    """
    for key in [key for key in raw if not isinstance(key, str)]:
        del raw[key]
    replace_flags(raw)
    for key in ("required", "type"):
        if isinstance(raw.get(key), list):
            raw[key] = list(dict.fromkeys(raw[key]))


_Path = tuple[Any, ...]


def _malformed(raw: Mapping[str, Any]) -> Iterator[tuple[_Path, Any, Any, str]]:
    """Yield path, holder, replacement and problem of each malformed keyword of one schema."""
    for key in sorted(_KINDS.keys() & raw.keys()):
        value, kind = raw[key], _KINDS[key]
        if not kind.takes(value):
            yield (key,), raw, _GONE, _problem(key, value, kind)
        elif key in MAPS:
            for name, one in value.items():
                if not _SCHEMA.takes(one):
                    yield (key, name), value, True, _problem(name, one, _SCHEMA)
        elif key == "type" and isinstance(value, list) and not TYPES.issuperset(value):
            known = [one for one in value if one in TYPES]
            yield (key,), raw, known, _problem(key, value, kind)


def _problem(name: Any, value: Any, kind: "_Kind") -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST]} …"
    return f"{str(name)!r} has to be {kind.words}, and {shown} is none."


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a keyword takes, as a predicate and in words."""

    takes: Callable[[Any], bool]
    words: str


def _is_schema(value: Any) -> bool:
    return isinstance(value, Mapping | bool)


def _are_schemas(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_schema, value))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and int(value) == value


def _is_type(value: Any) -> bool:
    if isinstance(value, str):
        return value in TYPES
    return _are_texts(value) and not TYPES.isdisjoint(value)


def _members(value: Any, *kinds: Callable[[Any], bool]) -> bool:
    """Return whether a value is an object whose members are each of one of the kinds."""
    return isinstance(value, Mapping) and all(
        any(takes(one) for takes in kinds) for one in value.values()
    )


_SCHEMA: Final = _Kind(_is_schema, "a schema")
_COUNTS: Final = (
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
    "minContains", "maxContains",
)  # fmt: skip
_TEXTS: Final = ("$ref", "pattern", "format", "title", "description")
_KINDS: Final[Mapping[str, _Kind]] = {
    **dict.fromkeys(LISTS, _Kind(_are_schemas, "a list of one or more schemas")),
    **dict.fromkeys(ONE, _SCHEMA),
    **dict.fromkeys(MAPS, _Kind(lambda one: isinstance(one, Mapping), "schemas by name")),
    **dict.fromkeys(_COUNTS, _Kind(_is_count, "a whole number, 0 or above")),
    **dict.fromkeys(FLAGS.values(), _Kind(_is_number, "a number")),
    **dict.fromkeys(FLAGS, _Kind(lambda one: isinstance(one, int | float), "a number")),
    **dict.fromkeys(_TEXTS, _Kind(lambda one: isinstance(one, str), "a text")),
    "items": _Kind(lambda one: _is_schema(one) or _are_schemas(one), "a schema"),
    "multipleOf": _Kind(lambda one: _is_number(one) and one > 0, "a number above 0"),
    "required": _Kind(_are_texts, "a list of names"),
    "type": _Kind(_is_type, f"one of {', '.join(sorted(TYPES))}, or a list of them"),
    "enum": _Kind(lambda one: isinstance(one, list) and bool(one), "a list of values, not empty"),
    "uniqueItems": _Kind(lambda one: isinstance(one, bool), "true or false"),
    "dependentRequired": _Kind(lambda one: _members(one, _are_texts), "lists of names by name"),
    "dependencies": _Kind(
        lambda one: _members(one, _are_texts, _is_schema), "schemas or lists of names by name"
    ),
}
