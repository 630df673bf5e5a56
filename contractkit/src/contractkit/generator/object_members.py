"""The members that a schema describes, itself or in the parts of its `allOf`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contractkit.generator.modelled_schema import well_formed
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
    _collect(schema, modules, found, set())
    return found


def _collect(schema: Schema, modules: SchemaModules, found: ObjectMembers, seen: set[str]) -> None:
    resolved = modules.resolve(schema)
    if resolved.location.reference in seen or not isinstance(resolved.raw, Mapping):
        return
    seen.add(resolved.location.reference)
    raw = well_formed(resolved.raw)
    for name in raw.get("properties", {}):
        member = modules.resolve_within(resolved, "properties", name)
        if member is not None:
            found.schemas.setdefault(name, member)
    found.required.extend(raw.get("required", ()))
    for index in range(len(raw.get("allOf", ()))):
        part = modules.resolve_within(resolved, "allOf", str(index))
        if part is not None:
            _collect(part, modules, found, seen)
