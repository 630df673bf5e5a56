"""The parameters of an HTTP operation, as the arguments of its method and of its endpoint."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, cast

from contractkit.errors import UnsupportedError
from contractkit.generator.http_structured import structure_view
from contractkit.generator.http_views import ParameterView, Route
from contractkit.generator.omissions import Omissions
from contractkit.generator.parameter_keywords import unchecked
from contractkit.generator.scalar_type import ScalarType
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.types import ModelImports, scalar_type, unfit
from contractkit.location import Location
from contractkit.model.http import HttpOperation, Parameter
from contractkit.model.schema import Schema
from contractkit.naming import argument, http_header_name, pascal, unique

_KINDS: Final = {"path": "Path", "query": "Query", "header": "Header", "cookie": "Cookie"}
_SEPARATORS: Final = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
"""What separates the items of a list in one text of the query."""
_RESERVED: Final = (
    "self",
    "principal",
    "body",
    "content_type",
    "api",
    "router",
    "request",
    "error",
    "reply",
    "l",
)
_IGNORED_HEADERS: Final = {"accept", "content-type", "authorization"}
"""Header parameters that OpenAPI tells to ignore: bodies and security say them."""


def parameter_views(
    operation: HttpOperation,
    route: Route,
    modules: SchemaModules,
    imports: ModelImports,
    omissions: Omissions,
) -> list[ParameterView]:
    """Return an operation's parameters as arguments; keywords that nobody checks are told.

    Raises UnsupportedError for a parameter that OpenAPI does not say how to read.
    """
    views: list[ParameterView] = []
    for parameter in operation.parameters:
        if parameter.place not in _KINDS:
            _tell_place(parameter, operation, omissions)
    known = [p for p in operation.parameters if p.place in _KINDS]
    order = sorted(known, key=lambda p: list(_KINDS).index(p.place))
    for parameter in order:
        if parameter.place == "header" and parameter.name.lower() in _IGNORED_HEADERS:
            continue
        taken = taken_names(views)
        name = (
            http_header_name(parameter.name)
            if parameter.place == "header"
            else argument(parameter.name)
        )
        if name in taken:
            name = unique(f"{name.rstrip('_')}_{parameter.place}", taken)
        wire = route.names[parameter.name] if parameter.place == "path" else parameter.name
        structure = structure_view(parameter, operation, modules, imports)
        if structure is not None:
            if structure.style == "matrix" and wire != parameter.name:
                raise UnsupportedError(
                    parameter.location,
                    f"The name {parameter.name!r} of a parameter of style matrix is no identifier.",
                    "Name it with letters, digits and `_`, or use the style simple.",
                )
            structure = replace(structure, wire=wire)
            if structure.refused is not None:
                tell_refused(
                    parameter.name, parameter.location, structure.refused, operation, omissions
                )
            in_path = parameter.place == "path"
            views.append(
                ParameterView(name, structure.annotation, "", None, structure, text_in_path=in_path)
            )
            continue
        views.append(_parameter(parameter, name, wire, operation, modules, imports, omissions))
        if parameter.schema is not None:
            tell_unchecked(
                parameter.name, parameter.schema, parameter.location, operation, modules, omissions
            )
    return views


def _tell_place(parameter: Parameter, operation: HttpOperation, omissions: Omissions) -> None:
    error = UnsupportedError(
        parameter.location,
        f"The parameter {parameter.name} is in {parameter.place!r}.",
        "Put it into the path, the query, headers or cookies; a whole query is a form.",
    )
    omissions.add(f"{parameter.name} of the operation {operation.operation_id}", error)


def tell_unchecked(  # noqa: PLR0917 (what is told, and where)
    name: str,
    schema: Schema,
    place: Location,
    operation: HttpOperation,
    modules: SchemaModules,
    omissions: Omissions,
) -> None:
    """Tell the keywords of a parameter or a member of a form that nobody checks."""
    keywords = ", ".join(unchecked(schema, modules))
    if keywords:
        error = UnsupportedError(
            place,
            f"Nobody checks {keywords} of the parameter {name}.",
            "Say it with the keywords of its type, or put the value into the body.",
        )
        omissions.add(f"{keywords} of {name} of the operation {operation.operation_id}", error)


def tell_refused(
    name: str, place: Location, default: object, operation: HttpOperation, omissions: Omissions
) -> None:
    """Tell a default that fails its schema."""
    error = UnsupportedError(place, f"The default {default!r} fails its schema.", "Correct it.")
    omissions.add(f"the default of {name} of the operation {operation.operation_id}", error)


def taken_names(views: Sequence[ParameterView]) -> list[str]:
    """Return the names that a further argument can't have."""
    return [*_RESERVED, *(view.name for view in views)]


def _parameter(  # noqa: PLR0917 (what a parameter is made of)
    parameter: Parameter,
    name: str,
    wire: str,
    operation: HttpOperation,
    modules: SchemaModules,
    imports: ModelImports,
    omissions: Omissions,
) -> ParameterView:
    suggestion = f"{pascal(operation.operation_id)}{pascal(parameter.name)}"
    kind = scalar_type(cast("Schema", parameter.schema), modules, imports, suggestion)
    repeated = parameter.place == "query" and parameter.explode
    if kind.single and not repeated:
        raise unfit(cast("Schema", parameter.schema))  # a text may be one, or be split
    if kind.refused is not None:
        tell_refused(parameter.name, parameter.location, kind.refused, operation, omissions)
    split: list[str] = []
    if kind.items is not None and parameter.place == "header":
        split.append("HEADER_LIST")
    elif kind.items is not None and not parameter.explode:
        split.append(f"split_at({separator_of(parameter.style)!r})")
    annotation, declared, default = annotated(
        kind,
        split,
        _KINDS[parameter.place],
        _arguments(parameter, name, wire),
        required=parameter.place == "path" or parameter.required,
    )
    free = parameter.place == "path" and "str" in kind.expression.split(" | ")
    return ParameterView(name, annotation, declared, default, text_in_path=free)


def separator_of(style: str) -> str:
    """Return what separates the items of a list in one text."""
    return _SEPARATORS.get(style, ",")


def annotated(
    kind: ScalarType, split: Sequence[str], marker: str, arguments: Sequence[str], *, required: bool
) -> tuple[str, str, str | None]:
    """Return an argument's type, its declaration for FastAPI, and its default.

    `split` reads a list out of one text; `marker` is `Query` or the like, with its `arguments`.
    """
    parts = [kind.declared, *kind.metadata, *split]
    declared, annotation = ", ".join(parts), kind.expression
    default = None if required else kind.default_expression
    if default is not None and isinstance(kind.default, list):
        arguments = [f"default_factory=lambda: {default}", *arguments]
        default = None
    if default == "None":
        annotation = f"{annotation} | None"
        declared = f"{f'Annotated[{declared}]' if len(parts) > 1 else declared} | None"
    return annotation, f"Annotated[{declared}, {marker}({', '.join(arguments)})]", default


def _arguments(parameter: Parameter, name: str, wire: str) -> list[str]:
    arguments: list[str] = []
    if name != wire or (parameter.place == "header" and "_" in wire):  # FastAPI would read `-`
        arguments.append(f"alias={wire!r}")
    if parameter.description:
        arguments.append(f"description={parameter.description!r}")
    if parameter.deprecated:
        arguments.append("deprecated=True")
    return arguments
