"""Event streams that are asked for with more than a URL: another method, headers or a body."""

import shutil

import pytest
from compiler.calling import run

DOCUMENT = """
openapi: 3.1.0
info: {title: Streams, version: '1'}
paths:
  /watch:
    get:
      operationId: watch
      parameters:
        - {name: X-Token, in: header, required: true, schema: {type: string}}
        - {name: X-Size, in: header, schema: {type: integer}}
        - {name: Last-Event-ID, in: header, schema: {type: string}}
      responses: {'200': {description: ok, content: {text/event-stream: {schema: {type: object, properties: {a: {type: integer}}}}}}}
  /chat:
    post:
      operationId: chat
      requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {m: {type: string}}}}}}
      responses: {'200': {description: ok, content: {text/event-stream: {schema: {type: string}}}}}
  /note:
    post:
      operationId: note
      requestBody: {content: {text/plain: {schema: {type: string}}}}
      responses: {'200': {description: ok, content: {text/event-stream: {schema: {type: string}}}}}
"""
CALLS = """
import { Client, chat, note, watch } from "./typescript/index.js";
const asked = [], heard = [];
let status = 200;
const fetch = async (url, { method = "GET", headers, body }) => {
  asked.push({ url, method, headers, body });
  const data = method === "GET" ? '{"a": 1}' : "plain text";
  return new Response(`data: ${data}\\n\\n`, { status, headers: { "content-type": "text/event-stream" } });
};
const client = new Client({ fetch });
for await (const { data } of watch(client, { xToken: "t", xSize: undefined })) {
  heard.push(data);
  break;
}
for await (const { data } of chat(client, { body: { m: "hi" } })) heard.push(data);
for await (const { data } of note(client)) heard.push(data);
for await (const { data } of note(client, { body: "n" })) heard.push(data);
status = 503;
let refused;
try {
  for await (const { data } of note(client)) heard.push(data);
} catch (error) {
  refused = error.status;
}
console.log(JSON.stringify({ asked, heard, refused }));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js")
def test_a_stream_sends_its_headers_and_its_body_and_posts_once(packages):
    made = packages.written("typescript_streams", DOCUMENT)
    found = run(made, CALLS)
    stream, text = {"accept": "text/event-stream"}, {"content-type": "text/plain"}
    assert found["asked"] == [
        {"url": "/watch", "method": "GET", "headers": {"X-Token": "t", **stream}},
        {
            "url": "/chat", "method": "POST", "body": '{"m":"hi"}',
            "headers": {"content-type": "application/json", **stream},
        },
        {"url": "/note", "method": "POST", "headers": stream},
        {"url": "/note", "method": "POST", "headers": {**text, **stream}, "body": "n"},
        {"url": "/note", "method": "POST", "headers": stream},
    ]  # fmt: skip
    assert found["heard"] == [{"a": 1}, "plain text", "plain text", "plain text"]
    assert found["refused"] == 503


BOTH = """
openapi: 3.1.0
info: {title: Both, version: '1'}
paths:
  /chat:
    post:
      operationId: chat
      requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {stream: {type: boolean}}}}}}
      responses:
        '200':
          description: ok
          content:
            text/event-stream: {schema: {type: object, properties: {part: {type: string}}}}
            application/json: {schema: {type: object, required: [whole], properties: {whole: {type: string}}}}
  /chat-stream: {get: {operationId: chatStream, responses: {'204': {description: ok}}}}
"""
BOTH_CALLS = """
import * as all from "./typescript/index.js";
const seen = [];
const fetch = async (url, { headers, body }) => {
  seen.push([url, headers.accept, body]);
  const stream = headers.accept === "text/event-stream";
  if (body === undefined) return new Response(null, { status: 204 });
  return new Response(stream ? 'data: {"part":"a"}\\n\\n' : '{"whole":"ab"}', { headers: { "content-type": stream ? "text/event-stream" : "application/json" } });
};
const client = new all.Client({ fetch });
seen.push(await client.chat({ body: {} }));
for await (const frame of all.chatStream2(client, { body: { stream: true } })) seen.push(frame.data);
await client.chatStream();
console.log(JSON.stringify(seen));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js")
def test_an_answer_that_is_a_stream_or_json_has_a_function_for_each(packages):
    made = packages.written("typescript_both", BOTH)
    accepts = "application/json, application/problem+json"
    assert run(made, BOTH_CALLS) == [
        ["/chat", accepts, "{}"],
        {"whole": "ab"},
        ["/chat", "text/event-stream", '{"stream":true}'],
        {"part": "a"},
        ["/chat-stream", accepts, None],
    ]
