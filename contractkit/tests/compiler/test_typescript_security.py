"""How the TypeScript client authenticates: each operation by the schemes that it names, and no others."""

import shutil

import pytest
from compiler.calling import run

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")

DOCUMENT = """
openapi: 3.1.0
info: {title: Secured, version: '1'}
security: [{header_key: []}]
paths:
  /header: {get: {operationId: byHeader, responses: {'204': {description: ok}}}}
  /query:
    get:
      operationId: byQuery
      security: [{'query-key': []}]
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses: {'204': {description: ok}}
  /basic: {get: {operationId: byBasic, security: [{basic: []}], responses: {'204': {description: ok}}}}
  /token: {get: {operationId: byToken, security: [{oauth: [read]}], responses: {'204': {description: ok}}}}
  /both: {get: {operationId: byBoth, security: [{header_key: [], basic: []}], responses: {'204': {description: ok}}}}
  /either: {get: {operationId: byEither, security: [{basic: []}, {bearer: []}], responses: {'204': {description: ok}}}}
  /cookie: {get: {operationId: byCookie, security: [{cookie: []}], responses: {'204': {description: ok}}}}
  /open: {post: {operationId: openly, security: [], requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {'204': {description: ok}}}}
  /stream:
    get:
      operationId: streamed
      security: [{'query-key': []}]
      responses: {'200': {description: ok, content: {text/event-stream: {schema: {type: string}}}}}
components:
  schemas:
    Secret: {type: object, properties: {a: {type: string}}}
  securitySchemes:
    header_key: {type: apiKey, in: header, name: X-Api-Key}
    query-key: {type: apiKey, in: query, name: api key}
    cookie: {type: apiKey, in: cookie, name: session}
    basic: {type: http, scheme: Basic}
    bearer: {type: http, scheme: bearer}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://example.test/token', scopes: {read: Read}}}}
"""
BEGIN = """
import * as all from "./typescript/index.js";
const { Client } = all;
const seen = [];
const fetch = async (url, init) => {
  const { accept, "content-type": type, ...headers } = init.headers;
  seen.push([url, headers]);
  return new Response(null, { status: 204 });
};
"""
END = "console.log(JSON.stringify(seen));"


@pytest.fixture(scope="module")
def made(packages):
    return packages.written("typescript_security", DOCUMENT)


def test_each_operation_sends_what_its_schemes_ask_for_and_nothing_else(made):
    calls = run(
        made,
        BEGIN
        + """
        const secrets = { header_key: "hk", "query-key": () => "q k", basic: "ada:pässword" };
        const client = new Client({ fetch, token: async () => "t", secrets });
        for (const name of ["byHeader", "byBasic", "byToken", "byBoth", "byEither", "byCookie"]) await client[name]();
        await client.byQuery({});
        await client.byQuery({ q: "1" });
        await client.openly({ body: {} });
        for await (const _ of all.streamed(client, {})) break;
        seen.push(["known", await client.authorization()]);
        """
        + END,
    )
    key = {"x-api-key": "hk"}
    basic = {"authorization": "Basic YWRhOnDDpHNzd29yZA=="}
    assert calls == [
        ["/header", key],
        ["/basic", basic],
        ["/token", {"authorization": "Bearer t"}],
        ["/both", key | basic],
        ["/either", basic],
        ["/cookie", {}],
        ["/query?api+key=q+k", {}],
        ["/query?q=1&api+key=q+k", {}],
        ["/open", {}],
        ["/stream?api+key=q+k", {}],
        ["known", key | basic],
    ]


def test_of_alternatives_the_one_that_is_known_is_sent(made):
    calls = run(
        made,
        BEGIN
        + """
        await new Client({ fetch, token: "t" }).byEither();
        await new Client({ fetch, headers: { "x-mine": "1" } }).byEither();
        await new Client({ fetch, secrets: { basic: undefined } }).byBasic();
        """
        + END,
    )
    assert calls == [
        ["/either", {"authorization": "Bearer t"}],
        ["/either", {"x-mine": "1"}],
        ["/basic", {}],
    ]


def test_of_alternatives_the_first_is_sent_of_which_all_is_known(packages):
    made = packages.written(
        "typescript_alternatives",
        """
openapi: 3.1.0
info: {title: Alternatives, version: '1'}
paths:
  /keys: {get: {operationId: byKeys, security: [{a: [], b: []}, {'c d': []}, {e: []}], responses: {'204': {description: ok}}}}
  /optional: {get: {operationId: optional, security: [{}, {session: []}, {a: []}], responses: {'204': {description: ok}}}}
  /twice: {get: {operationId: twice, security: [{a: [], b: []}, {a: [], 'c d': []}], responses: {'204': {description: ok}}}}
components:
  securitySchemes:
    a: {type: apiKey, in: header, name: X-A}
    b: {type: apiKey, in: header, name: X-B}
    'c d': {type: apiKey, in: query, name: c}
    e: {type: http, scheme: bearer}
    session: {type: apiKey, in: cookie, name: session}
""",
    )
    calls = run(
        made,
        BEGIN
        + """
        let asked = 0;
        const a = () => { asked += 1; return "1"; };
        await new Client({ fetch, token: "t", secrets: { a: "1", b: "2", "c d": "3" } }).byKeys();
        await new Client({ fetch, token: "t", secrets: { a: "1", "c d": "3" } }).byKeys();
        await new Client({ fetch, token: "t", secrets: { b: "2" } }).byKeys();
        await new Client({ fetch, secrets: { b: "2" } }).byKeys();
        await new Client({ fetch, secrets: { a: "1", b: "2" } }).optional();
        await new Client({ fetch, secrets: { b: "2" } }).optional();
        await new Client({ fetch, secrets: { a, "c d": "3" } }).twice();
        seen.push(asked);
        """
        + END,
    )
    assert calls == [
        ["/keys", {"x-a": "1", "x-b": "2"}],
        ["/keys?c=3", {}],
        ["/keys", {"authorization": "Bearer t"}],
        ["/keys", {"x-b": "2"}],
        ["/optional", {"x-a": "1"}],
        ["/optional", {}],
        ["/twice?c=3", {"x-a": "1"}],
        1,
    ]


def test_a_contract_without_bearer_tokens_has_no_token(packages):
    document = """
openapi: 3.1.0
info: {title: Keys, version: '1'}
security: [{key: []}]
paths:
  /a: {get: {operationId: a, responses: {'200': {description: ok, content: {application/json: {schema: {type: string}}}}}}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}
"""
    made = packages.written("typescript_keys", document)
    assert "token?:" not in made.text("typescript/client.d.ts")
    assert '"x-key"' in made.text("typescript/client.js")
