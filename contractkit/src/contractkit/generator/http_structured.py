"""Parameters that generated code decodes itself, to JSON data that passes the schema.

Those of several parts (objects, lists in paths, `deepObject`, `matrix`, `label`, JSON), and texts
whose schema says more than their type.
"""

from dataclasses import replace
from typing import Any, Final

from contractkit.errors import UnsupportedError
from contractkit.generator.http_views import StructureView
from contractkit.generator.parameter_keywords import unchecked
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.schema_views import Direction
from contractkit.generator.text_shapes import (
    Shape,
    kind_in,
    of_items,
    shape_of,
    target_of,
    text_shape,
)
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
    if isinstance(shape, list):
        shape = of_items(shape, parameter.schema, modules)
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

    One that may be a text or a list stays as it is.
    """
    if not unchecked(schema, modules):
        return None
    shape = text_shape(schema, modules)
    if shape is None:
        return None
    return _view(parameter, schema, parameter.style, shape, suggestion, modules, imports)


def default_of(schema: Schema, modules: SchemaModules) -> tuple[Any, bool]:
    """Return a default, None without, and whether its schema takes it."""
    resolved = modules.resolve(schema)
    default = None if isinstance(resolved.raw, bool) else resolved.raw.get("default")
    if default is None:
        target = target_of(schema, modules)
        default = None if isinstance(target.raw, bool) else target.raw.get("default")
    return default, default is None or modules.passes(default, resolved.location)


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
    default, accepted = default_of(schema, modules)
    return StructureView(
        wire=parameter.name,
        place=parameter.place,
        style=style,
        explode=parameter.explode,
        shape=shape,
        required=parameter.required or parameter.place == "path",
        type=imports.use(model),
        model=model,
        default=default if accepted else None,
        refused=None if accepted else default,
    )


def _others(parameter: Parameter, operation: HttpOperation, shape: Shape) -> list[str]:
    """Return the parameters that an exploded object with members of any name must leave alone."""
    if parameter.place != "query" or not isinstance(shape, dict) or "*" not in shape:
        return []
    return [one.name for one in operation.parameters if one.place == "query" and one != parameter]
