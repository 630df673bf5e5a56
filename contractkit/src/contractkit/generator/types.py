"""Python type expressions for schemas in parameters and headers, and the imports they need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contractkit.errors import UnsupportedError
from contractkit.generator.naming import unique
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.model.schema import Schema

_CONSTRAINTS = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "minItems": "min_length",
    "maxItems": "max_length",
}


@dataclass(slots=True)
class ModelImports:
    """The models that one generated file imports; `package` is the dotted way to `models`."""

    package: str
    names: dict[TypeName, str] = field(default_factory=dict)

    def use(self, name: TypeName) -> str:
        """Return how the file calls a model."""
        if name not in self.names:
            taken = set(self.names.values())
            plain = name.name
            self.names[name] = (
                plain if plain not in taken else unique(f"{name.module.title()}{plain}", taken)
            )
        return self.names[name]

    @property
    def lines(self) -> list[str]:
        """The import statements, sorted."""
        return [
            f"from {self.package}.{name.module} import {name.name}"
            + ("" if alias == name.name else f" as {alias}")
            for name, alias in sorted(self.names.items())
        ]


@dataclass(frozen=True, slots=True)
class ScalarType:
    """A type that fits into text: its Python expression and keyword arguments of constraints."""

    expression: str
    constraints: Mapping[str, Any]
    default: Any = None

    @property
    def arguments(self) -> str:
        """The constraints as source text of keyword arguments."""
        return ", ".join(f"{key}={value!r}" for key, value in self.constraints.items())


def scalar_type(  # noqa: C901, PLR0911 (one case per type of JSON Schema)
    schema: Schema, modules: SchemaModules, imports: ModelImports, suggestion: str
) -> ScalarType:
    """Return the type of a parameter or header. Raises UnsupportedError for objects and unions."""
    resolved = modules.resolve(schema)
    raw = resolved.raw
    if isinstance(raw, bool):
        raise _unsupported(resolved)
    constraints = {_CONSTRAINTS[key]: raw[key] for key in _CONSTRAINTS if key in raw}
    default = raw.get("default")
    if "enum" in raw or "const" in raw:
        values = raw.get("enum", [raw.get("const")])
        if not all(isinstance(value, (str, int)) for value in values):
            raise _unsupported(resolved)
        if resolved.location == schema.location:
            return ScalarType(f"Literal[{', '.join(map(repr, values))}]", {}, default)
        return ScalarType(imports.use(modules.require(schema, suggestion)), {}, default)
    match raw.get("type"):
        case "integer":
            return ScalarType("int", constraints, default)
        case "number":
            return ScalarType("float", constraints, default)
        case "boolean":
            return ScalarType("bool", {}, default)
        case "string":
            known = {"uuid": "UUID", "date-time": "AwareDatetime", "date": "date"}
            expression = known.get(str(raw.get("format")), "str")
            return ScalarType(expression, constraints if expression == "str" else {}, default)
        case "array":
            items = modules.resolve_within(resolved, "items")
            if items is None:
                raise _unsupported(resolved)
            inner = scalar_type(items, modules, imports, suggestion)
            part = inner.expression
            if inner.constraints:
                part = f"Annotated[{part}, Field({inner.arguments})]"
            return ScalarType(f"list[{part}]", constraints, default)
        case _:
            raise _unsupported(resolved)


def _unsupported(schema: Schema) -> UnsupportedError:
    return UnsupportedError(
        schema.location,
        "This schema does not fit into a parameter or header.",
        "Use a text, number, boolean, enum or a list of them; put objects into the body.",
    )
