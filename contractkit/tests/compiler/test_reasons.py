"""What a value is told that fails its schema: where, what was expected, and never the value."""

import json

import jsonschema_rs
import pytest
from compiler.serving import client, implement
from pydantic_core import PydanticCustomError

SECRET = "hunter2"
KIND = {"properties": {"kind": {"const": "a"}}, "required": ["kind", "id"]}
OTHER = {"properties": {"kind": {"const": "b"}}, "required": ["kind"]}
REASONS = [
    ({"required": ["id"]}, {"x": SECRET}, 'The member "id" is missing, at the root'),
    ({"properties": {"a": {"required": ["id"]}}}, {"a": {}}, 'The member "id" is missing, at /a'),
    ({"dependentRequired": {"a": ["b"]}}, {"a": SECRET}, 'The member "b" is missing, at the root'),
    ({"additionalProperties": False}, {"x": SECRET}, "Expected no members, at the root"),
    (
        {"properties": {"a": {}}, "additionalProperties": False},
        {"x": SECRET},
        'The member "x" is not expected, at the root',
    ),
    (
        {"unevaluatedProperties": False},
        {"x": SECRET},
        'The member "x" is not expected, at the root',
    ),
    (
        {"propertyNames": {"maxLength": 1}},
        {"xy": SECRET},
        "A member's name fails its schema: Expected at most 1 characters, at the root",
    ),
    ({"type": ["integer", "null"]}, SECRET, "Expected null or integer, at the root"),
    ({"enum": [1, "a", None]}, SECRET, 'Expected 1 or "a" or null, at the root'),
    ({"const": {"a": 1}}, SECRET, 'Expected {"a": 1}, at the root'),
    ({"format": "email"}, SECRET, "Expected the format email, at the root"),
    ({"pattern": "^x{2}"}, SECRET, "Expected a text that matches ^x{2}, at the root"),
    ({"items": {"minLength": 8}}, [SECRET], "Expected at least 8 characters, at /0"),
    ({"maximum": 1.5}, 7, "Expected at most 1.5, at the root"),
    ({"exclusiveMinimum": 8}, 7, "Expected more than 8, at the root"),
    ({"multipleOf": 2}, 7, "Expected a multiple of 2, at the root"),
    ({"uniqueItems": True}, [SECRET, SECRET], "Expected items that differ, at the root"),
    (
        {"contains": {"const": 1}},
        [SECRET],
        "Expected an item that passes `contains`, at the root",
    ),
    (
        {"contains": {"const": 1}, "maxContains": 1},
        [1, 1],
        "Expected fewer items that pass `contains`, at the root",
    ),
    ({"minProperties": 2}, {"x": SECRET}, "Expected at least 2 members, at the root"),
    ({"properties": {"x": False}}, {"x": SECRET}, "Expected nothing, at /x"),
    (
        {"not": {"type": "string"}},
        SECRET,
        "Expected a value that fails the schema of `not`, at the root",
    ),
    ({"anyOf": [{"type": "null"}, {"minLength": 8}]}, SECRET, "Expected at least 8 characters, at the root"),
    ({"anyOf": [{"type": "boolean"}, {"type": "integer"}]}, SECRET, "Expected boolean or integer, at the root"),
    ({"oneOf": [KIND, OTHER]}, {"kind": "a"}, 'The member "id" is missing, at the root'),
    ({"oneOf": [KIND, OTHER]}, {"kind": SECRET, "id": 1}, 'Expected "a" or "b", at /kind'),
    ({"oneOf": [OTHER, OTHER]}, {"x": SECRET}, 'The member "kind" is missing, at the root'),
    (
        {"oneOf": [{"minLength": 1}, {"type": "string"}, {"type": "null"}]},
        SECRET,
        "Expected a value that passes exactly one alternative of `oneOf`, at the root",
    ),
    (
        {"anyOf": [{"required": ["a"]}, {"properties": {"x": {"minLength": 8}}}]},
        {"x": SECRET},
        "Expected a value that passes an alternative of `anyOf`, at the root",
    ),
    ({"enum": ["x" * 300]}, SECRET, f'Expected "{"x" * 199}…, at the root'),
]  # fmt: skip
DOCUMENT = """
openapi: 3.1.0
info: {title: Reasons, version: '1'}
paths:
  /a:
    post:
      operationId: add
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [id], minProperties: 1}}}}
      responses: {'204': {description: added}}
"""


@pytest.fixture
def made(packages):
    return packages.written("reasons", DOCUMENT)


@pytest.mark.parametrize(("schema", "value", "words"), REASONS, ids=[r[2] for r in REASONS])
def test_a_reason_says_what_was_expected_and_no_value(made, schema, value, words):
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    error = made.module("checks")._failure(next(validator.iter_errors(value)))
    assert isinstance(error, PydanticCustomError)
    assert error.message() == words
    assert SECRET not in json.dumps(error.context)


async def test_a_missing_member_is_named_to_the_caller(made):
    http = made.module("http.default")
    async with client(http.build_default_router(implement(http.DefaultApi))) as browser:
        answer = await browser.post("/a", json={"x": SECRET})
    assert answer.status_code == 422
    assert [error["msg"] for error in answer.json()["detail"]] == [
        'The member "id" is missing, at the root'
    ]


def test_the_code_is_clean(made, strictly_checked):
    strictly_checked(made)
