"""Python type expressions for schemas in parameters and headers, and the imports they need."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contractkit.errors import UnsupportedError
from contractkit.generator.modelled_schema import compiles, in_literal
from contractkit.generator.scalar_type import ScalarType
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.generator.schema_strength import holds, same_pattern
from contractkit.keywords import ASSERTIONS, BOUNDS
from contractkit.model.schema import Schema
from contractkit.naming import unique

CONSTRAINTS = {
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

COMBINED = ("anyOf", "oneOf", "allOf")
"""Where alternatives stand, in the order in which they are looked for; the first one is read."""


@dataclass(slots=True)
class ModelImports:
    """The models that one generated file imports; `package` is the dotted way to `models`.

    `reserved` are the names that the file itself defines.
    """

    package: str
    reserved: AbstractSet[str] = frozenset()
    names: dict[TypeName, str] = field(default_factory=dict)

    def use(self, name: TypeName) -> str:
        """Return how the file calls a model."""
        if name not in self.names:
            taken = self.reserved | set(self.names.values())
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


FORMATS = {"uuid": "UUID", "date-time": "AwareDatetime", "date": "date"}
_READERS: dict[str, Callable[[str], object]] = {
    "UUID": UUID,
    "date": date.fromisoformat,
    "AwareDatetime": datetime.fromisoformat,
}
_PLAIN = {"integer": "int", "number": "float", "boolean": "bool", "string": "str"}


def scalar_type(
    schema: Schema, modules: SchemaModules, imports: ModelImports, suggestion: str
) -> ScalarType:
    """Return the type of a parameter or header. Raises UnsupportedError for objects."""
    kind = _scalar_type(schema, modules, imports, suggestion)
    if kind.default is None or _takes(kind, schema, modules):
        return kind
    return replace(kind, default=None, refused=kind.default)


def _takes(kind: ScalarType, schema: Schema, modules: SchemaModules) -> bool:
    """Return whether a default is a value of its type and passes its schema."""
    kinds = [kind] if kind.items is None else [replace(kind.items, default=v) for v in kind.default]
    return all(_fits(one.expression, one.default) for one in kinds) and modules.passes(
        kind.default, modules.resolve(schema).location
    )


def _scalar_type(
    schema: Schema, modules: SchemaModules, imports: ModelImports, suggestion: str
) -> ScalarType:
    resolved = modules.resolve(schema)
    raw = resolved.raw
    if isinstance(raw, bool):
        raise unfit(resolved)
    default = _default(raw)
    if adds_default(raw):
        plain = Schema({"$ref": raw["$ref"]}, resolved.location)
        return replace(_scalar_type(plain, modules, imports, suggestion), default=default)
    if "enum" in raw or "const" in raw:
        return _choice(schema, resolved, modules, imports, suggestion)
    branches = branches_of(resolved, modules)
    if branches is not None:
        parts = [scalar_type(branch, modules, imports, suggestion) for branch in branches]
        if len(parts) == 1:
            return replace(parts[0], default=default if "default" in raw else parts[0].default)
        listed = _list_of_the_others(parts)
        if listed is not None:
            return replace(listed, default=_listed(default), single=True)
        if any(part.items is not None for part in parts):
            raise unfit(resolved)
        return _union(parts, default)
    return _of_type(resolved, raw, modules, imports, suggestion)


def _list_of_the_others(parts: Sequence[ScalarType]) -> ScalarType | None:
    """Return the list of a union of a type and lists of it: a single value is a list of one."""
    lists = [part for part in parts if part.items is not None]
    others = [part for part in parts if part.items is None]
    if len(lists) != 1 or lists[0].constraints or any(one != lists[0].items for one in others):
        return None
    return lists[0]


def _listed(default: Any) -> Any:
    return default if default is None or isinstance(default, list) else [default]


def _union(parts: Sequence[ScalarType], default: Any) -> ScalarType:
    expressions = dict.fromkeys(part.expression for part in parts)
    return ScalarType(" | ".join(expressions), {}, default, alternatives=tuple(parts))


def adds_default(raw: Mapping[str, Any]) -> bool:
    """Return whether a schema is a reference with another default."""
    return "$ref" in raw and "default" in raw and not (ASSERTIONS - {"$ref"}) & raw.keys()


def _of_type(
    resolved: Schema,
    raw: Mapping[str, Any],
    modules: SchemaModules,
    imports: ModelImports,
    suggestion: str,
) -> ScalarType:
    """Return the type that `type` names. Raises UnsupportedError for objects."""
    default = _default(raw)
    kind = raw.get("type")
    kinds = [one for one in kind if one != "null"] if isinstance(kind, list) else [kind]
    if kinds == ["array"]:
        return _list(resolved, modules, imports, suggestion)
    if kind is None and not ASSERTIONS & raw.keys():
        kinds = ["string"]  # any text
    plain = [_PLAIN.get(str(one)) for one in kinds]
    if not plain or None in plain:
        raise unfit(resolved)
    if len(plain) > 1:
        return _union([ScalarType(str(one), {}) for one in plain], default)
    expression = str(plain[0])
    if expression == "str":
        expression = FORMATS.get(str(raw.get("format")), "str")
    bounded = expression in {"int", "float", "str"}
    constraints = _constraints(raw, str(kinds[0])) if bounded else {}
    pattern = constraints.get("pattern")
    if pattern is None or (same_pattern(pattern) and compiles(pattern)):
        return ScalarType(expression, constraints, default)
    del constraints["pattern"]
    return ScalarType(expression, constraints, default, pattern=str(pattern))


def _default(raw: Mapping[str, Any]) -> Any:
    default = raw.get("default")
    if isinstance(default, float) and raw.get("type") == "integer" and default.is_integer():
        return int(default)
    return default


def _fits(expression: str, default: Any) -> bool:
    """Return whether a default is a value of a type; of others its schema alone says it."""
    kinds: dict[str, tuple[type, ...]] = {
        "int": (int,), "float": (int, float), "bool": (bool,), "str": (str,),
    }  # fmt: skip
    reader = _READERS.get(expression)
    if reader is not None:
        try:
            reader(default)
        except (TypeError, ValueError, AttributeError):
            return False
        return True
    wanted = kinds.get(expression)
    return wanted is None or (
        isinstance(default, wanted) and (bool in wanted or not isinstance(default, bool))
    )


def _constraints(raw: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return the arguments of `Field` for the bounds of a type, as far as it can hold them."""
    return {
        CONSTRAINTS[key]: raw[key]
        for key in BOUNDS.get(kind, ())
        if key in raw and holds(kind, raw[key])
    }


def branches_of(schema: Schema, modules: SchemaModules) -> list[Schema] | None:
    """Return the alternatives that are not null, or the only part of an `allOf`."""
    if isinstance(schema.raw, bool):
        return None
    for key in COMBINED:
        parts = schema.raw.get(key)
        if not isinstance(parts, list) or not parts:
            continue
        found = [modules.resolve_within(schema, key, str(i)) for i in range(len(parts))]
        rest = [
            part
            for part in found
            if part is not None
            and not (isinstance(part.raw, Mapping) and part.raw.get("type") == "null")
        ]
        if not rest or (key == "allOf" and len(rest) > 1):
            raise unfit(schema)
        return rest
    return None


def _choice(
    schema: Schema,
    resolved: Schema,
    modules: SchemaModules,
    imports: ModelImports,
    suggestion: str,
) -> ScalarType:
    raw: Any = resolved.raw
    default = _default(raw)
    given = raw.get("enum", [raw.get("const")])
    values = [value for value in given if value is not None] if isinstance(given, list) else []
    if not values or not all(in_literal(v) and not isinstance(v, bool) for v in values):
        raise unfit(resolved)
    same = len({type(value) for value in values}) == 1
    if resolved.location == schema.location or len(values) == 1 or not same:
        choice = f"Literal[{', '.join(map(repr, dict.fromkeys(values)))}]"
        return ScalarType(choice, {}, default, whole=any(isinstance(v, int) for v in values))
    whole = isinstance(values[0], int)
    name = imports.use(modules.require(schema, suggestion))
    return ScalarType(name, {}, default, enum=True, whole=whole)


def _list(
    resolved: Schema, modules: SchemaModules, imports: ModelImports, suggestion: str
) -> ScalarType:
    raw: Any = resolved.raw
    items = modules.resolve_within(resolved, "items")
    if items is None:
        raise unfit(resolved)
    inner = scalar_type(items, modules, imports, suggestion)
    if inner.items is not None:
        raise unfit(resolved)
    default = _default(raw)
    given = default if isinstance(default, list) else None
    refused = None if given is default else default
    kind = f"list[{inner.expression}]"
    return ScalarType(kind, _constraints(raw, "array"), given, refused=refused, items=inner)


def unfit(schema: Schema) -> UnsupportedError:
    """Return the error for a schema that no parameter or header can have."""
    return UnsupportedError(
        schema.location,
        "This schema does not fit into a parameter or header.",
        "Use a text, number, boolean, enum or a list of them; put objects into the body.",
    )
