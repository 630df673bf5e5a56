"""What OpenAPI 3.2 adds to operations: other methods, and parameters that are the whole query."""

import shutil

import pytest
from compiler.calling import run
from compiler.serving import recording

DOCUMENT = """
openapi: 3.2.0
info: {title: T, version: '1'}
paths:
  /a/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: search
      parameters:
        - name: wanted
          in: querystring
          content: {application/x-www-form-urlencoded: {schema: {type: object, required: [q], properties: {q: {type: string}, n: {type: array, items: {type: integer}}}}}}
      responses: {'204': {description: ok}}
    put:
      operationId: whole
      parameters: [{name: json, in: querystring, content: {application/json: {schema: {type: object}}}}]
      responses: {'204': {description: ok}}
    additionalOperations:
      COPY: {responses: {'204': {description: ok}}}
      M-SEARCH: {operationId: find, requestBody: {content: {application/json: {schema: {type: integer}}}}, responses: {'204': {description: ok}}}
"""


@pytest.fixture
def made(packages):
    return packages.written("openapi_32", DOCUMENT)


async def test_other_methods_and_whole_queries_are_read(made, strictly_checked):
    strictly_checked(made)
    async with recording(made) as (browser, taken):
        answers = [
            await browser.get("/a/1?q=x&n=1&n=2"),
            await browser.get("/a/1?n=x"),
            await browser.request("COPY", "/a/2"),
            await browser.request("M-SEARCH", "/a/3", json=4),
        ]
    assert [answer.status_code for answer in answers] == [204, 422, 204, 204]
    wanted = made.module("models.openapi_32").SearchWanted(q="x", n=[1, 2])
    assert taken == [{"id": 1, "wanted": wanted}, {"id": 2}, {"id": 3, "body": 4}]


def test_a_parameter_in_an_unknown_place_is_told(made):
    assert [told.partition(": ")[0] for told in made.omissions] == ["json of the operation whole"]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_client_sends_them(made):
    calls = """
    import { Client } from "./typescript/index.js";
    const seen = [];
    const client = new Client({ fetch: async (url, init) => {
      seen.push([init.method, url]);
      return new Response(null, { status: 204 });
    } });
    await client.search({ id: 1, wanted: { q: "x y", n: [1, 2] } });
    await client.copyAId({ id: 2 });
    await client.find({ id: 3, body: 4 });
    console.log(JSON.stringify(seen));
    """
    sent = [["GET", "/a/1?q=x+y&n=1&n=2"], ["COPY", "/a/2"], ["M-SEARCH", "/a/3"]]
    assert run(made, calls) == sent
