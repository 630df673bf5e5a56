"""Parameters that generated code decodes itself, to JSON data that passes the schema.

Those of several parts (objects, lists in paths, `deepObject`, `matrix`, `label`, JSON), and texts
whose schema says more than their type.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from contractkit.errors import UnsupportedError
from contractkit.generator.http_views import StructureView
from contractkit.generator.parameter_keywords import unchecked
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.schema_views import Direction
from contractkit.generator.types import ModelImports
from contractkit.model.http import HttpOperation, Parameter
from contractkit.model.media_kinds import kind_of
from contractkit.model.schema import Schema
from contractkit.naming import pascal

_STYLES: Final = {
    "query": {"form", "spaceDelimited", "pipeDelimited", "deepObject"},
    "path": {"simple", "label", "matrix"},
    "header": {"simple"},
    "cookie": {"form"},
}

_DEPTH: Final = 4
"""How deep alternatives are followed; a schema may contain itself."""

Shape = str | list[str] | dict[str, Any]


def structured(parameter: Parameter, modules: SchemaModules) -> tuple[str, str, Schema] | None:
    """Return the style, the kind and the schema of a parameter of parts; None for others.

    The style is OpenAPI's or `json`, the kind `object`, `array` or a type of texts.
    """
    if parameter.content and parameter.content[0].schema is not None:
        return "json", "object", parameter.content[0].schema
    if parameter.schema is None:
        return None
    kind = kind_in(parameter.schema, modules)
    special = parameter.style in {"deepObject", "label", "matrix"}
    listed = kind == "array" and parameter.place in {"path", "cookie"}
    if special or kind == "object" or listed:
        return parameter.style, kind, parameter.schema
    return None


def kind_in(schema: Schema, modules: SchemaModules) -> str:
    """Return the type of a schema, null left aside."""
    return _kind(_plain(schema, modules).raw)


def structure_view(
    parameter: Parameter, operation: HttpOperation, modules: SchemaModules, imports: ModelImports
) -> StructureView | None:
    """Return how a parameter of parts is read; None for a text or a repeated one.

    Raises UnsupportedError for what no style of OpenAPI defines, as objects within objects.
    """
    suggestion = f"{pascal(operation.operation_id)}{pascal(parameter.name)}"
    if parameter.content:
        media = parameter.content[0]
        if kind_of(media.name) != "json" or media.schema is None:
            raise UnsupportedError(
                parameter.location,
                f"The parameter {parameter.name} is {media.name}.",
                "Describe it as JSON with a schema, or by `schema` alone.",
            )
        return _view(parameter, media.schema, "json", {}, suggestion, modules, imports)
    if parameter.schema is None:
        raise UnsupportedError(
            parameter.location,
            f"The parameter {parameter.name} has neither `schema` nor `content`.",
            "Give it one of them.",
        )
    if parameter.style not in _STYLES[parameter.place]:
        raise UnsupportedError(
            parameter.location,
            f"The style {parameter.style!r} is none of a {parameter.place} parameter.",
            f"Write one of {', '.join(sorted(_STYLES[parameter.place]))}.",
        )
    if structured(parameter, modules) is None:
        return _checked(parameter, parameter.schema, suggestion, modules, imports)
    if parameter.place == "cookie" and parameter.explode:
        raise UnsupportedError(
            parameter.location,
            f"The cookie {parameter.name} has parts and is exploded.",
            "Write `explode: false`; then its parts stand in one text.",
        )
    shape = shape_of(parameter.schema, modules)
    if parameter.style == "deepObject" and not isinstance(shape, dict):
        raise UnsupportedError(
            parameter.location,
            f"The parameter {parameter.name} has the style deepObject and is not an object.",
            "Use the style form.",
        )
    found = _view(parameter, parameter.schema, parameter.style, shape, suggestion, modules, imports)
    return replace(found, others=_others(parameter, operation, shape))


def _checked(
    parameter: Parameter,
    schema: Schema,
    suggestion: str,
    modules: SchemaModules,
    imports: ModelImports,
) -> StructureView | None:
    """Return how a text is read whose schema says more than its type; None for all others.

    One with a default, or whose schema does not say what its texts stand for, stays as it is.
    """
    raw = modules.resolve(schema).raw
    if isinstance(raw, bool) or "default" in raw or not unchecked(schema, modules):
        return None
    if isinstance(raw.get("type"), list) and len(set(raw["type"]) - {"null"}) > 1:
        return None
    try:
        shape = shape_of(schema, modules)
    except UnsupportedError:
        return None
    if isinstance(shape, dict):
        return None
    return _view(parameter, schema, parameter.style, shape, suggestion, modules, imports)


def _view(  # noqa: PLR0917 (what a parameter of parts is made of)
    parameter: Parameter,
    schema: Schema,
    style: str,
    shape: Shape,
    suggestion: str,
    modules: SchemaModules,
    imports: ModelImports,
) -> StructureView:
    model = modules.require(schema, suggestion, outgoing=False, direction=Direction.REQUEST)
    return StructureView(
        wire=parameter.name,
        place=parameter.place,
        style=style,
        explode=parameter.explode,
        shape=shape,
        required=parameter.required or parameter.place == "path",
        type=imports.use(model),
        model=model,
    )


def _others(parameter: Parameter, operation: HttpOperation, shape: Shape) -> list[str]:
    """Return the parameters that an exploded object with members of any name must leave alone."""
    if parameter.place != "query" or not isinstance(shape, dict) or "*" not in shape:
        return []
    return [one.name for one in operation.parameters if one.place == "query" and one != parameter]


def shape_of(schema: Schema, modules: SchemaModules, depth: int = 0) -> Shape:
    """Return what the texts of a schema stand for. Raises UnsupportedError where none can."""
    resolved = modules.resolve(schema)
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
    resolved = modules.resolve(schema)
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
