"""What the texts of a schema stand for: a type, a list of one, or the members of an object."""

from collections.abc import Mapping
from typing import Any, Final

from contractkit.errors import UnsupportedError
from contractkit.generator.schema_modules import SchemaModules
from contractkit.model.schema import Schema

_DEPTH: Final = 4
"""How deep alternatives are followed; a schema may contain itself."""

ANY: Final = "any"
"""The shape of a text that may mean several types: each way to read it is tried."""

Shape = str | list[str] | dict[str, Any]


def kind_in(schema: Schema, modules: SchemaModules) -> str:
    """Return the type of a schema, null left aside."""
    return _kind(_plain(schema, modules).raw)


def text_shape(schema: Schema, modules: SchemaModules) -> str | list[str] | None:
    """Return what a text stands for, ANY for several types; None where it may have parts or not."""
    kinds = _kinds_in(schema, modules)
    if not kinds & {"array", "object"}:
        return next(iter(kinds)) if len(kinds) == 1 else ANY
    try:
        shape = shape_of(schema, modules)
    except UnsupportedError:
        return None
    return of_items(shape, schema, modules) if isinstance(shape, list) and len(kinds) == 1 else None


def of_items(shape: list[str], schema: Schema, modules: SchemaModules) -> list[str]:
    """Return the shape of a list, ANY within it where each item may mean several types."""
    items = modules.resolve_within(target_of(schema, modules), "items")
    return shape if items is None or text_shape(items, modules) != ANY else [ANY]


def _kinds_in(schema: Schema, modules: SchemaModules, depth: int = 0) -> set[str]:
    """Return the types that a schema and its alternatives speak of, null left aside.

    ANY stands for a schema that speaks of none.
    """
    resolved = target_of(schema, modules)
    raw: Mapping[str, Any] = {} if isinstance(resolved.raw, bool) else resolved.raw
    kinds: set[str] = set()
    for key in ("allOf", "anyOf", "oneOf"):
        parts = raw.get(key)
        for index in range(len(parts) if isinstance(parts, list) and depth < _DEPTH else 0):
            part = modules.resolve_within(resolved, key, str(index))
            if part is not None and not _is_null(part):
                kinds |= _kinds_in(part, modules, depth + 1)
    named = raw.get("type")
    if named is not None:
        kinds |= {str(kind) for kind in (named if isinstance(named, list) else [named])}
    elif isinstance(values := raw.get("enum"), list) and not kinds:
        kinds |= {_kind({"const": value}) for value in values if value is not None}
    elif not kinds:
        told = {"enum", "const", "properties", "additionalProperties", "items"} & raw.keys()
        kinds.add(_kind(raw) if told else ANY)
    return kinds - {"null"} or {"string"}


def target_of(schema: Schema, modules: SchemaModules) -> Schema:
    """Return what a schema is, or what it refers to where it says more beside its reference."""
    resolved = modules.resolve(schema)
    for _ in range(_DEPTH):
        if isinstance(resolved.raw, bool) or not isinstance(resolved.raw.get("$ref"), str):
            break
        resolved = modules.resolve(Schema({"$ref": resolved.raw["$ref"]}, resolved.location))
    return resolved


def shape_of(schema: Schema, modules: SchemaModules, depth: int = 0) -> Shape:
    """Return what the texts of a schema stand for. Raises UnsupportedError where none can."""
    resolved = target_of(schema, modules)
    if depth > _DEPTH:
        raise _unsupported(resolved)
    raw: Mapping[str, Any] = {} if isinstance(resolved.raw, bool) else resolved.raw
    for key in ("allOf", "anyOf", "oneOf"):
        parts = raw.get(key)
        if isinstance(parts, list) and parts:
            return _merged(resolved, key, len(parts), modules, depth)
    kind = _kind(raw)
    if kind == "object":
        found: dict[str, Any] = {}
        for name in raw.get("properties", {}):
            member = modules.resolve_within(resolved, "properties", name)
            found[name] = "string" if member is None else _flat(member, modules, depth)
        if raw.get("additionalProperties", True) is not False:
            member = modules.resolve_within(resolved, "additionalProperties")
            plain = member is None or isinstance(member.raw, bool)
            found["*"] = "string" if member is None or plain else _flat(member, modules, depth)
        return found
    if kind == "array":
        items = modules.resolve_within(resolved, "items")
        inner = "string" if items is None else _flat(items, modules, depth)
        if not isinstance(inner, str):
            raise _unsupported(resolved)
        return [inner]
    return kind


def _merged(schema: Schema, key: str, count: int, modules: SchemaModules, depth: int) -> Shape:
    """Return the shape that all parts have together: members of all, one kind of text."""
    parts = [modules.resolve_within(schema, key, str(index)) for index in range(count)]
    shapes = [
        shape_of(part, modules, depth + 1)
        for part in parts
        if part is not None
        and not (isinstance(part.raw, Mapping) and part.raw.get("type") == "null")
    ]
    members = [shape for shape in shapes if isinstance(shape, dict)]
    if members and len(members) == len(shapes):
        merged: dict[str, Any] = {}
        for shape in members:
            if any(merged.get(name, kind) != kind for name, kind in shape.items()):
                raise _unsupported(schema)
            merged.update(shape)
        return merged
    if not shapes or any(shape != shapes[0] for shape in shapes):
        raise _unsupported(schema)
    return shapes[0]


def _plain(schema: Schema, modules: SchemaModules, depth: int = 0) -> Schema:
    """Return the only alternative of a schema that is not null, resolved; else the schema."""
    resolved = target_of(schema, modules)
    raw: Mapping[str, Any] = {} if isinstance(resolved.raw, bool) else resolved.raw
    for key in ("allOf", "anyOf", "oneOf"):
        parts = raw.get(key)
        if isinstance(parts, list) and parts:
            found = [modules.resolve_within(resolved, key, str(i)) for i in range(len(parts))]
            rest = [p for p in found if p and not _is_null(p)]
            if rest and depth < _DEPTH:
                return _plain(rest[0], modules, depth + 1)
    return resolved


def _is_null(schema: Schema) -> bool:
    return isinstance(schema.raw, Mapping) and schema.raw.get("type") == "null"


def _flat(schema: Schema, modules: SchemaModules, depth: int) -> str | list[str]:
    """Return the shape of a member, which is no object itself."""
    shape = (
        "object" if kind_in(schema, modules) == "object" else (shape_of(schema, modules, depth + 1))
    )
    if shape == "object" or isinstance(shape, dict):
        raise _unsupported(schema)
    return shape


def _kind(raw: Any) -> str:
    """Return the type of a schema that is one: by `type`, its values, or its members."""
    if not isinstance(raw, Mapping):
        return "string"
    kind = raw.get("type")
    kinds = [one for one in kind if one != "null"] if isinstance(kind, list) else [kind]
    if kinds and kinds[0] is not None:
        return str(kinds[0]) if len(kinds) == 1 else "string"
    values = raw.get("enum") or [raw.get("const")]
    for value, name in ((bool, "boolean"), (int, "integer"), (float, "number")):
        if all(isinstance(one, value) for one in values):
            return name
    if "properties" in raw or "additionalProperties" in raw:
        return "object"
    return "array" if "items" in raw else "string"


def _unsupported(schema: Schema) -> UnsupportedError:
    return UnsupportedError(
        schema.location,
        "No style of OpenAPI says how this schema travels as text.",
        "Let members be texts, numbers, booleans or lists of them, or send JSON by `content`.",
    )
