"""Schemas written otherwise for the model generator: what a schema alone decides, no reference."""

from collections.abc import Mapping
from typing import Any, Final

from contractkit.documents import Node

_COMPOSED: Final = frozenset({"allOf", "anyOf", "oneOf", "$ref"})
_SHAPED: Final = _COMPOSED | {"properties", "patternProperties", "enum", "const"}
OPEN: Final = {"type": "object", "additionalProperties": True}


def is_free(schema: Any) -> bool:
    """Return whether a schema is of an object that describes no members and allows all."""
    return (
        isinstance(schema, Mapping)
        and schema.get("type") == "object"
        and not _SHAPED & schema.keys()
        and schema.get("additionalProperties", True) is True
    )


def opens(part: Any) -> bool:
    """Return whether a part of `allOf` describes no member and lets an object have further ones."""
    return (
        isinstance(part, Mapping)
        and part.get("type", "object") == "object"
        and not _SHAPED & part.keys()
        and part.get("additionalProperties", False) is not False
    )


def opened(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with the further members that a part of its `allOf` allows."""
    parts = schema.get("allOf", [])
    if not any(part.get("additionalProperties") for part in parts if isinstance(part, Mapping)):
        return schema
    rest = [part for part in parts if part != OPEN]
    return {**schema, **OPEN, "allOf": rest}


def complete(schema: Any) -> Any:
    """Let an object have the members that it requires and does not describe; they may be anything.

    Those of a composed object may be described by another part.
    """
    if not isinstance(schema, dict) or _COMPOSED & schema.keys() or "properties" not in schema:
        return schema
    missing = [name for name in schema.get("required", ()) if name not in schema["properties"]]
    members = {**schema["properties"], **{name: {} for name in missing}}
    return {**schema, "properties": members} if missing else schema


def pinned(schema: dict[str, Any], name: str, values: tuple[Any, ...]) -> dict[str, Any]:
    """Return an object whose property has some values only, and which must have it."""
    kind = "boolean" if isinstance(values[0], bool) else "string"
    kind = "integer" if isinstance(values[0], int) and kind == "string" else kind
    value = {"const": values[0]} if len(values) == 1 else {"enum": list(values)}
    member = {name: {"type": kind, **value}}
    if "allOf" not in schema:
        required = dict.fromkeys([*schema.get("required", ()), name])
        members = {**schema.get("properties", {}), **member}
        return {**schema, "properties": members, "required": list(required)}
    for inner in (*schema["allOf"], schema):
        inner.get("properties", {}).pop(name, None)
    part = {"type": "object", "properties": member, "required": [name]}
    return {**schema, "allOf": [*schema["allOf"], part]}


def as_choice(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a list of itself as a choice; the model generator forgets the items of any other."""
    kinds = schema["type"] if isinstance(schema.get("type"), list) else ["array"]
    told = {"title", "description", "default"}
    rest = {key: value for key, value in schema.items() if key not in told}
    others = {key: value for key, value in rest.items() if not key.endswith(("items", "Items"))}
    found: dict[str, Any] = {key: value for key, value in schema.items() if key in told}
    found["anyOf"] = [{**(rest if kind == "array" else others), "type": kind} for kind in kinds]
    return found


def is_choice(node: Node, name: str) -> bool:
    """Return whether a member of an object is no plain text, so that a class can't narrow it."""
    member = node.dig("properties", name)
    value = member.value if member is not None and isinstance(member.value, Mapping) else {}
    return value.get("type") != "string" or "enum" in value or "const" in value


def member_names(schema: Any) -> list[str]:
    """Return the names of the members that a schema itself describes."""
    members = schema.get("properties") if isinstance(schema, Mapping) else None
    return list(members) if isinstance(members, Mapping) else []


def without_members(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema without the members that it describes itself."""
    return {key: value for key, value in schema.items() if key != "properties"}


def is_date(schema: Any) -> bool:
    """Return whether a schema is that of a date without a time."""
    return isinstance(schema, Mapping) and schema.get("format") == "date"
