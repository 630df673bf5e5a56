"""Reads the discriminator of a schema: OpenAPI's object, or AsyncAPI's name of a property."""

from collections.abc import Mapping
from typing import Any


def property_of(schema: Mapping[str, Any]) -> str | None:
    """Return the property that tells schemas apart, or None."""
    written = schema.get("discriminator")
    name = written.get("propertyName") if isinstance(written, Mapping) else written
    return name if isinstance(name, str) else None


def mapping_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the mapping of values to schemas; AsyncAPI has none."""
    written = schema.get("discriminator")
    mapping = written.get("mapping") if isinstance(written, Mapping) else None
    return mapping if isinstance(mapping, Mapping) else {}


def texts_of(member: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the only texts that a property allows; none when it allows others."""
    values = (member or {}).get("enum", [(member or {}).get("const")])
    return tuple(v for v in values if isinstance(v, str)) if isinstance(values, list) else ()
