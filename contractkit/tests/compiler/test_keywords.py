"""Keyword by keyword: what fails a schema never passes the generated code, what passes it may.

The oracle is jsonschema-rs. The rows are the table of docs/support.md, which names every keyword.
"""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import jsonschema_rs
import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "support.md"

KEYWORDS = {
    "type": {"type": "string"},
    "type list": {"type": ["string", "integer"]},
    "enum": {"enum": ["a", "b"]},
    "enum of anything": {"enum": [["a"], {"a": 1}, 1.5, None]},
    "enum of integers": {"type": "integer", "enum": [1, 2]},
    "enum of one integer": {"type": "integer", "enum": [1]},
    "const of an integer": {"type": "integer", "const": 1},
    "const": {"const": "a"},
    "const of anything": {"const": {"a": [1]}},
    "const number": {"const": 1.5},
    "multipleOf": {"type": "integer", "multipleOf": 3},
    "multipleOf of numbers": {"type": "number", "multipleOf": 0.5},
    "maximum": {"type": "integer", "maximum": 3},
    "minimum without type": {"minimum": 3},
    "exclusiveMaximum": {"type": "number", "exclusiveMaximum": 3},
    "exclusiveMinimum": {"type": "number", "exclusiveMinimum": 3},
    "maxLength": {"type": "string", "maxLength": 2},
    "minLength": {"type": "string", "minLength": 2},
    "pattern": {"type": "string", "pattern": "^a+$"},
    "pattern with classes": {"type": "string", "pattern": r"^\d\w$"},
    "pattern with lookaround": {"type": "string", "pattern": "^(?!b)a"},
    "pattern with properties": {"type": "string", "pattern": r"^\p{L}+$"},
    "pattern twice": {"allOf": [{"type": "string", "pattern": "a"}, {"pattern": "b"}]},
    "items": {"type": "array", "items": {"type": "integer"}},
    "prefixItems": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
    "prefixItems with items": {
        "type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"},
    },
    "contains": {"type": "array", "contains": {"type": "integer"}},
    "minContains": {"type": "array", "contains": {"type": "integer"}, "minContains": 2},
    "maxItems": {"type": "array", "maxItems": 1},
    "minItems": {"type": "array", "minItems": 2},
    "uniqueItems": {"type": "array", "uniqueItems": True},
    "unevaluatedItems": {
        "type": "array", "prefixItems": [{"type": "string"}], "unevaluatedItems": False,
    },
    "properties": {"type": "object", "properties": {"a": {"type": "integer"}}},
    "required": {"type": "object", "properties": {"a": {}}, "required": ["a"]},
    "required elsewhere": {"type": "object", "required": ["z"]},
    "additionalProperties": {
        "type": "object", "properties": {"a": {}}, "additionalProperties": False,
    },
    "additionalProperties schema": {
        "type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "integer"},
    },
    "patternProperties": {"type": "object", "patternProperties": {"^a": {"type": "integer"}}},
    "propertyNames": {"type": "object", "propertyNames": {"maxLength": 1}},
    "maxProperties": {"type": "object", "maxProperties": 1},
    "minProperties": {"type": "object", "minProperties": 2},
    "dependentRequired": {"type": "object", "dependentRequired": {"a": ["b"]}},
    "dependentSchemas": {"type": "object", "dependentSchemas": {"a": {"required": ["b"]}}},
    "unevaluatedProperties": {
        "type": "object",
        "allOf": [{"properties": {"a": {}}}],
        "unevaluatedProperties": False,
    },
    "allOf": {"allOf": [{"required": ["a"]}, {"required": ["b"]}], "type": "object"},
    "anyOf": {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 3}]},
    "anyOf of objects": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["a"]}]},
    "oneOf": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 3}]},
    "not": {"not": {"type": "string"}},
    "if then else": {
        "type": "object",
        "if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["z"]},
    },
    "false": False,
    "$ref": {"$ref": "#/components/schemas/Shared"},
    "$ref with siblings": {"$ref": "#/components/schemas/Shared", "maxLength": 1},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
    "uuid": {"type": "string", "format": "uuid"},
}  # fmt: skip

SHARED = {"type": "string", "minLength": 1}

VALUES = [
    None, True, False, 0, 1, 2, 3, 4, 6, 1.5, 2.5, -1, 10**20, "", "a", "b", "aa", "ab", "ba", "1a", "aaa", "é",
    "٣a", "2024-01-01", "2024-01-01T00:00:00Z", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", 1704067200,
    "3f2504e04f8911d39a0c0305e82c3301", "{3f2504e0-4f89-11d3-9a0c-0305e82c3301}", "urn:uuid:3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    [], [1], ["a"], ["a", 1], ["a", "b"], ["a", 1, 2], [1, 1], [1, 2], ["a"] * 2, [None], [[1]],
    {}, {"a": 1}, {"a": "x"}, {"b": 1}, {"a": 1, "b": 2}, {"a": [1]}, {"z": 1}, {"ab": "x"}, {"aa": 1, "z": 1}, {"bb": 1},
    {"a": 1, "c": "x"}, {"a": None},
]  # fmt: skip


@pytest.fixture(scope="module")
def made(packages):
    channels = {
        f"k{index}": {"address": f"k{index}", "messages": {f"M{index}": {"payload": schema}}}
        for index, schema in enumerate(KEYWORDS.values())
    }
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "Keywords", "version": "1"},
        "channels": channels,
        "operations": {
            f"on{index}": {"action": "receive", "channel": {"$ref": f"#/channels/k{index}"}}
            for index in range(len(KEYWORDS))
        },
        "components": {"schemas": {"Shared": SHARED}},
    }
    found = packages.written("keywords", f"# asyncapi\n{json.dumps(document)}")
    assert found.omissions == []
    return found


@pytest.mark.parametrize("name", KEYWORDS)
def test_nothing_that_fails_the_schema_reaches_a_handler(made, name):
    index = list(KEYWORDS).index(name)
    app = made.module("messaging.application")
    error = made.module("messaging.contract").ContractError
    read = next(getattr(app, n) for n in dir(app) if re.fullmatch(f"read_on_?{index}", n))
    schema = KEYWORDS[name]
    oracle = jsonschema_rs.Draft202012Validator(
        {"allOf": [schema], "components": {"schemas": {"Shared": SHARED}}},
        validate_formats=True,
    )
    passed = 0
    for value in VALUES:
        try:
            read(message(json.dumps(value), f"k{index}"))
        except error:
            continue
        passed += 1
        assert oracle.is_valid(value), f"{value!r} fails {schema} and was passed on"
    valid = [value for value in VALUES if oracle.is_valid(value)]
    assert bool(passed) == bool(valid), f"nothing passes {schema}, not even {valid[:3]}"


def message(body, key):
    empty = ("content_encoding", "content_type", "correlation_id", "message_id", "type", "exchange")
    return SimpleNamespace(
        body=body.encode(), routing_key=key, headers={}, redelivered=False, **dict.fromkeys(empty)
    )


MODEL_ALONE = {
    "type", "type list", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum",
    "exclusiveMinimum", "maxLength", "minLength", "pattern", "items", "maxItems", "minItems",
    "properties", "required", "additionalProperties", "anyOf", "$ref",
}  # fmt: skip
"""Whose rows of the table say that the model checks them; all others the schema checks, too."""


def test_the_table_says_who_checks_what(made):
    definitions = made.module("checks")._DEFINITIONS
    checked = {
        name for index, name in enumerate(KEYWORDS) if f"keywords.M{index}Payload" in definitions
    }
    assert set(KEYWORDS) - checked == MODEL_ALONE
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    told = {True: set(), False: set()}
    for words, who in rows:
        told[who.startswith("the model") and "and" not in who] |= set(
            re.findall(r"`([$a-zA-Z-]+)`", words)
        )
    for name in (name for name in KEYWORDS if " " not in name):
        assert name in told[name in MODEL_ALONE], name


def test_the_table_names_every_keyword():
    text = DOCUMENT.read_text(encoding="utf-8")
    table = set(re.findall(r"`([$a-zA-Z-]+)`", text))
    assert {word for name in KEYWORDS for word in [name.split()[0]]} <= table
