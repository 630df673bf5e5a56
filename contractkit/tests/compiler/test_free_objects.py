"""Objects that describe none or not all of their members: nothing of a value is lost."""

import json

import pytest
from compiler.serving import client, implement
from pydantic import TypeAdapter

DOCUMENT = """
openapi: 3.1.0
info: {title: Free, version: '1'}
paths:
  /free:
    post:
      operationId: free
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Free'}}}}
      responses: {'200': {description: the same, content: {application/json: {schema: {$ref: '#/components/schemas/Free'}}}}}
  /bounded:
    post:
      operationId: bounded
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Bounded'}}}}
      responses: {'200': {description: the same, content: {application/json: {schema: {$ref: '#/components/schemas/Bounded'}}}}}
  /constant:
    post:
      operationId: constant
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Constant'}}}}
      responses: {'200': {description: the same, content: {application/json: {schema: {$ref: '#/components/schemas/Constant'}}}}}
  /required:
    post:
      operationId: required
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Required'}}}}
      responses: {'200': {description: the same, content: {application/json: {schema: {$ref: '#/components/schemas/Required'}}}}}
  /holder:
    post:
      operationId: holder
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Holder'}}}}
      responses: {'200': {description: the same, content: {application/json: {schema: {$ref: '#/components/schemas/Holder'}}}}}
components:
  schemas:
    Map: {type: object, additionalProperties: {type: string}}
    Base: {type: object, properties: {b: {type: integer}}}
    MapAndMember: {allOf: [{$ref: '#/components/schemas/Map'}, {type: object, properties: {a: {type: string}}}]}
    Other: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, properties: {a: {type: integer}}}]}
    Holder:
      type: object
      properties:
        named: {$ref: '#/components/schemas/MapAndMember'}
        within: {allOf: [{$ref: '#/components/schemas/Map'}, {type: object, properties: {a: {type: string}}}]}
        opened: {description: More, allOf: [{$ref: '#/components/schemas/Base'}, {type: object, additionalProperties: {type: integer}}]}
        either: {anyOf: [{$ref: '#/components/schemas/Base'}, {$ref: '#/components/schemas/Other'}, {type: object, required: [c], properties: {c: {type: string}}}]}
        listed: {type: array, items: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, additionalProperties: true}]}}
    Free: {type: object, description: Anything}
    Open: {type: object, additionalProperties: true}
    Bounded: {type: object, minProperties: 1}
    Constant: {const: {a: [1]}}
    Required: {type: object, required: [z, a], properties: {a: {type: integer}, in: {type: object, required: [y], properties: {b: {type: integer}}}}}
    Extended: {allOf: [{$ref: '#/components/schemas/Free'}, {type: object, required: [a], properties: {a: {type: integer}}}]}
    OpenlyExtended: {allOf: [{$ref: '#/components/schemas/Open'}, {type: object, properties: {a: {type: integer}}}]}
"""


@pytest.fixture
def made(packages):
    return packages.written("free_objects", DOCUMENT)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/free", {"a": {"b": [1]}}),
        ("/bounded", {"a": 1}),
        ("/constant", {"a": [1]}),
        ("/required", {"a": 1, "z": {"any": "thing"}, "in": {"y": None}}),
        ("/holder", {"named": {"a": "1", "other": "2"}, "within": {"other": "2"}}),
        ("/holder", {"either": {"b": 1, "a": 2, "c": "3"}}),
        ("/holder", {"opened": {"b": 1, "other": 2}, "listed": [{"b": 1, "other": [2]}]}),
    ],
)
async def test_all_members_arrive_and_go_back(made, path, body):
    http = made.module("http.default")

    async def echo(self, *, body):
        return body

    methods = dict.fromkeys(http.DefaultApi.__abstractmethods__, echo)
    async with client(http.build_default_router(implement(http.DefaultApi, **methods))) as browser:
        answer = await browser.post(path, json=body)
    assert (answer.status_code, answer.json()) == (200, body)


def test_those_who_extend_an_open_object_are_classes(made, strictly_checked):
    models = made.module("models.free_objects")
    assert models.Extended.model_validate({"a": 1, "b": 2}).model_dump() == {"a": 1}
    assert models.OpenlyExtended.model_validate({"a": 1, "b": 2}).model_dump() == {"a": 1, "b": 2}
    opened = TypeAdapter(models.Open)
    assert json.loads(opened.dump_json(opened.validate_python({"b": 2}))) == {"b": 2}
    assert made.omissions == []
    strictly_checked(made)


async def test_further_members_have_their_type(made):
    http = made.module("http.default")

    async def holder(self, *, body):
        return body

    api = implement(http.DefaultApi, holder=holder)
    async with client(http.build_default_router(api)) as browser:
        for body in (
            {"named": {"x": 1}},
            {"within": {"x": 1}},
            {"opened": {"b": 1, "x": "y"}},
            {"either": {"b": "x"}},
        ):
            assert (await browser.post("/holder", json=body)).status_code == 422, body


def test_they_may_be_written_in_typescript(made):
    text = made.text("typescript/src/models.ts")
    assert "} & { [key: string]: unknown };" in text
    assert "export type HolderOpened = Base & { [key: string]: unknown };" in text
