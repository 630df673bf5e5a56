"""Schema keywords that are read in a way of our own: words, ranges and strings that carry JSON."""

from typing import Any

ANNOTATIONS = frozenset(
    {
        "$anchor",
        "$comment",
        "$defs",
        "$id",
        "$schema",
        "definitions",
        "deprecated",
        "description",
        "example",
        "examples",
        "externalDocs",
        "summary",
        "tags",
        "title",
        "xml",
    },
)
"""Keywords that carry words only; `deprecated` of a property is advice, too."""

MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
"""Keywords that hold schemas by name."""

LITERALS = frozenset({"const", "default", "dependentRequired", "enum", "required", "type"})
"""Keywords that hold values, in which nothing is a schema."""

RANGES = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "float": (-(2**128 - 2**104), 2**128 - 2**104),
}
"""Formats of the OpenAPI registry that are read as ranges of numbers, both ends included."""


def is_annotation(keyword: str) -> bool:
    """Whether a schema keyword changes nothing that travels."""
    return keyword in ANNOTATIONS or keyword.startswith("x-doc")


def holds_json(value: Any) -> bool:
    """Whether a schema is of a string whose content has a schema of its own."""
    return (
        isinstance(value, dict)
        and "contentSchema" in value
        and "contentEncoding" not in value
        and "json" in str(value.get("contentMediaType", ""))
    )
