"""A schema as it is written, with its location; its references are relative to that file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contractkit.documents import Documents, Node, made
from contractkit.location import Location


@dataclass(frozen=True, slots=True)
class Schema:
    """A JSON Schema: `raw` is the object or boolean as written, `location` its place."""

    raw: Mapping[str, Any] | bool
    location: Location

    @property
    def reference(self) -> str | None:
        """The `$ref` as written, or None."""
        if isinstance(self.raw, bool):
            return None
        value = self.raw.get("$ref")
        return value if isinstance(value, str) else None


def of(documents: Documents, schema: Schema) -> Node:
    """Return the node of a schema."""
    return made(documents, schema.location, schema.raw)
