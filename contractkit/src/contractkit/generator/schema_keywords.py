"""The keywords of JSON Schema, sorted by what stands in them: one place for all that walk them."""

from typing import Final

ONE: Final = frozenset({
    "items", "additionalProperties", "additionalItems", "contains", "propertyNames", "not",
    "if", "then", "else", "unevaluatedItems", "unevaluatedProperties", "contentSchema",
})  # fmt: skip
"""Keywords that hold a schema."""

LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems", "items"})
"""Keywords that hold a list of schemas (`items` up to draft 2019-09)."""

MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
"""Keywords that hold schemas by name."""

LITERALS: Final = frozenset({"const", "enum", "default", "examples", "example"})
"""Keywords that hold values, in which nothing is a schema."""

DEFINITIONS: Final = frozenset({"$defs", "definitions"})

UNREADABLE: Final = ("$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor")
"""Keywords that change what a reference means."""

ANNOTATIONS: Final = frozenset({
    "title", "description", "summary", "examples", "example", "default", "deprecated", "readOnly",
    "writeOnly", "$comment", "externalDocs", "xml", "discriminator", "format", "$schema", "$id",
    "id", "contentMediaType", "contentEncoding", "contentSchema", "$defs", "definitions",
})  # fmt: skip
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
