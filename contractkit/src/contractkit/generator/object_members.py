"""The members that a schema describes, itself or in the parts of its `allOf`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contractkit.generator.schema_modules import SchemaModules
from contractkit.model.schema import Schema


@dataclass(frozen=True, slots=True)
class ObjectMembers:
    """The schemas of members by name, resolved, and the names of those that are required.

    Of a member that several parts describe, the first schema counts.
    """

    schemas: dict[str, Schema] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)


def members_of(schema: Schema, modules: SchemaModules) -> ObjectMembers:
    """Return the members of an object; none of a schema of something else."""
    found = ObjectMembers()
    for layer in layers_of(schema, modules):
        raw = raw_of(layer)
        for name in raw.get("properties", {}):
            member = modules.resolve_within(layer, "properties", name)
            if member is not None:
                found.schemas.setdefault(name, member)
        found.required.extend(raw.get("required", ()))
    return found


def layers_of(schema: Schema, modules: SchemaModules) -> list[Schema]:
    """Return a schema, resolved, and the parts of its `allOf`, those of parts too; each once."""
    found: dict[str, Schema] = {}
    _collect(schema, modules, found)
    return list(found.values())


def raw_of(layer: Schema) -> Mapping[str, Any]:
    """Return the keywords of a layer; none of a boolean."""
    return layer.raw if isinstance(layer.raw, Mapping) else {}


def _collect(schema: Schema, modules: SchemaModules, found: dict[str, Schema]) -> None:
    resolved = modules.resolve(schema)
    if resolved.location.reference in found or not isinstance(resolved.raw, Mapping):
        return
    found[resolved.location.reference] = resolved
    for index in range(len(raw_of(resolved).get("allOf", ()))):
        part = modules.resolve_within(resolved, "allOf", str(index))
        if part is not None:
            _collect(part, modules, found)
