"""Parameters and bodies of every shape that OpenAPI describes, through the generated routes."""

import json
import shutil
import subprocess
from datetime import date

import httpx
import pytest
from fastapi import FastAPI

from contractkit.lint.run import lint
from contractkit.options import Options

DOCUMENT = r"""
openapi: 3.1.0
info: {title: Parameters, version: '1'}
paths:
  /deep:
    get:
      operationId: deep
      parameters:
        - {name: filter, in: query, style: deepObject, explode: true, required: true, schema: {$ref: '#/components/schemas/Filter'}}
      responses: {'204': {description: ok}}
  /form:
    get:
      operationId: form
      parameters:
        - {name: page, in: query, schema: {type: object, additionalProperties: false, properties: {limit: {type: integer, maximum: 9}, all: {type: boolean}}}}
        - {name: flat, in: query, explode: false, schema: {type: object, properties: {r: {type: integer}}}}
        - {name: json, in: query, content: {application/json: {schema: {$ref: '#/components/schemas/Filter'}}}}
      responses: {'204': {description: ok}}
  /label/{list}/{object}:
    get:
      operationId: label
      parameters:
        - {name: list, in: path, required: true, style: label, schema: {type: array, items: {type: integer}}}
        - {name: object, in: path, required: true, style: label, explode: true, schema: {$ref: '#/components/schemas/Point'}}
      responses: {'204': {description: ok}}
  /matrix/{one}/{list}/{many}/{object}/{flat}:
    get:
      operationId: matrix
      parameters:
        - {name: one, in: path, required: true, style: matrix, schema: {type: integer}}
        - {name: list, in: path, required: true, style: matrix, schema: {type: array, items: {type: string}}}
        - {name: many, in: path, required: true, style: matrix, explode: true, schema: {type: array, items: {type: string}}}
        - {name: object, in: path, required: true, style: matrix, explode: true, schema: {$ref: '#/components/schemas/Point'}}
        - {name: flat, in: path, required: true, style: matrix, schema: {$ref: '#/components/schemas/Point'}}
      responses: {'204': {description: ok}}
  /simple/{ids}:
    get:
      operationId: simple
      parameters:
        - {name: ids, in: path, required: true, schema: {type: array, items: {type: integer}}}
        - {name: X-Point, in: header, required: true, explode: true, schema: {$ref: '#/components/schemas/Point'}}
        - {name: X-Tags, in: header, explode: true, schema: {type: array, items: {type: string}}}
        - {name: seen, in: cookie, explode: false, schema: {type: array, items: {type: integer}}}
      responses: {'204': {description: ok}}
  /pattern:
    get:
      operationId: pattern
      parameters:
        - {name: hex, in: query, schema: {type: string, pattern: '^\x61+$'}}
        - {name: digits, in: query, schema: {type: array, items: {type: string, pattern: '^\d+$'}}}
      responses: {'204': {description: ok}}
  /bodies:
    post:
      operationId: bodies
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/Point'}}
          application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/Point'}}
          text/plain: {schema: {type: string}}
          application/xml: {schema: {type: object}}
          image/*: {}
      responses: {'204': {description: ok}}
components:
  schemas:
    Filter:
      type: object
      required: [kind]
      additionalProperties: false
      properties: {kind: {type: string, enum: [a, b]}, size: {type: integer}, tags: {type: array, uniqueItems: true, items: {type: string}}}
    Point:
      type: object
      required: [R, G]
      additionalProperties: false
      properties: {R: {type: integer}, G: {type: integer}}
"""


class Service:
    """The generated routes with an implementation that keeps what it is given."""

    def __init__(self, made):
        http = made.module("http.default")
        self.calls = calls = []

        async def keep(self, **given):
            calls.append(given)

        names = dict.fromkeys(http.DefaultApi.__abstractmethods__, keep)
        app = FastAPI()
        app.include_router(http.build_default_router(type("Api", (http.DefaultApi,), names)()))
        self.document = app.openapi()
        self._transport = httpx.ASGITransport(app)

    async def status(self, method, path, **options):
        async with httpx.AsyncClient(transport=self._transport, base_url="http://test") as client:
            return (await client.request(method, path, **options)).status_code

    async def get(self, path, **options):
        """Return what the operation was called with, as JSON data."""
        assert await self.status("GET", path, **options) == 204
        return plain(self.calls[-1])


def plain(value):
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture
def service(packages):
    made = packages.written("parameters", DOCUMENT)
    assert made.omissions == []
    return Service(made)


async def test_deep_objects(service):
    found = await service.get("/deep?filter[kind]=a&filter[size]=3&filter[tags]=x&filter[tags]=y")
    assert found == {"filter": {"kind": "a", "size": 3, "tags": ["x", "y"]}}
    for wrong in ("", "?filter[kind]=c", "?filter[kind]=a&filter[size]=x", "?filter[kind]=a&filter[b]=1",
                  "?filter[kind]=a&filter[kind]=b", "?filter[kind]=a&filter[tags]=x&filter[tags]=x"):  # fmt: skip
        assert await service.status("GET", f"/deep{wrong}") == 422, wrong


async def test_objects_in_the_query(service):
    assert await service.get("/form") == {"page": None, "flat": None, "json": None}
    found = await service.get('/form?limit=3&all=true&flat=r,7&json={"kind":"b"}')
    assert found == {"page": {"limit": 3, "all": True}, "flat": {"r": 7}, "json": {"kind": "b"}}
    for wrong in ("limit=10", "limit=1.0", "all=yes", "flat=r", "json={", 'json={"kind":1}'):
        assert await service.status("GET", f"/form?{wrong}") == 422, wrong


async def test_styles_of_paths(service):
    found = await service.get("/label/.3,4/.R=1.G=2")
    assert found == {"list_": [3, 4], "object": {"R": 1, "G": 2}}
    found = await service.get("/matrix/;one=5/;list=a,b/;many=a;many=b/;R=1;G=2/;flat=R,1,G,2")
    point = {"R": 1, "G": 2}
    assert found == {
        "one": 5,
        "list_": ["a", "b"],
        "many": ["a", "b"],
        "object": point,
        "flat": point,
    }
    for wrong in ("/label/3,4/.R=1.G=2", "/label/.3/.R=1", "/label/.x/.R=1.G=2", "/label/x3/.R=1.G=2",
                  "/matrix/;two=5/;list=a/;many=a/;R=1;G=2/;flat=R,1,G,2"):  # fmt: skip
        assert await service.status("GET", wrong) == 422, wrong


async def test_lists_and_objects_in_paths_headers_and_cookies(service):
    headers = {"X-Point": "R=1,G=2", "X-Tags": "a,b", "Cookie": "seen=4,5"}
    found = await service.get("/simple/1,2", headers=headers)
    assert found == {"ids": [1, 2], "point": {"R": 1, "G": 2}, "tags": ["a", "b"], "seen": [4, 5]}
    assert await service.status("GET", "/simple/1,x", headers=headers) == 422
    assert await service.status("GET", "/simple/1") == 422


async def test_patterns_of_parameters_mean_what_ecma_262_says(service):
    assert await service.get("/pattern?hex=aa&digits=12") == {"hex": "aa", "digits": ["12"]}
    assert await service.status("GET", "/pattern?hex=b") == 422
    assert await service.status("GET", "/pattern?digits=٣") == 422


async def test_several_kinds_of_bodies(service):
    async def post(content, kind):
        return await service.status(
            "POST", "/bodies", content=content, headers={"content-type": kind}
        )

    for content, kind, body in (
        ('{"R":1,"G":2}', "application/json; charset=utf-8", {"R": 1, "G": 2}),
        ("R=1&G=2", "application/x-www-form-urlencoded", {"R": 1, "G": 2}),
        ("grüß", "text/plain", "grüß"),
        ("<a/>", "application/xml", b"<a/>"),
        ("png", "image/png", b"png"),
    ):
        assert await post(content, kind) == 204, kind
        named = "image/*" if kind == "image/png" else kind.partition(";")[0]
        assert plain(service.calls[-1]) == {"body": body, "content_type": named}
    assert await post('{"R":1}', "application/json") == 422
    assert await post("{", "application/json") == 422
    assert await post("R=1&G=x", "application/x-www-form-urlencoded") == 422
    assert await post(b"\xff", "text/plain") == 422
    assert await post("x", "audio/ogg") == 415
    assert await service.status("POST", "/bodies") == 422


CALLS = """
import { Client } from "./typescript/index.js";
const seen = [];
const fetch = async (url, init) => {
  seen.push([url, init.headers]);
  return new Response(null, { status: 204 });
};
const client = new Client({ fetch });
const point = { R: 1, G: 2 };
await client.deep({ filter: { kind: "a", size: 3, tags: ["x", "y z"] } });
await client.form({});
await client.form({ page: { limit: 3, all: true }, flat: { r: 7 }, json: { kind: "b" } });
await client.label({ list: [3, 4], object: point });
await client.matrix({ one: 5, list: ["a", "ü"], many: ["a", "b"], object: point, flat: point });
await client.simple({ ids: [1, 2], xPoint: point, xTags: ["a", "b"] });
console.log(JSON.stringify(seen));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js")
async def test_the_typescript_client_writes_what_the_routes_read(packages, service):
    folder = packages.written("parameters", DOCUMENT).folder
    (folder / "calls.mjs").write_text(CALLS)
    said = subprocess.run(
        ["node", "calls.mjs"], cwd=folder, capture_output=True, text=True, check=True
    )
    (folder / "calls.mjs").unlink()
    found = [await service.get(url, headers=headers) for url, headers in json.loads(said.stdout)]
    point = {"R": 1, "G": 2}
    assert found == [
        {"filter": {"kind": "a", "size": 3, "tags": ["x", "y z"]}},
        {"page": None, "flat": None, "json": None},
        {"page": {"limit": 3, "all": True}, "flat": {"r": 7}, "json": {"kind": "b"}},
        {"list_": [3, 4], "object": point},
        {"one": 5, "list_": ["a", "ü"], "many": ["a", "b"], "object": point, "flat": point},
        {"ids": [1, 2], "point": point, "tags": ["a", "b"], "seen": None},
    ]


def test_the_document_of_the_application_names_them(service):
    paths = service.document["paths"]
    (deep,) = paths["/deep"]["get"]["parameters"]
    assert (deep["name"], deep["in"], deep["style"]) == ("filter", "query", "deepObject")
    assert len(paths["/bodies"]["post"]["requestBody"]["content"]) == 5


DEFAULTS = """
openapi: 3.1.0
info: {title: Defaults, version: '1'}
paths:
  /a:
    get:
      operationId: a
      parameters:
        - {name: ids, in: query, schema: {type: array, uniqueItems: true, items: {type: integer}, default: [1]}}
        - {name: day, in: query, schema: {type: string, format: date, not: {const: '2024-01-02'}, default: '2024-01-01'}}
        - {name: size, in: query, schema: {$ref: '#/components/schemas/Size', default: 4}}
        - {name: page, in: query, style: deepObject, explode: true, schema: {type: object, properties: {limit: {type: integer}}, default: {limit: 5}}}
        - {name: wrong, in: query, schema: {type: integer, not: {const: 3}, default: 3}}
        - {name: narrow, in: query, schema: {$ref: '#/components/schemas/Size', minimum: 4}}
      responses: {'204': {description: ok}}
components: {schemas: {Size: {type: integer, not: {const: 3}, default: 2}}}
"""


async def test_a_default_stands_for_what_is_left_out_and_the_rest_is_checked(
    packages, tmp_path, strictly_checked
):
    made = packages.written("defaults_of_parameters", DEFAULTS)
    told = {omission.partition(":")[0] for omission in made.omissions}
    assert {
        "the default of wrong of the operation a",
        "the default of narrow of the operation a",
    } <= told
    (tmp_path / "o.yaml").write_text(DEFAULTS)
    found = lint(Options(tmp_path, "o.yaml", None, tmp_path / "g"))
    assert "not-generated" in {finding.rule for finding in found}
    service = Service(made)
    assert await service.status("GET", "/a") == 204
    (given,) = service.calls
    assert given["page"].limit == 5
    assert {key: value for key, value in given.items() if key != "page"} == {
        "ids": [1], "day": date(2024, 1, 1), "size": 4, "wrong": None, "narrow": None,
    }  # fmt: skip
    for wrong in ("ids=1&ids=1", "day=2024-01-02", "size=3", "wrong=3", "narrow=3", "narrow=2"):
        assert await service.status("GET", f"/a?{wrong}") == 422, wrong
    strictly_checked(made)


RECURSIVE = """
openapi: 3.1.0
info: {title: Recursive, version: '1'}
paths:
  /a: {get: {operationId: a, parameters: [{name: n, in: query, schema: {$ref: '#/components/schemas/N'}}], responses: {'204': {description: ok}}}}
  /b: {get: {operationId: b, parameters: [{name: n, in: query, style: deepObject, explode: true, schema: {$ref: '#/components/schemas/M'}}], responses: {'204': {description: ok}}}}
components:
  schemas:
    N: {type: object, properties: {next: {$ref: '#/components/schemas/N'}, all: {type: array, items: {$ref: '#/components/schemas/N'}}}}
    M: {anyOf: [{$ref: '#/components/schemas/M'}, {allOf: [{$ref: '#/components/schemas/M'}]}]}
"""


def test_a_schema_that_contains_itself_is_left_out_by_name(tmp_path):
    (tmp_path / "o.yaml").write_text(RECURSIVE)
    found = lint(Options(tmp_path, "o.yaml", None, tmp_path / "g"))
    told = [f.problem for f in found if f.rule == "not-generated"]
    assert any("operation a is left out: No style" in problem for problem in told)
    assert any("operation b is left out" in problem for problem in told)


def test_the_code_is_typed_and_formatted(packages, strictly_checked):
    strictly_checked(packages.written("parameters", DOCUMENT))
