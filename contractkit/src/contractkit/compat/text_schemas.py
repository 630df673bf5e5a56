"""Schemas as schemas of the texts that their values are written as."""

from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from contractkit.compat.readings import text
from contractkit.keywords import BOUNDS, LISTS, MAPS, declared_types, lone_member

FREE = ["string", "number", "boolean"]
SCALARS = frozenset({"string", "number", "integer", "boolean"})
OF_TEXTS = frozenset(
    {*BOUNDS["string"], "format", "enum", "const"}
    | {"contentEncoding", "contentMediaType", "contentSchema"}
)
OF_NUMBERS = frozenset({*BOUNDS["number"], "format"})
ONE = frozenset({"items", "not", "additionalProperties", "contains", "if", "then", "else"})
LIST = LISTS - {"items"}
MAP = MAPS - {"dependentSchemas"}
"""Keywords with one schema, with a list of them, and with schemas by name."""


def as_text(schema: Any) -> Any:
    """Return the schema of the strings that values of a schema are written as; references stay."""
    if not isinstance(schema, Mapping):
        return schema
    wrapped = lone_member(schema)
    if wrapped is not None:
        return as_text(wrapped)
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ONE:
            found[key] = as_text(value)
        elif key in LIST and isinstance(value, list):
            found[key] = [as_text(item) for item in value if item != {"type": "null"}] or value
        elif key in MAP and isinstance(value, Mapping):
            found[key] = {name: as_text(item) for name, item in value.items()}
        else:
            found[key] = value
    return _scalar(found)


def _scalar(schema: dict[str, Any]) -> dict[str, Any]:
    listed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if isinstance(listed, list) and not any(isinstance(v, dict | list) for v in listed):
        scalar = OF_NUMBERS | OF_TEXTS | {"type"}
        rest = {key: value for key, value in schema.items() if key not in scalar}
        own = _validator({key: schema[key] for key in scalar & schema.keys() - {"enum", "const"}})
        texts = [text(v) for v in listed if v is not None and (own is None or own.is_valid(v))]
        return {**rest, "type": "string", "enum": list(dict.fromkeys(texts))}
    kinds = kinds_of(schema)
    rest = {key: value for key, value in schema.items() if key != "nullable"}
    if not kinds:
        return rest
    if "string" in kinds and not OF_TEXTS & schema.keys():
        free = [*FREE, *sorted(kinds - SCALARS)]
        return {**{k: v for k, v in rest.items() if k not in OF_NUMBERS}, "type": free}
    if kinds == {"boolean"}:
        return {**rest, "type": "string", "enum": ["true", "false"]}
    if kinds == {"array"}:
        # A list without an item has no text.
        least = rest.get("minItems")
        return {**rest, "minItems": max(1, least if isinstance(least, int) else 0)}
    return {**rest, "type": next(iter(kinds)) if len(kinds) == 1 else sorted(kinds)}


def _validator(schema: dict[str, Any]) -> Draft202012Validator | None:
    try:
        return Draft202012Validator(schema, validate_formats=True)
    except (ValidationError, ValueError):
        return None


def kinds_of(schema: Any) -> set[str]:
    """Return the types except null; none where the schema does not say."""
    return declared_types(schema) - {"null"}
