"""The keywords of JSON Schema, sorted by what stands in them: one place for all that walk them."""

from typing import Any, Final

ONE: Final = frozenset({
    "items", "additionalProperties", "additionalItems", "contains", "propertyNames", "not",
    "if", "then", "else", "unevaluatedItems", "unevaluatedProperties", "contentSchema",
})  # fmt: skip
"""Keywords that hold a schema."""

LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems", "items"})
"""Keywords that hold a list of schemas (`items` up to draft 2019-09)."""

MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
"""Keywords that hold schemas by name."""

DEFINITIONS: Final = frozenset({"$defs", "definitions"})
"""Keywords that hold schemas by name for those who refer to them."""

LITERALS: Final = frozenset({"const", "default", "dependentRequired", "enum", "required", "type"})
"""Keywords that hold values, in which nothing is a schema."""

UNREADABLE: Final = ("$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor")
"""Keywords that change what a reference means."""

WORDS: Final = frozenset({
    "$anchor", "$comment", "$id", "$schema", "deprecated", "description", "example", "examples",
    "externalDocs", "summary", "tags", "title", "xml", *DEFINITIONS,
})  # fmt: skip
"""Keywords that carry words only; `deprecated` of a property is advice, too."""

HARMLESS: Final = WORDS - {"$anchor", "tags"} | {
    "default", "readOnly", "writeOnly", "discriminator", "format", "id", "contentMediaType",
    "contentEncoding", "contentSchema",
}  # fmt: skip
"""Keywords that refuse no value."""

MODELLED: Final = frozenset({
    "$ref", "type", "enum", "const", "properties", "required", "additionalProperties", "items",
    "anyOf", "oneOf", "allOf", "minLength", "maxLength", "pattern", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "prefixItems",
    "patternProperties",
})  # fmt: skip
"""Keywords that reach the model generator, most of them only in a shape that a type can have."""

ASSERTIONS: Final = MODELLED | frozenset({
    "not", "if", "then", "else", "contains", "minContains", "maxContains", "uniqueItems",
    "minProperties", "maxProperties", "propertyNames", "dependentRequired", "dependentSchemas",
    "dependencies", "unevaluatedItems", "unevaluatedProperties", "additionalItems",
})  # fmt: skip
"""Keywords that refuse values (JSON Schema 2020-12, and `dependencies` of draft 7)."""

RANGES: Final = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "float": (-(2**128 - 2**104), 2**128 - 2**104),
}
"""Formats of the OpenAPI registry that are read as ranges of numbers, both ends included."""


def is_annotation(keyword: str) -> bool:
    """Return whether a schema keyword changes nothing that travels."""
    return keyword in WORDS or keyword.startswith("x-doc")


def holds_json(value: Any) -> bool:
    """Return whether a schema is of a string whose content has a schema of its own."""
    return (
        isinstance(value, dict)
        and "contentSchema" in value
        and "contentEncoding" not in value
        and "json" in str(value.get("contentMediaType", ""))
    )
