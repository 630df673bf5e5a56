"""What the TypeScript client makes of parameters that are null, empty or dots, or called like members of objects."""

import shutil

import pytest
from compiler.calling import run
from compiler.serving import client, implement, recording

DOCUMENT = """
openapi: 3.1.0
info: {title: Calls, version: '1'}
paths:
  /plain:
    get:
      operationId: plain
      parameters:
        - {name: text, in: query, schema: {type: [string, 'null']}}
        - {name: count, in: query, schema: {type: [integer, 'null']}}
        - {name: many, in: query, schema: {type: array, items: {type: integer}}}
        - {name: constructor, in: query, schema: {type: string}}
        - {name: toString, in: query, schema: {type: string}}
        - {name: X-Note, in: header, schema: {type: [string, 'null']}}
      responses: {'204': {description: taken}}
  /styled:
    get:
      operationId: styled
      parameters:
        - {name: joined, in: query, explode: false, schema: {type: array, items: {type: integer}}}
        - {name: piped, in: query, style: pipeDelimited, explode: false, schema: {type: [array, 'null'], items: {type: string}}}
        - {name: flat, in: query, explode: false, schema: {type: object, properties: {a: {type: integer}, b: {type: [integer, 'null']}}}}
        - {name: deep, in: query, style: deepObject, explode: true, schema: {type: object, properties: {a: {type: [integer, 'null']}}}}
        - {name: X-Tags, in: header, schema: {type: array, items: {type: integer}}}
      responses: {'204': {description: taken}}
  /item/{id}:
    get: {operationId: item, parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {'204': {description: taken}}}
  /loud: {post: {operationId: loud, requestBody: {required: true, content: {Application/JSON: {schema: {type: object}}}}, responses: {'204': {description: taken}}}}
  /named:
    get:
      operationId: named
      parameters: [{name: headers, in: query, schema: {type: string}}, {name: content, in: query, schema: {type: string}}]
      requestBody: {content: {application/octet-stream: {}}}
      responses: {'204': {description: taken, headers: {X-A: {schema: {type: string}}}}}
"""
CALLS = """
import { Client } from "./typescript/index.js";
const seen = [];
const fetch = async (url, init) => {
  seen.push([url, init.headers]);
  return new Response(null, { status: 204 });
};
const client = new Client({ fetch });
await client.plain({});
await client.plain({ text: null, count: null, many: [], xNote: null });
await client.plain({ text: "", count: 0, many: [1, 2], xNote: "n", constructorQuery: "c", toStringQuery: "t" });
await client.styled({ joined: [], piped: null, flat: {}, deep: {}, xTags: [] });
await client.styled({ joined: [1, 2], piped: ["a", "b"], flat: { a: 1, b: null }, deep: { a: null }, xTags: [1] });
console.log(JSON.stringify(seen));
"""


PATHS = """
import { Client } from "./typescript/index.js";
const seen = [];
const fetch = async (url, { body }) => {
  seen.push(body ?? new URL(url, "http://test").pathname);
  return new Response(null, { status: 204 });
};
const client = new Client({ fetch });
for (const id of ["..", ".", "", "...", "a/b", "%2e%2e"]) {
  try {
    await client.item({ id });
  } catch (error) {
    seen.push(error.name);
  }
}
await client.loud({ body: { a: 1 } });
console.log(JSON.stringify(seen));
"""


@pytest.fixture
def made(packages):
    return packages.written("typescript_calls", DOCUMENT)


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js")
async def test_what_is_null_or_empty_is_left_out(made):
    http, taken = made.module("http.default"), []

    async def take(self, **given):
        taken.append({name: value for name, value in given.items() if value is not None})

    api = implement(http.DefaultApi, plain=take, styled=take)
    async with client(http.build_default_router(api)) as browser:
        for url, headers in run(made, CALLS):
            given = await browser.get(url, headers=headers)
            assert given.status_code == 204, (url, given.text)
    full = taken.pop()
    assert full.pop("flat").model_dump() == {"a": 1}
    assert taken == [
        {}, {},
        {"text": "", "count": 0, "many": [1, 2], "note": "n", "constructor": "c", "to_string": "t"},
        {},
    ]  # fmt: skip
    assert full == {"joined": [1, 2], "piped": ["a", "b"], "tags": [1]}


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js")
def test_a_path_never_becomes_another_one(made):
    assert run(made, PATHS) == [
        "RangeError", "RangeError", "RangeError", "/item/...", "/item/a%2Fb", "/item/%252e%252e", '{"a":1}',
    ]  # fmt: skip


def test_parameters_may_be_called_like_variables_of_the_code(made, strictly_checked):
    strictly_checked(made)


SEPARATED = """
openapi: 3.1.0
info: {title: Separated, version: '1'}
paths:
  /lists/{simple}/{matrix}:
    get:
      operationId: lists
      parameters:
        - {name: simple, in: path, required: true, schema: {type: array, items: {type: string}}}
        - {name: matrix, in: path, required: true, style: matrix, explode: true, schema: {type: array, items: {type: string}}}
        - {name: form, in: query, explode: false, schema: {type: array, items: {type: string}}}
        - {name: piped, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: string}}}
        - {name: flat, in: query, explode: false, schema: {type: object, additionalProperties: {type: string}}}
        - {name: X-Tags, in: header, schema: {type: array, items: {type: string}}}
      responses: {'204': {description: taken}}
"""
PARTS = """
import { Client } from "./typescript/index.js";
const seen = [];
const fetch = async (url, init) => {
  seen.push([url, init.headers["X-Tags"]]);
  return new Response(null, { status: 204 });
};
const client = new Client({ fetch });
const right = { simple: ["a;b"], matrix: ["a,b"], form: ["a|b"], piped: ["a,b"], flat: { a: "b|c" }, xTags: ["a|b"] };
await client.lists(right);
const wrong = [{ simple: ["a,b"] }, { matrix: ["a;b"] }, { form: ["a", "b,c"] }, { piped: ["a|b"] }, { flat: { a: "b,c" } }, { flat: { "a,b": "c" } }, { xTags: ["a,b"] }];
for (const part of wrong) {
  try {
    await client.lists({ ...right, ...part });
  } catch (error) {
    seen.push(error.name);
  }
}
console.log(JSON.stringify(seen));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
async def test_a_part_that_holds_its_separator_is_refused_and_never_sent_as_two(packages):
    made = packages.written("typescript_separated", SEPARATED)
    (sent, *refused) = run(made, PARTS)
    assert refused == ["RangeError"] * 7
    async with recording(made) as (browser, taken):
        assert (await browser.get(sent[0], headers={"X-Tags": sent[1]})).status_code == 204
    (given,) = taken
    assert given.pop("flat") == {"a": "b|c"}
    assert given == {
        "simple": ["a;b"],
        "matrix": ["a,b"],
        "form": ["a|b"],
        "piped": ["a,b"],
        "tags": ["a|b"],
    }
