"""Schemas of which null is the only value."""

from collections.abc import Mapping

from contractkit.generator.schema_modules import SchemaModules
from contractkit.model.schema import Schema


def is_null(schema: Schema, modules: SchemaModules) -> bool:
    """Return whether null is the only value: a method of type None would return nothing."""
    raw = modules.resolve(schema).raw
    return isinstance(raw, Mapping) and (
        raw.get("type") in ("null", ["null"])
        or raw.get("enum") == [None]
        or ("const" in raw and raw["const"] is None)
    )
