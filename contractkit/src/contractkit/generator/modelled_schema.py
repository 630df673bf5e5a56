"""A schema without what the model generator can't express or would misread.

What is taken away here is decided by the schema itself (`schema_strength`), never forgotten.
"""

import re
from collections.abc import Mapping
from typing import Any

from contractkit.keywords import BOUNDS, declared_types, type_of

_DROPPED = {
    "not", "if", "then", "else", "contains", "minContains", "maxContains",
    "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedItems",
    "unevaluatedProperties", "uniqueItems", "additionalItems",
    "readOnly", "writeOnly", "nullable", "xml", "externalDocs", "$schema", "$id", "id", "$comment",
    "$anchor", "$dynamicAnchor", "$defs", "definitions", "contentEncoding", "contentSchema",
    "$vocabulary", "example", "summary",
}  # fmt: skip
_FORMATS = {"date-time", "date", "uuid", "int32", "int64", "float", "double", "password"}
_BOUNDS = frozenset(key for keywords in BOUNDS.values() for key in keywords)
FURTHER = "x-further-members"
"""Marks a model whose further members have a type, which it can't say."""
VALUES = "x-values"
"""Marks a type with the values that it has, where neither `Literal` nor Enum can hold them."""
_UNSAFE = re.compile(r"\(\?|\\[1-9pPuUxcbBkN]|\[[^\]]*\[")


def modelled(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keywords of one schema that its model is made of; subschemas stay as they are."""
    result = {
        key: value for key, value in raw.items() if key not in _DROPPED and not key.startswith("x-")
    }
    _literals(result)
    _types(result)
    _bounds(result)
    _members(result)
    _items(result)
    if not isinstance(result.get("examples", []), list):
        del result["examples"]
    return result


def _literals(result: dict[str, Any]) -> None:
    """Keep constants that `Literal` and Enum can hold; say the type of the others."""
    if "const" in result:
        value = result["const"]
        if in_literal(value) and not (isinstance(value, int) and result.get("type") == "number"):
            result.pop("enum", None)
        else:
            del result["const"]
            result.setdefault("type", type_of(value))
            result.pop("enum", None)
            _mark(result, [value])
    values = result.get("enum")
    if values is None:
        return
    plain = isinstance(values, list) and all(isinstance(v, str | int) or v is None for v in values)
    present = [v for v in values if v is not None] if plain else []
    if (
        not present
        or any(isinstance(v, bool) for v in present)
        or len({type(v) for v in present}) > 1
        or not all(map(in_literal, present))
    ):
        del result["enum"]
        if isinstance(values, list) and values:
            kinds = list(dict.fromkeys(map(type_of, values)))
            result.setdefault("type", kinds[0] if len(kinds) == 1 else kinds)
            _mark(result, values)
        return
    unique = list(dict.fromkeys(present))
    if len(present) < len(values) and isinstance(values, list):
        nullable = result.get("type") in (None, "null") or "null" in (result.get("type") or ())
        result["enum"] = [*unique, None] if nullable else unique
        if nullable:
            result["type"] = [type_of(unique[0]), "null"]
        return
    result["enum"] = unique
    if result.get("type", "number") == "number":
        result["type"] = type_of(unique[0])


def in_literal(value: Any) -> bool:
    """Return whether `Literal` and Enum hold a value; integers of more than 64 bits they do not."""
    if isinstance(value, int):
        return abs(value) < 2**63
    return isinstance(value, str)


def _mark(result: dict[str, Any], values: list[Any]) -> None:
    if all(value is None or isinstance(value, bool | int | float | str) for value in values):
        result[VALUES] = values


def _types(result: dict[str, Any]) -> None:
    kind = result.get("type")
    if isinstance(kind, list) and len(kind) == 1:
        result["type"] = kind[0]
    if result.get("format") not in _FORMATS:
        result.pop("format", None)


def _bounds(result: dict[str, Any]) -> None:
    kinds = declared_types(result) - {"null"}
    if kinds:
        alike = len(kinds) == 1 or kinds == {"integer", "number"}
        for key in _BOUNDS.difference(BOUNDS.get(min(kinds), ()) if alike else ()):
            result.pop(key, None)
    if result.get("format") in {"date-time", "date", "uuid"}:
        for key in ("minLength", "maxLength", "pattern"):
            result.pop(key, None)
    if not compiles(result.get("pattern", "")):
        del result["pattern"]


def compiles(pattern: str) -> bool:
    """Return whether the regular expressions of the models (Rust's, Python's) take a pattern."""
    if _UNSAFE.search(pattern):
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _members(result: dict[str, Any]) -> None:
    """Keep names and the type of further members, as far as a model can say them."""
    for key in ("required", "properties", "patternProperties"):
        if key in result and not result[key]:
            del result[key]
    if not is_map(result):
        for key in ("propertyNames", "minProperties", "maxProperties"):
            result.pop(key, None)
    _further_members(result)


def _further_members(result: dict[str, Any]) -> None:
    """Say the kinds of members whose names have a pattern as those of all further members."""
    patterns = result.pop("patternProperties", None)
    further = result.get("additionalProperties", True)
    if patterns:
        values = [*patterns.values(), *([further] if isinstance(further, Mapping) else [])]
        if further is True or "properties" in result or True in values:
            result["additionalProperties"] = True
        else:
            result["additionalProperties"] = values[0] if len(values) == 1 else {"anyOf": values}
        result.setdefault("type", "object")
        result[FURTHER] = True
    elif isinstance(further, Mapping) and "properties" in result:
        result["additionalProperties"] = True
        result[FURTHER] = True


def is_map(raw: Mapping[str, Any]) -> bool:
    """Return whether an object is a map: keys and values have one type each, nothing has a name."""
    names = raw.get("propertyNames", {})
    plain = isinstance(names, Mapping) and set(names) <= {
        "type",
        "pattern",
        "minLength",
        "maxLength",
    }
    return (
        plain
        and raw.get("type") == "object"
        and not {"properties", "patternProperties", "allOf", "anyOf", "oneOf"} & set(raw)
        and isinstance(raw.get("additionalProperties"), Mapping)
        and compiles(str(names.get("pattern", "")))
    )


def _items(result: dict[str, Any]) -> None:
    """Keep tuples of a fixed length; other positional arrays are lists of all their kinds."""
    items = result.get("items")
    if isinstance(items, list):
        result.setdefault("prefixItems", items)
        del result["items"]
    places = result.get("prefixItems")
    if places is None:
        return
    count = len(places) if isinstance(places, list) else 0
    if count and result.get("minItems") == count and result.get("maxItems") == count:
        result.pop("items", None)
        return
    del result["prefixItems"]
    if count and result.get("items") is not False:
        result.pop("items", None)
    elif count:
        result["items"] = {"anyOf": places} if count > 1 else places[0]
    result.setdefault("type", "array")
