"""Keyword by keyword: no text that fails the schema of a parameter reaches a handler.

The oracle is jsonschema-rs, on what the texts stand for by the schema's type.
"""

import json

import jsonschema_rs
import pytest
from compiler.serving import client, implement, recording

ANY, MANY = object, tuple


def valid(value: object, schema: dict[str, object]) -> bool:
    return jsonschema_rs.Draft202012Validator(schema).is_valid(value)


def meant(text: str, kind: type) -> list[object]:
    """What a text may stand for."""
    if kind is MANY:
        parts = text.split(",")
        return [parts, [int(part) if part.isdecimal() else part for part in parts]]
    if kind is not ANY:
        return [[int(part) for part in text.split(",")] if kind is list else kind(text)]
    typed = json.loads(text) if text[0].isdecimal() or text == "true" else text
    return [text, typed]


DEFAULTS = (6, [6], "b")
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
SEVERAL = {
    "numbers": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 3}]},
    "a list of types": {"type": ["string", "integer"], "maxLength": 2, "maximum": 7},
    "a boolean": {"anyOf": [{"type": "boolean"}, {"type": "integer", "not": {"const": 5}}]},
    "a text or a number": {
        "oneOf": [
            {"type": "string", "pattern": "^[a-z]+$", "not": {"const": "ab"}},
            {"type": "integer"},
        ],
    },
    "a text beside a text": {"oneOf": [{"type": "string"}, {"type": ["string", "null"]}]},
    "untyped": {"oneOf": [{"minimum": 3}, {"type": "string", "maxLength": 2}]},
}
MIXED = {
    "of several types": {
        "type": "array",
        "uniqueItems": True,
        "items": {"type": ["string", "integer"], "maxLength": 1, "not": {"const": "7"}},
    },
}
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
    *(
        (name, schema, ["a", "ab", "abc", "2", "2.5", "5", "100", "true", "null"], ANY)
        for name, schema in SEVERAL.items()
    ),
]
CASES += [
    (name, schema, ["a,b", "a,a", "a,12", "ab,1", "7,1", "1,1"], MANY)
    for name, schema in MIXED.items()
]
CASES += [
    (f"{name} beside a default", {**schema, "default": default}, texts, kind)
    for name, schema, texts, kind in CASES
    if (default := next((one for one in DEFAULTS if valid(one, schema)), None)) is not None
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


@pytest.fixture
def made(packages):
    return packages.written("parameter_keywords", document())


@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=[f"{name} {kind.__name__}" for name, _, _, kind in CASES]
)
async def test_a_text_that_fails_its_schema_is_refused(made, number):
    http = made.module("http.default")
    _, schema, texts, kind = CASES[number]
    async with client(http.build_default_router(implement(http.DefaultApi))) as browser:
        for text in texts:
            passes = any(valid(value, schema) for value in meant(text, kind))
            for place in PLACES:
                url = {"query": f"/query{number}?v={text}", "path": f"/path{number}/{text}"}
                sent = {"header": {"v": text}, "cookie": {"cookie": f"v={text}"}}
                given = await browser.get(
                    url.get(place, f"/{place}{number}"), headers=sent.get(place)
                )
                assert given.status_code == (204 if passes else 422), (place, text, given.text)


def test_nothing_of_it_is_left_out_and_the_code_is_clean(made, strictly_checked):
    assert made.omissions == []
    strictly_checked(made)


MISPLACED = [
    ({"type": "integer", "maxLength": 1}, ["12"], ["a"]),
    ({"type": "number", "pattern": "^1", "maxItems": 1}, ["2.5"], ["a"]),
    ({"type": "boolean", "minimum": 3}, ["true"], ["a"]),
    ({"type": "string", "minimum": 3, "multipleOf": 2}, ["1", "a"], []),
    (
        {"type": "array", "maxLength": 1, "items": {"type": "integer", "minItems": 3}},
        ["1,2"],
        ["a"],
    ),
    ({"type": "integer", "minimum": 1.5, "multipleOf": 0.5}, ["2"], ["1"]),
    ({"type": "integer", "multipleOf": 2.5}, ["5"], ["4"]),
    ({"$ref": "#/components/schemas/Number"}, ["1", "2"], ["3", "a"]),
]


@pytest.fixture(scope="module")
def misplaced(packages):
    parameters = [
        {"name": f"p{index}", "in": "query", "explode": False, "schema": row[0]}
        for index, row in enumerate(MISPLACED)
    ]
    operation = {
        "operationId": "ask",
        "parameters": parameters,
        "responses": {"204": {"description": "ok"}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Misplaced", "version": "1"},
        "paths": {"/": {"get": operation}},
        "components": {"schemas": {"Number": {"type": "number", "enum": [1, 2]}}},
    }
    return packages.written("misplaced_bounds", json.dumps(document))


@pytest.mark.parametrize("index", range(len(MISPLACED)))
async def test_a_bound_of_another_type_or_between_integers_hinders_no_parameter(misplaced, index):
    """Pydantic has no length for an integer, and no step of 0.5: the whole server did not start."""
    _, passing, failing = MISPLACED[index]
    async with recording(misplaced) as (http, _):
        taken = [(await http.get("/", params={f"p{index}": text})).status_code for text in passing]
        refused = [
            (await http.get("/", params={f"p{index}": text})).status_code for text in failing
        ]
    assert taken == [204] * len(passing)
    assert refused == [422] * len(failing)
