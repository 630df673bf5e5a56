"""The parameters of an HTTP operation, as the arguments of its method and of its endpoint."""

from collections.abc import Sequence
from typing import Final

from contractkit.errors import UnsupportedError
from contractkit.generator.http_views import ParameterView
from contractkit.generator.naming import http_header_name, pascal, snake, unique
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.types import ModelImports, ScalarType, scalar_type
from contractkit.model.http import HttpOperation, Parameter

_KINDS: Final = {"path": "Path", "query": "Query", "header": "Header", "cookie": "Cookie"}
_SEPARATORS: Final = {
    ("query", "form"): ",",
    ("query", "spaceDelimited"): " ",
    ("query", "pipeDelimited"): "|",
    ("header", "simple"): ",",
    ("path", "simple"): ",",
    ("cookie", "form"): ",",
}
_RESERVED: Final = ("self", "principal", "body", "api", "router", "request", "error", "reply")
_IGNORED_HEADERS: Final = {"accept", "content-type", "authorization"}
"""Header parameters that OpenAPI tells to ignore: bodies and security say them."""


def parameter_views(
    operation: HttpOperation, modules: SchemaModules, imports: ModelImports
) -> list[ParameterView]:
    """Return an operation's parameters as arguments.

    Raises UnsupportedError for a parameter that is not one text, or a list of them, with a schema.
    """
    views: list[ParameterView] = []
    known = [p for p in operation.parameters if p.place in _KINDS]
    order = sorted(known, key=lambda p: list(_KINDS).index(p.place))
    for parameter in order:
        if parameter.place == "header" and parameter.name.lower() in _IGNORED_HEADERS:
            continue
        taken = taken_names(views)
        name = (
            http_header_name(parameter.name)
            if parameter.place == "header"
            else snake(parameter.name)
        )
        if name in taken:
            name = unique(f"{name.rstrip('_')}_{parameter.place}", taken)
        views.append(_parameter(parameter, name, operation, modules, imports))
    return views


def taken_names(views: Sequence[ParameterView]) -> list[str]:
    """Return the names that a further argument can't have."""
    return [*_RESERVED, *(view.name for view in views)]


def _parameter(
    parameter: Parameter,
    name: str,
    operation: HttpOperation,
    modules: SchemaModules,
    imports: ModelImports,
) -> ParameterView:
    separator = _SEPARATORS.get((parameter.place, parameter.style))
    if parameter.schema is None or separator is None:
        raise UnsupportedError(
            parameter.location,
            f"The parameter {parameter.name} has a `content` or the style {parameter.style!r}.",
            "Describe it with a schema and a style of texts and lists: form, simple, "
            "spaceDelimited or pipeDelimited.",
        )
    suggestion = f"{pascal(operation.operation_id)}{pascal(parameter.name)}"
    kind = scalar_type(parameter.schema, modules, imports, suggestion)
    is_list = kind.expression.startswith("list[")
    if is_list and parameter.place in {"path", "cookie"}:
        raise UnsupportedError(
            parameter.location,
            f"The parameter {parameter.name} is a list in a {parameter.place}.",
            "Put lists into the query, a header or the body.",
        )
    arguments = _arguments(parameter, name)
    parts = [kind.expression, *with_limits(kind)]
    if is_list and not parameter.explode:
        parts.append(f"split_at({separator!r})")
    default: str | None = None
    annotation = kind.expression
    declared = ", ".join(parts)
    if parameter.place != "path" and not parameter.required:
        default = kind.default_expression
        if default == "None":
            annotation = f"{annotation} | None"
            declared = f"{f'Annotated[{declared}]' if len(parts) > 1 else declared} | None"
    return ParameterView(
        name=name,
        annotation=annotation,
        declared=f"Annotated[{declared}, {_KINDS[parameter.place]}({', '.join(arguments)})]",
        default=default,
    )


def _arguments(parameter: Parameter, name: str) -> list[str]:
    arguments: list[str] = []
    if name != parameter.name:
        arguments.append(f"alias={parameter.name!r}")
    if parameter.description:
        arguments.append(f"description={parameter.description!r}")
    if parameter.deprecated:
        arguments.append("deprecated=True")
    return arguments


def with_limits(kind: ScalarType) -> list[str]:
    """Return the metadata of a type: its limits and, for integers and booleans, how they read.

    The check of the text stands last: pydantic runs it first and keeps the limits in the schema.
    """
    parts = [f"Field({kind.arguments})"] if kind.constraints else []
    text = {"int": "INTEGER_TEXT", "bool": "BOOLEAN_TEXT"}.get(kind.expression)
    return [*parts, text] if text else parts
