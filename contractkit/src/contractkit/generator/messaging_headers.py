"""The headers of a message as arguments: which there are, their types, and what fills them."""

from collections.abc import Mapping
from typing import Any, Final

from contractkit.generator.messaging_views import HeaderView
from contractkit.generator.models import ModelIndex
from contractkit.generator.routing_parameters import RESERVED
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.generator.types import ModelImports, scalar_type
from contractkit.model.schema import Schema
from contractkit.naming import header_name, unique

_VERSION: Final = "x-contract-version"


def constant_of(schema: Schema, name: str, modules: SchemaModules) -> Any:
    """Return the only value that a property may have, or None."""
    member = modules.resolve_within(modules.resolve(schema), "properties", name)
    if member is None or isinstance(member.raw, bool):
        return None
    enum = member.raw.get("enum")
    return member.raw.get("const", enum[0] if enum and len(enum) == 1 else None)


def carries_version(schema: Schema | None, modules: SchemaModules) -> bool:
    """Return whether the headers of a message may tell the version of the contract."""
    if schema is None:
        return True
    raw = modules.resolve(schema).raw
    if isinstance(raw, bool):
        return raw
    return _VERSION in raw.get("properties", {}) or raw.get("additionalProperties") is not False


def header_views(
    schema: Schema, name: TypeName, modules: SchemaModules, index: ModelIndex
) -> list[HeaderView]:
    """Return the headers that fit into one argument; `name` is the model of them all."""
    resolved = modules.resolve(schema)
    raw: Mapping[str, Any] = {} if isinstance(resolved.raw, bool) else resolved.raw
    views: list[HeaderView] = []
    for header in raw.get("properties", {}):
        member = modules.resolve_within(resolved, "properties", header)
        attribute = index.attribute(name, header)
        if member is None or attribute is None or isinstance(member.raw, bool):
            continue
        if member.raw.get("type") in {"object", "array"} or "oneOf" in member.raw:
            continue
        taken = [*RESERVED, *(view.field for view in views)]
        field = header_name(header)
        annotation = "str"
        if not member.raw.get("enum") or isinstance(member.raw["enum"][0], int):
            annotation = scalar_type(member, modules, ModelImports(""), header).expression
        constant = constant_of(schema, header, modules)
        required = header in raw.get("required", ())
        read = f"headers.{attribute}"
        if not required:
            read = f"None if {read} is MISSING else {read}"
        views.append(
            HeaderView(
                name=header,
                field=unique(f"{field}_header", taken) if field in taken else field,
                annotation=annotation,
                required=required,
                automatic=header == _VERSION or constant is not None,
                constant=constant,
                read=read,
            )
        )
    return views
