"""What the generated server takes is what passes the schema: drawn at random, and what was found so."""

import json
import sys
import warnings
from collections import Counter

import pytest
from compiler.serving import recording
from fuzz.models import batch, importable

REFERENCE = "#/components/schemas/"
FOUND = {
    "another name of a class that holds itself": (
        {"$ref": f"{REFERENCE}Tree", "required": ["name"]},
        [{"name": "a", "next": {}}],
        [{}, {"name": 1}],
    ),
    "that name in a list": (
        {"type": "array", "items": {"$ref": f"{REFERENCE}Named"}},
        [[{"name": "a"}], []],
        [[{"name": 1}], {}],
    ),
    "a password with a pattern": (
        {"type": "string", "format": "password", "pattern": "^[a-z]+$", "minLength": 2},
        ["ab"],
        ["A1", "a"],
    ),
    "a composition that null passes": (
        {"allOf": [{"$ref": f"{REFERENCE}Optional"}, {"maxProperties": 1}]},
        [None, {"name": "a"}],
        [1, "a", {"name": "a", "more": 1}],
    ),
    "a composition of choices without an object": (
        {"allOf": [{"anyOf": [{"type": "integer"}, {"const": "a"}]}, {"not": {"const": 3}}]},
        [1, "a"],
        [3, "b", {}, None],
    ),
    "a composition of numbers of which one is listed": (
        {"allOf": [{"type": "integer", "maximum": 1.5}, {"$ref": f"{REFERENCE}One"}]},
        [1],
        [2, 0, {}],
    ),
    "a composition that nothing says a type of": (
        {"allOf": [{"not": {"type": "number"}}, {"not": {"type": "string"}}]},
        [None, {}, [], True],
        [1, "a"],
    ),
    "a composition that nothing passes": (
        {"allOf": [{"$ref": f"{REFERENCE}Tree"}, {"$ref": f"{REFERENCE}Colour"}]},
        [],
        [{}, "red", None],
    ),
    "a list with a bound of texts": (
        {"type": ["array", "null"], "items": {"type": "string"}, "maxLength": 1},
        [["a", "b"], None],
        [[1], "a"],
    ),
    "a map within a list that must not be empty": (
        {
            "type": "array",
            "items": {"type": "object", "additionalProperties": {}, "minProperties": 1},
        },
        [[{"a": 1}], []],
        [[{}]],
    ),
    "a choice of an object without any members": (
        {"anyOf": [{"type": "integer"}, {"type": "object", "additionalProperties": False}]},
        [1, {}],
        [{"a": 1}, "a"],
    ),
    "a choice of null and null": (
        {"anyOf": [{"type": "null"}, {"enum": [None]}]},
        [None],
        [True, "a", {}],
    ),
    "a choice of texts of which one may be a number": (
        {"oneOf": [{"type": "string", "format": "byte"}, {"type": ["string", "integer"]}]},
        [1],
        ["a", None],
    ),
    "a schema that extends itself and has no model": (
        {"$ref": f"{REFERENCE}Endless"},
        [{"count": 1}],
        [{"count": "a"}],
    ),
}
COMPONENTS = {
    "Tree": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "next": {"$ref": f"{REFERENCE}Tree"}},
    },
    "Named": {"$ref": f"{REFERENCE}Tree"},
    "Optional": {"oneOf": [{"$ref": f"{REFERENCE}Tree"}, {"type": "null"}]},
    "One": {"enum": [1]},
    "Colour": {"type": "string", "enum": ["red"]},
    "Endless": {
        "type": "object",
        "properties": {"count": {"type": "integer"}},
        "allOf": [
            {
                "properties": {
                    "more": {
                        "allOf": [{"$ref": f"{REFERENCE}Endless"}, {"properties": {"more": {}}}]
                    }
                }
            }
        ],
    },
}


@pytest.fixture(scope="module")
def found(packages):
    """Return what is generated of all schemas at once."""
    content = {name: {"application/json": {"schema": case[0]}} for name, case in FOUND.items()}
    paths = {
        f"/{index}": {
            "post": {
                "operationId": f"take {index}",
                "requestBody": {"required": True, "content": content[name]},
                "responses": {"204": {"description": "ok"}},
            }
        }
        for index, name in enumerate(FOUND)
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Found", "version": "1"},
        "paths": paths,
        "components": {"schemas": COMPONENTS},
    }
    return packages.written("found_at_random", json.dumps(document))


@pytest.mark.parametrize("name", FOUND)
async def test_what_was_found(found, name):
    _, passing, failing = FOUND[name]
    path = f"/{list(FOUND).index(name)}"
    headers = {"content-type": "application/json"}

    async def sent(http, value):
        answer = await http.post(path, content=json.dumps(value), headers=headers)
        return answer.status_code

    async with recording(found) as (http, _):
        taken = [await sent(http, value) for value in passing]
        refused = [await sent(http, value) for value in failing]
    assert taken == [204] * len(passing)
    assert refused == [422] * len(failing)


@pytest.mark.parametrize("seed", [126, 226])
def test_what_is_drawn(seed, monkeypatch):
    """Two draws that the code before this test did not pass; `make fuzz-models` makes others."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    counts: Counter[str] = Counter()
    with importable() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        faults = [str(fault) for fault in batch(seed, folder, counts)]
    assert faults == []
    assert min(counts["passes"], counts["fails"]) > 100
