"""A schema without what the model generator can't express or would misread.

What is taken away here is decided by the schema itself (`schema_strength`), never forgotten.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from contractkit.keywords import LISTS, MAPS, ONE

_TYPES = {"string", "integer", "number", "boolean", "null", "array", "object"}
_DROPPED = {
    "not", "if", "then", "else", "contains", "minContains", "maxContains",
    "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedItems",
    "unevaluatedProperties", "uniqueItems", "additionalItems",
    "readOnly", "writeOnly", "nullable", "xml", "externalDocs", "$schema", "$id", "id", "$comment",
    "$anchor", "$dynamicAnchor", "$defs", "definitions", "contentEncoding", "contentSchema",
    "$vocabulary", "example", "summary",
}  # fmt: skip
_BOUNDS = {
    "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minProperties", "maxProperties",
}  # fmt: skip
_FORMATS = {"date-time", "date", "uuid", "int32", "int64", "float", "double", "password"}
FURTHER = "x-further-members"
"""Marks a model whose further members have a type, which it can't say."""
VALUES = "x-values"
"""Marks a type with the values that it has, where neither `Literal` nor Enum can hold them."""
_UNSAFE = re.compile(r"\(\?|\\[1-9pPuUxcbBkN]|\[[^\]]*\[")


def well_formed(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema without the keywords whose values are of a wrong kind; tools ignore them."""
    return {
        key: value
        for key, value in raw.items()
        if isinstance(key, str) and _KINDS.get(key, _anything)(value)
    }


def _anything(_: Any) -> bool:
    return True


def _is_schema(value: Any) -> bool:
    return isinstance(value, Mapping | bool)


def _are_schemas(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_schema, value))


def _are_members(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_schema, value.values()))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_type(value: Any) -> bool:
    return value in _TYPES if isinstance(value, str) else _are_texts(value) and bool(value)


_KINDS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(LISTS - {"items"}, _are_schemas),
    **dict.fromkeys(ONE - {"items"}, _is_schema),
    **dict.fromkeys(MAPS, _are_members),
    "items": lambda value: _is_schema(value) or _are_schemas(value),
    "required": _are_texts,
    "type": _is_type,
    "enum": lambda value: isinstance(value, list) and bool(value),
    "$ref": _is_text,
    "pattern": _is_text,
    "format": _is_text,
    "title": _is_text,
    "description": _is_text,
    "dependentRequired": lambda value: isinstance(value, Mapping),
    "uniqueItems": lambda value: isinstance(value, bool),
}


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
    for key in ("oneOf", "anyOf", "allOf"):
        if key in result and (not isinstance(result[key], list) or not result[key]):
            del result[key]
    for key in ("title", "description"):
        if not isinstance(result.get(key, ""), str):
            del result[key]
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
            result.setdefault("type", _type_of(value))
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
            kinds = list(dict.fromkeys(map(_type_of, values)))
            result.setdefault("type", kinds[0] if len(kinds) == 1 else kinds)
            _mark(result, values)
        return
    unique = list(dict.fromkeys(present))
    if len(present) < len(values) and isinstance(values, list):
        nullable = result.get("type") in (None, "null") or "null" in (result.get("type") or ())
        result["enum"] = [*unique, None] if nullable else unique
        if nullable:
            result["type"] = [_type_of(unique[0]), "null"]
        return
    result["enum"] = unique
    result.setdefault("type", _type_of(unique[0]))


def in_literal(value: Any) -> bool:
    """Return whether `Literal` and Enum hold a value; integers of more than 64 bits they do not."""
    if isinstance(value, int):
        return abs(value) < 2**63
    return isinstance(value, str)


def _mark(result: dict[str, Any], values: list[Any]) -> None:
    if all(value is None or isinstance(value, bool | int | float | str) for value in values):
        result[VALUES] = values


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
        if isinstance(value, kind):
            return name
    return "array" if isinstance(value, list) else "object"


def _types(result: dict[str, Any]) -> None:
    kind = result.get("type")
    if isinstance(kind, list):
        known = [one for one in dict.fromkeys(map(str, kind)) if one in _TYPES]
        if known:
            result["type"] = known[0] if len(known) == 1 else known
        else:
            result.pop("type")
    elif kind is not None and (not isinstance(kind, str) or kind not in _TYPES):
        del result["type"]
    if not isinstance(result.get("format", ""), str) or result.get("format", "") not in _FORMATS:
        result.pop("format", None)


def _bounds(result: dict[str, Any]) -> None:
    for key in _BOUNDS & set(result):
        value = result[key]
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (key.endswith(("Length", "Items", "Properties")) and int(value) != value)
        ):
            del result[key]
    if result.get("format") in {"date-time", "date", "uuid"}:
        for key in ("minLength", "maxLength", "pattern"):
            result.pop(key, None)
    pattern = result.get("pattern")
    if pattern is not None and (not isinstance(pattern, str) or not compiles(pattern)):
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
    required = result.pop("required", None)
    names = (
        [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
    )
    if names:
        result["required"] = list(dict.fromkeys(names))
    for key in ("properties", "patternProperties"):
        if key in result and (not isinstance(result[key], Mapping) or not result[key]):
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
