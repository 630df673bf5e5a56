"""The TypeScript client reads and writes all digits of int64 where that is asked for."""

import json
import shutil
import subprocess

import pytest

DOCUMENT = """
openapi: 3.1.0
info: {title: Digits, version: '1'}
paths:
  /a/{id}:
    post:
      operationId: a
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer, format: int64}}
        - {name: f, in: query, content: {application/json: {schema: {$ref: '#/components/schemas/B'}}}}
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
        '404': {description: none, content: {application/problem+json: {schema: {$ref: '#/components/schemas/B'}}}}
  /events: {get: {operationId: events, responses: {'200': {description: d, content: {text/event-stream: {schema: {$ref: '#/components/schemas/B'}}}}}}}
components:
  schemas:
    A:
      type: object
      required: [id]
      properties:
        id: {type: integer, format: int64}
        n: {type: integer}
        next: {$ref: '#/components/schemas/A'}
        ids: {type: array, items: {type: [integer, 'null'], format: int64}}
        map: {type: object, additionalProperties: {type: integer, format: int64}}
        either: {oneOf: [{type: string}, {$ref: '#/components/schemas/B'}]}
        pair: {type: array, prefixItems: [{type: string}, {type: integer, format: int64}], minItems: 2, maxItems: 2}
        text: {type: string}
    B: {type: object, required: [b], properties: {b: {type: integer, format: int64}}}
"""
WIRE = (
    '{"id":9223372036854775807,"n":9007199254740993,"next":{"id":-9007199254740993},"ids":[1,null,'
    '9007199254740995],"map":{"id":9007199254740997},"either":{"b":2},"pair":["9007199254740999",3],'
    '"text":"a 9007199254740999 \\\\"}'
)
CALLS = """
import { Client, ProblemError, events } from "./typescript/index.js";
const wire = %s;
const sent = [];
const stream = new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode('data: {"b":9007199254740993}\\n\\n')); } });
const fetched = async (url, init) => {
  sent.push([url, init.body]);
  if (url === "/events") return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  if (url.startsWith("/a/0")) return new Response('{"b":9007199254740993}', { status: 404, headers: { "content-type": "application/problem+json" } });
  return new Response(wire, { headers: { "content-type": "application/json" } });
};
const client = new Client({ fetch: fetched });
const big = (digits) => %s(digits);
const got = await client.a({ id: big("9223372036854775807"), f: { b: big("9007199254740993") }, body: { id: big("1") } });
await client.a({ id: big("2"), body: got });
const problem = await client.a({ id: big("0"), body: got }).catch((error) => error.problem);
const frames = [];
for await (const frame of events(client)) { frames.push(frame.data); break; }
const shown = (_, value) => (typeof value === "bigint" ? `big ${value}` : value);
process.stdout.write(JSON.stringify({ got, problem, frames, sent }, shown));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js")
@pytest.mark.parametrize(("kind", "mark"), [("bigint", "big "), ("string", "")])
def test_all_digits_are_read_and_written(packages, kind, mark):
    made = packages.written(f"digits_{kind}", DOCUMENT, typescript_int64=kind)
    calls = made.folder / "calls.mjs"
    calls.write_text(CALLS % (json.dumps(WIRE), {"bigint": "BigInt"}.get(kind, "String")))
    said = subprocess.run(
        ["node", calls.name], cwd=made.folder, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    assert found["got"] == {
        "id": f"{mark}9223372036854775807",
        "n": 9007199254740992,
        "next": {"id": f"{mark}-9007199254740993"},
        "ids": [f"{mark}1", None, f"{mark}9007199254740995"],
        "map": {"id": f"{mark}9007199254740997"},
        "either": {"b": f"{mark}2"},
        "pair": ["9007199254740999", f"{mark}3"],
        "text": "a 9007199254740999 \\",
    }
    assert found["problem"] == found["frames"][0] == {"b": f"{mark}9007199254740993"}
    (first, second, *_) = found["sent"]
    assert first == ["/a/9223372036854775807?f=%7B%22b%22%3A9007199254740993%7D", '{"id":1}']
    assert second[1] == WIRE.replace("9007199254740993,", "9007199254740992,", 1)
