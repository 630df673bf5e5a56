"""Keyword by keyword: no text that fails the schema of a parameter reaches a handler.

The oracle is jsonschema-rs, on what the texts stand for by the schema's type.
"""

import json

import jsonschema_rs
import pytest
from compiler.serving import client, implement

INTEGER = {
    "not": {"type": "integer", "not": {"const": 5}},
    "if": {"type": "integer", "if": {"minimum": 5}, "then": {"multipleOf": 2}},
    "oneOf": {"oneOf": [{"type": "integer", "minimum": 3}, {"type": "integer", "maximum": 5}]},
    "allOf of two": {"allOf": [{"type": "integer", "minimum": 3}], "not": {"const": 4}},
    "enum": {"type": "integer", "enum": [3, 5]},
}
TEXT = {
    "not": {"type": "string", "not": {"pattern": "^b"}},
    "oneOf": {"oneOf": [{"type": "string", "maxLength": 2}, {"type": "string", "minLength": 2}]},
    "two patterns": {"type": "string", "pattern": "^b", "not": {"pattern": "d$"}},
    "lookaround": {"type": "string", "pattern": "^(?!b)"},
}
LIST = {
    "uniqueItems": {"type": "array", "uniqueItems": True, "items": {"type": "integer"}},
    "contains": {"type": "array", "contains": {"const": 5}, "items": {"type": "integer"}},
    "minContains": {
        "type": "array", "contains": {"minimum": 4}, "minContains": 2, "items": {"type": "integer"},
    },
    "not in items": {"type": "array", "items": {"type": "integer", "not": {"const": 5}}},
}  # fmt: skip
CASES = [
    *(
        (name, schema, [str(number) for number in range(8)], int)
        for name, schema in INTEGER.items()
    ),
    *((name, schema, ["a", "ab", "abc", "b", "bc", "bcd"], str) for name, schema in TEXT.items()),
    *(
        (name, schema, ["1", "5", "1,2", "1,1", "5,1", "5,5,4"], list)
        for name, schema in LIST.items()
    ),
]
PLACES = ("query", "header", "cookie", "path")


def document() -> str:
    paths = {}
    for number, (_, schema, _, _) in enumerate(CASES):
        for place in PLACES:
            parameter = {"name": "v", "in": place, "explode": False, "schema": schema}
            if place == "path":
                parameter["required"] = True
            path = f"/{place}{number}" + ("/{v}" if place == "path" else "")
            answers = {"204": {"description": "taken"}}
            operation = {
                "operationId": f"{place}{number}",
                "parameters": [parameter],
                "responses": answers,
            }
            paths[path] = {"get": operation}
    info = {"title": "Parameter keywords", "version": "1"}
    return json.dumps({"openapi": "3.1.0", "info": info, "paths": paths})


def meant(text: str, kind: type) -> object:
    """What a text stands for."""
    return [int(part) for part in text.split(",")] if kind is list else kind(text)


@pytest.fixture
def made(packages):
    return packages.written("parameter_keywords", document())


@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=[f"{name} {kind.__name__}" for name, _, _, kind in CASES]
)
async def test_a_text_that_fails_its_schema_is_refused(made, number):
    http = made.module("http.default")
    _, schema, texts, kind = CASES[number]
    oracle = jsonschema_rs.Draft202012Validator(schema)
    async with client(http.build_default_router(implement(http.DefaultApi))) as browser:
        for text in texts:
            valid = oracle.is_valid(meant(text, kind))
            for place in PLACES:
                url = {"query": f"/query{number}?v={text}", "path": f"/path{number}/{text}"}
                sent = {"header": {"v": text}, "cookie": {"cookie": f"v={text}"}}
                given = await browser.get(
                    url.get(place, f"/{place}{number}"), headers=sent.get(place)
                )
                assert given.status_code == (204 if valid else 422), (place, text, given.text)


def test_nothing_of_it_is_left_out_and_the_code_is_clean(made, strictly_checked):
    assert made.omissions == []
    strictly_checked(made)
