"""The parameters of an HTTP operation, as the arguments of its method and of its endpoint."""

from contractkit.errors import UnsupportedError
from contractkit.generator.http_views import ParameterView
from contractkit.generator.naming import http_header_name, pascal, snake, unique
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.types import ModelImports, ScalarType, scalar_type
from contractkit.model.http import HttpOperation, Parameter

_KINDS = {"path": "Path", "query": "Query", "header": "Header", "cookie": "Cookie"}
_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
_RESERVED = ("self", "principal", "body", "api", "router", "request")


def parameter_views(
    operation: HttpOperation, modules: SchemaModules, imports: ModelImports
) -> list[ParameterView]:
    """Return an operation's parameters as arguments, those with a default last.

    Raises UnsupportedError for a parameter that is not one text with a schema.
    """
    views: list[ParameterView] = []
    order = sorted(operation.parameters, key=lambda p: list(_KINDS).index(p.place))
    for parameter in order:
        taken = [*_RESERVED, *(view.name for view in views)]
        name = (
            http_header_name(parameter.name)
            if parameter.place == "header"
            else snake(parameter.name)
        )
        if name in taken:
            name = unique(f"{name.rstrip('_')}_{parameter.place}", taken)
        views.append(_parameter(parameter, name, operation, modules, imports))
    return sorted(views, key=lambda view: view.default is not None)


def _parameter(
    parameter: Parameter,
    name: str,
    operation: HttpOperation,
    modules: SchemaModules,
    imports: ModelImports,
) -> ParameterView:
    if parameter.schema is None or parameter.style != _STYLES[parameter.place]:
        raise UnsupportedError(
            parameter.location,
            f"The parameter {parameter.name} has a `content` or an unusual `style`.",
            f"Describe it with a schema and the style {_STYLES[parameter.place]!r}.",
        )
    suggestion = f"{pascal(operation.operation_id)}{pascal(parameter.name)}"
    kind = scalar_type(parameter.schema, modules, imports, suggestion)
    arguments: list[str] = []
    if name != parameter.name:
        arguments.append(f"alias={parameter.name!r}")
    if parameter.description:
        arguments.append(f"description={parameter.description!r}")
    if parameter.deprecated:
        arguments.append("deprecated=True")
    default: str | None = None
    annotation = kind.expression
    parts = ", ".join((kind.expression, *_limits(kind)))
    declared = parts
    if parameter.place != "path" and not parameter.required:
        default = repr(kind.default)
        if kind.default is None:
            annotation = f"{annotation} | None"
            declared = f"{f'Annotated[{parts}]' if parts != kind.expression else parts} | None"
    return ParameterView(
        name=name,
        annotation=annotation,
        declared=f"Annotated[{declared}, {_KINDS[parameter.place]}({', '.join(arguments)})]",
        default=default,
    )


def _limits(kind: ScalarType) -> list[str]:
    """Return the metadata of a type: its limits and, for integers and booleans, how they read.

    The check of the text stands last: pydantic runs it first and keeps the limits in the schema.
    """
    parts = [f"Field({kind.arguments})"] if kind.constraints else []
    text = {"int": "INTEGER_TEXT", "bool": "BOOLEAN_TEXT"}.get(kind.expression)
    return [*parts, text] if text else parts
