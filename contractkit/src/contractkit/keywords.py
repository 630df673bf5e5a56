"""The keywords of JSON Schema, grouped by the type of their value, and its types."""

from collections.abc import Mapping
from typing import Any, Final

TYPES: Final = frozenset({
    "array", "boolean", "integer", "null", "number", "object", "string",
})  # fmt: skip
"""The values of `type`."""

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
"""Keywords that hold named schemas for references."""

LITERALS: Final = frozenset({"const", "default", "dependentRequired", "enum", "required", "type"})
"""Keywords that hold literal values, in which nothing is a schema."""

UNREADABLE: Final = ("$dynamicRef", "$recursiveRef")
"""Keywords whose target depends on the way to them."""

ANCHORS: Final = ("$anchor", "$dynamicAnchor")
"""Keywords that give a schema a name for references."""

WORDS: Final = frozenset({
    "$anchor", "$comment", "$id", "$schema", "deprecated", "description", "example", "examples",
    "externalDocs", "summary", "tags", "title", "xml", *DEFINITIONS,
})  # fmt: skip
"""Keywords for documentation only; `deprecated` of a property is one too."""

HARMLESS: Final = WORDS - {"$anchor", "tags"} | {
    "default", "readOnly", "writeOnly", "discriminator", "format", "id", "contentMediaType",
    "contentEncoding", "contentSchema",
}  # fmt: skip
"""Keywords that never refuse a value."""

MODELLED: Final = frozenset({
    "$ref", "type", "enum", "const", "properties", "required", "additionalProperties", "items",
    "anyOf", "oneOf", "allOf", "minLength", "maxLength", "pattern", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "prefixItems",
    "patternProperties",
})  # fmt: skip
"""Keywords that the model generator gets, most of them only with values that it supports."""

ASSERTIONS: Final = MODELLED | frozenset({
    "not", "if", "then", "else", "contains", "minContains", "maxContains", "uniqueItems",
    "minProperties", "maxProperties", "propertyNames", "dependentRequired", "dependentSchemas",
    "dependencies", "unevaluatedItems", "unevaluatedProperties", "additionalItems",
})  # fmt: skip
"""Keywords that may refuse values (JSON Schema 2020-12, and `dependencies` of draft 7)."""

KEYWORDS: Final = ASSERTIONS | WORDS | HARMLESS | {
    *UNREADABLE, *ANCHORS, "$vocabulary", "$recursiveAnchor", "nullable",
}  # fmt: skip
"""All keywords of JSON Schema, those of older drafts and of OpenAPI among them."""

_NUMBERS: Final = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
)  # fmt: skip
BOUNDS: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("minLength", "maxLength", "pattern"),
    "array": ("minItems", "maxItems"),
    "integer": _NUMBERS,
    "number": _NUMBERS,
}
"""Keywords that bound the values of a type; values of other types pass them."""

FLAGS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
"""The bounds that draft 4 and OpenAPI 3.0 mark as exclusive by a flag."""

RANGES: Final = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "float": (-(2**128 - 2**104), 2**128 - 2**104),
}
"""Formats of the OpenAPI registry that are read as ranges of numbers, both ends included."""

MARKS: Final = ("default", "readOnly", "writeOnly", "deprecated")
"""Annotations that affect a reader of the value; the outermost one counts."""


def is_annotation(keyword: str) -> bool:
    """Return whether a schema keyword does not affect which values are accepted."""
    return keyword in WORDS or keyword.startswith("x-doc")


def declared_types(schema: Any) -> set[str]:
    """Return the types that a schema names, null among them; none where it names none."""
    declared = schema.get("type") if isinstance(schema, Mapping) else None
    return {declared} if isinstance(declared, str) else set(declared or ())


def type_of(value: Any) -> str:
    """Return the type of JSON Schema that a value has; a float is a number, whole or not."""
    if value is None:
        return "null"
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
        if isinstance(value, kind):
            return name
    return "array" if isinstance(value, list) else "object"


def replace_flags(schema: dict[str, Any]) -> None:
    """Say `exclusiveMinimum: true`, of draft 4 and OpenAPI 3.0, as the bound that it stands for."""
    for flag, bound in FLAGS.items():
        if isinstance(schema.get(flag), bool) and schema.pop(flag) and bound in schema:
            schema[flag] = schema.pop(bound)


def lone_member(schema: Mapping[str, Any]) -> Any:
    """Return the only member of an `allOf` beside which nothing else is said, or None."""
    composed = schema.get("allOf")
    said = {key for key in schema if not is_annotation(key) and key not in MARKS}
    alone = said == {"allOf"} and isinstance(composed, list) and len(composed) == 1
    return composed[0] if alone and composed else None


def holds_json(value: Any) -> bool:
    """Return whether a schema is of a string with a `contentSchema` for JSON."""
    return (
        isinstance(value, dict)
        and "contentSchema" in value
        and "contentEncoding" not in value
        and "json" in str(value.get("contentMediaType", ""))
    )
