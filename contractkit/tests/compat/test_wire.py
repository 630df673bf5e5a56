"""Parameters and headers are compared as the texts that travel, bodies as values."""

import itertools
import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from compat.contracts import contract, findings, loud
from contractkit.compat.finding import Finding
from contractkit.compat.media import media_range, schema_language
from contractkit.compat.rule import Severity

TEXT, NUMBER, WHOLE, FLAG = ({"type": t} for t in ("string", "number", "integer", "boolean"))
DIGITS = {"type": "string", "pattern": "^-?(0|[1-9][0-9]*)$"}
MANY = {"type": "array", "items": {"type": "integer"}}
UUID = {"type": "string", "format": "uuid"}
NULLABLE = {"anyOf": [{"type": "integer"}, {"type": "null"}]}

TAKES = [
    (WHOLE, TEXT), (NUMBER, TEXT), (FLAG, TEXT), (WHOLE, NUMBER), (UUID, TEXT),
    ({"type": "integer", "minimum": 1, "maximum": 3}, {"type": "string", "enum": ["1", "2", "3"]}),
    ({"enum": [1, 2]}, {"type": "string", "enum": ["1", "2", "x"]}),
    ({"type": "string", "enum": ["1", "2"]}, {"type": "integer", "minimum": 1}),
    ({"type": "string", "enum": ["1", "2"]}, {"anyOf": [WHOLE, FLAG]}),
    ({"const": "true"}, {"type": ["boolean", "integer"]}),
    (FLAG, {"type": "string", "enum": ["true", "false"]}),
    (WHOLE, DIGITS), (NULLABLE, WHOLE),
    ({"type": ["integer", "null"]}, WHOLE),
    ({"type": "array", "items": WHOLE}, {"type": "array", "items": TEXT}),
]  # fmt: skip
REFUSES = [
    (TEXT, WHOLE), (TEXT, NUMBER), (TEXT, FLAG), (TEXT, UUID), (NUMBER, WHOLE), (FLAG, WHOLE),
    (WHOLE, FLAG), (WHOLE, {"type": "string", "minLength": 3}), (WHOLE, UUID),
    ({"type": "string", "enum": ["1", "x"]}, {"enum": [1, 2]}),
    (WHOLE, {"type": "string", "enum": ["1", "2"]}),
    ({"type": "array", "items": TEXT}, {"type": "array", "items": WHOLE}),
]  # fmt: skip


def parameter(schema: Any, place: str, **more: Any) -> Any:
    known = {"name": "p", "in": place, "required": place == "path", "schema": schema, **more}
    operation = {
        "operationId": "a",
        "parameters": [known],
        "responses": {"200": {"description": "d"}},
    }
    return document(operation)


def header(schema: Any) -> Any:
    answer = {"200": {"description": "d", "headers": {"x-p": {"schema": schema}}}}
    return document({"operationId": "a", "responses": answer})


def document(operation: Any) -> Any:
    components = {"schemas": {"Text": TEXT, "Whole": WHOLE}}
    info = {"title": "t", "version": "1.0.0"}
    paths = {"/a/{p}": {"get": operation}}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}


def compared(old: Any, new: Any) -> list[Finding]:
    return loud(findings(contract(old), contract(new)))


@pytest.mark.parametrize("place", ["path", "query", "header", "cookie"])
@pytest.mark.parametrize(("old", "new"), TAKES, ids=str)
def test_it_takes_every_old_text(old: Any, new: Any, place: str) -> None:
    assert compared(parameter(old, place), parameter(new, place)) == []


@pytest.mark.parametrize(("old", "new"), REFUSES, ids=str)
def test_it_refuses_a_text(old: Any, new: Any) -> None:
    found = compared(parameter(old, "query"), parameter(new, "query"))
    assert {f.severity for f in found} == {Severity.BREAKING}


def test_the_witness_is_a_text() -> None:
    (finding,) = compared(parameter(TEXT, "path"), parameter(WHOLE, "path"))
    assert finding.witness is not None
    assert isinstance(finding.witness.payload, str)
    assert not finding.witness.payload.isdecimal()


@pytest.mark.parametrize(
    ("new", "text"),
    [({"minLength": 1}, ""), ({"maxLength": 3}, "    "), ({"enum": ["true", "a"]}, "")],
)
def test_the_witness_of_a_limit_is_no_other_text_that_looks_like_a_number(
    new: Any, text: str
) -> None:
    (finding,) = compared(parameter(TEXT, "query"), parameter({**TEXT, **new}, "query"))
    assert finding.witness is not None
    assert finding.witness.payload not in {"true", "5"}
    assert len(finding.witness.payload) >= len(text)


LIMITED = (
    {}, TEXT, WHOLE, NUMBER, FLAG, DIGITS, {"type": ["string", "integer"]}, {"enum": [1, "a"]},
    {"type": "string", "minLength": 1}, {"allOf": [TEXT, {"maxLength": 2}]},
    {"type": "string", "not": {"enum": ["a"]}}, {"anyOf": [WHOLE, FLAG]},
    {"oneOf": [WHOLE, {"const": "a"}]},
)  # fmt: skip


def reads(schema: Any, text: str) -> bool:
    """Return whether a schema takes a text as a string, a number or a boolean."""
    values: list[Any] = [text]
    if text in {"true", "false"} or re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text):
        values.append(json.loads(text))
    return any(Draft202012Validator(schema).is_valid(value) for value in values)


@pytest.mark.parametrize(("old", "new"), list(itertools.permutations(LIMITED, 2)), ids=str)
def test_a_witness_is_a_text_that_new_takes_in_no_way(old: Any, new: Any) -> None:
    for finding in compared(parameter(old, "query"), parameter(new, "query")):
        if finding.witness is not None and isinstance(finding.witness.payload, str):
            assert reads(old, finding.witness.payload)
            assert not reads(new, finding.witness.payload)


def test_a_path_has_no_empty_parts() -> None:
    filled = {**TEXT, "minLength": 1}
    assert compared(parameter(TEXT, "path"), parameter(filled, "path")) == []
    assert compared(parameter(TEXT, "query"), parameter(filled, "query")) != []
    assert compared(parameter(TEXT, "path"), parameter({**TEXT, "minLength": 2}, "path")) != []


@pytest.mark.parametrize(("old", "new"), [(WHOLE, TEXT), (FLAG, TEXT)], ids=str)
def test_a_response_header_goes_the_other_way(old: Any, new: Any) -> None:
    assert [f.severity for f in compared(header(old), header(new))] == [Severity.BREAKING]
    assert compared(header(new), header(old)) == []


def test_references_are_texts_too() -> None:
    text, whole = ({"$ref": f"#/components/schemas/{name}"} for name in ("Text", "Whole"))
    assert [f.severity for f in compared(parameter(whole, "path"), parameter(text, "path"))] == [
        Severity.WARNING  # another component
    ]
    found = compared(parameter(text, "path"), parameter(whole, "path"))
    assert found[0].severity is Severity.BREAKING


def test_a_lone_value_is_an_array_of_one_where_it_is_written_so() -> None:
    assert compared(parameter(WHOLE, "query"), parameter(MANY, "query")) == []
    two = {**MANY, "minItems": 2}
    assert compared(parameter(WHOLE, "query"), parameter(two, "query")) != []
    assert compared(parameter(WHOLE, "path"), parameter(MANY, "path")) == []
    texts = {"type": "array", "items": TEXT}
    assert compared(parameter(TEXT, "path"), parameter(texts, "path")) != []


def test_no_witness_of_a_joined_list_is_a_text_that_new_takes_or_a_list_without_a_text() -> None:
    """`a,b` is a text, and a list of two; what no list writes proves nothing."""
    joined, repeated = {"explode": False}, {"explode": True}
    texts = {"type": "array", "items": TEXT}
    for old, new in ((TEXT, texts), (texts, TEXT)):
        for finding in compared(
            parameter(old, "query", **joined), parameter(new, "query", **joined)
        ):
            assert finding.witness is None
    (finding,) = compared(
        parameter(texts, "query", **repeated), parameter(TEXT, "query", **repeated)
    )
    assert finding.witness is not None
    assert len(finding.witness.payload) > 1


def test_what_travels_as_json_is_a_value() -> None:
    def content(schema: Any) -> Any:
        made = parameter(schema, "query", content={"application/json": {"schema": schema}})
        del made["paths"]["/a/{p}"]["get"]["parameters"][0]["schema"]
        return made

    old, new = content(WHOLE), content(TEXT)
    assert [f.severity for f in compared(old, new)] == [Severity.BREAKING]


def test_a_component_in_a_body_and_in_a_path_breaks_for_the_body_only() -> None:
    def both(schema: Any) -> Any:
        made = parameter({"$ref": "#/components/schemas/Id"}, "path")
        made["components"]["schemas"]["Id"] = schema
        reference = {"schema": {"$ref": "#/components/schemas/Id"}}
        made["paths"]["/b"] = {
            "post": {
                "operationId": "b",
                "requestBody": {"content": {"application/json": reference}},
                "responses": {"200": {"description": "d"}},
            }
        }
        return made

    (finding,) = compared(both(WHOLE), both(TEXT))
    assert finding.severity is Severity.BREAKING
    assert finding.witness is not None
    assert isinstance(finding.witness.payload, int)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("application/json", "Application/JSON; charset=UTF-8", True),
        ("application/a+json", 'application/a+json;charset="utf-8"', True),
        ("text/csv", "text/csv; charset=utf-8", False),
        ("a/b; p=X", "a/b;P=X", True),
        ("a/b; p=X", "a/b; p=x", False),
    ],
)
def test_media_types(one: str, two: str, same: bool) -> None:
    assert (media_range(one) == media_range(two)) is same


def test_schema_formats() -> None:
    own = schema_language("application/vnd.aai.asyncapi+json;version=3.0.0")
    assert own == schema_language("application/vnd.aai.asyncapi;version=3.1.0")
    assert own == schema_language("application/schema+yaml;version=draft-07")
    avro = schema_language("application/vnd.apache.avro;version=1.9.0")
    assert avro != schema_language("application/vnd.apache.avro;version=1.10.0")
    assert avro != own
