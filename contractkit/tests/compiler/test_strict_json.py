"""JSON that Python reads and RFC 8259 does not have, in bodies, parameters and parts of forms."""

import pytest
from compiler.serving import recording

DOCUMENT = """
openapi: 3.1.0
info: {title: Strict, version: '1'}
paths:
  /number:
    post:
      operationId: number
      parameters:
        - {name: json, in: query, content: {application/json: {schema: {type: array, items: {type: number}}}}}
        - {name: deep, in: query, style: deepObject, schema: {type: object, additionalProperties: {type: number}}}
      requestBody: {required: true, content: {application/json: {schema: {}}}}
      responses: {'204': {description: taken}}
  /kinds:
    post:
      operationId: kinds
      requestBody:
        required: true
        content:
          application/json: {schema: {type: array, items: {type: number}}}
          text/plain: {schema: {type: string}}
      responses: {'204': {description: taken}}
  /optional:
    post:
      operationId: optional
      requestBody: {content: {application/json: {schema: {type: object, properties: {n: {type: number}}}}}}
      responses: {'204': {description: taken}}
  /nullable:
    post:
      operationId: nullable
      requestBody: {content: {application/json: {schema: {type: [integer, 'null']}}}}
      responses: {'204': {description: taken}}
  /parts:
    post:
      operationId: parts
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              properties:
                meta: {type: object, properties: {n: {type: number}}}
                list: {type: array, items: {type: object, properties: {n: {type: number}}}}
      responses: {'204': {description: taken}}
"""
NO_JSON = (b'"\xff"', "NaN", "-Infinity", "1e999", "[1e400]", '{"a": NaN}')
JSON = {"content-type": "application/json"}


@pytest.fixture(params=[(), ("http",)], ids=["plain", "fast"])
async def served(request, packages):
    made = packages.written(f"strict_json{len(request.param)}", DOCUMENT, fast_paths=request.param)
    async with recording(made, absent=True) as served:
        yield served


@pytest.mark.parametrize("text", NO_JSON)
async def test_what_is_no_json_is_no_body(served, text):
    browser, taken = served
    for path in ("/number", "/kinds"):
        given = await browser.post(path, content=text, headers=JSON)
        assert given.status_code == 422, (path, given.text)
    assert taken == []


async def test_numbers_within_range_pass(served):
    browser, taken = served
    for text in ("1e308", "[1.5, 12345678901234567890]", '{"a": null}'):
        assert (await browser.post("/number", content=text, headers=JSON)).status_code == 204
    assert taken[1]["body"] == [1.5, 12345678901234567890]


async def test_parameters_are_json_as_well(served):
    browser, taken = served
    for query in ("json=[NaN]", "json=[1e999]", "deep[a]=1e999", "deep[a]=NaN"):
        given = await browser.post(f"/number?{query}", content="1", headers=JSON)
        assert given.status_code == 422, query
    given = await browser.post("/number?json=[1.5]&deep[a]=2.5", content="1", headers=JSON)
    assert (given.status_code, taken[0]["json"]) == (204, [1.5])


async def test_parts_with_a_content_type_are_read_as_browsers_send_them(served):
    browser, taken = served
    blob = ("blob", b'{"n": 1.5}', "application/json")
    given = await browser.post("/parts", files=[("meta", blob), ("list", blob), ("list", blob)])
    assert given.status_code == 204, given.text
    assert (taken[0]["meta"].n, [item.n for item in taken[0]["list_"]]) == (1.5, [1.5, 1.5])
    for wrong in (b'{"n": NaN}', b"{", b"\xff"):
        given = await browser.post("/parts", files={"meta": ("blob", wrong, "application/json")})
        assert given.status_code == 422, wrong


async def test_a_body_that_may_be_left_out_is_null_only_where_its_schema_has_it(served):
    browser, taken = served
    for path, text, status in (
        ("/optional", "null", 422), ("/optional", "{}", 204), ("/optional", "", 204),
        ("/nullable", "null", 204), ("/nullable", "", 204), ("/nullable", "1", 204),
    ):  # fmt: skip
        given = await browser.post(path, content=text, headers=JSON)
        assert given.status_code == status, (path, text, given.text)
    assert [found["body"] for found in taken][1:] == [None, None, None, 1]
