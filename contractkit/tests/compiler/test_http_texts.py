"""Values that travel as text: choices among integers, objects beside other parameters, bodies."""

import pytest
from compiler.serving import recording

DOCUMENT = """
openapi: 3.1.0
info: {title: Texts, version: '1'}
paths:
  /list:
    get:
      operationId: list
      parameters:
        - {name: size, in: query, schema: {type: integer, enum: [10, 25]}}
        - {name: version, in: header, schema: {type: integer, const: 1}}
        - {name: sizes, in: query, schema: {type: array, items: {type: integer, enum: [1, 2]}}}
        - {name: filter, in: query, schema: {type: object, properties: {x: {type: integer}}}}
      responses: {'204': {description: taken}}
  /note:
    post:
      operationId: note
      requestBody: {required: true, content: {text/plain: {schema: {type: string, maxLength: 3}}}}
      responses: {'204': {description: taken}}
  /maybe-note:
    post:
      operationId: maybeNote
      requestBody: {content: {text/plain: {schema: {type: string, maxLength: 3}}}}
      responses: {'204': {description: taken}}
  /number:
    post:
      operationId: number
      requestBody: {required: true, content: {text/plain: {schema: {type: integer, maximum: 7}}}}
      responses: {'204': {description: taken}}
  /either:
    post:
      operationId: either
      requestBody: {required: true, content: {text/plain: {schema: {anyOf: [{type: integer, maximum: 7}, {type: string, pattern: '^[a-z]$'}]}}}}
      responses: {'204': {description: taken}}
  /both:
    post:
      operationId: both
      requestBody: {required: true, content: {text/plain: {schema: {type: string, maxLength: 3}}, application/json: {schema: {type: integer}}}}
      responses: {'204': {description: taken}}
  /listed:
    post:
      operationId: listed
      requestBody: {required: true, content: {text/plain: {schema: {type: array, minItems: 2}}}}
      responses: {'204': {description: taken}}
  /maybe:
    post:
      operationId: maybe
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Maybe'}}}}
      responses: {'204': {description: taken}}
  /counts:
    post:
      operationId: counts
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Counts'}}}}
      responses: {'204': {description: taken}}
components:
  schemas:
    Maybe: {type: [object, 'null'], properties: {a: {type: integer}}}
    Counts: {type: [object, 'null'], additionalProperties: {type: integer}}
"""


@pytest.fixture
def made(packages):
    return packages.written("http_texts", DOCUMENT)


@pytest.fixture
async def served(made):
    async with recording(made, absent=True) as served:
        yield served


async def test_a_choice_among_integers_is_read_from_text(served):
    browser, taken = served
    given = await browser.get("/list?size=25&sizes=1&sizes=2", headers={"version": "1"})
    assert given.status_code == 204, given.text
    assert (taken[0]["size"], taken[0]["version"], taken[0]["sizes"]) == (25, 1, [1, 2])
    for wrong in ("size=11", "size=10.0", "size=true", "sizes=3", "size=+10"):
        assert (await browser.get(f"/list?{wrong}")).status_code == 422, wrong
    assert (await browser.get("/list", headers={"version": "2"})).status_code == 422


async def test_an_exploded_object_leaves_the_other_parameters_alone(served):
    browser, taken = served
    assert (await browser.get("/list?sizes=1&sizes=2&x=5&y=z")).status_code == 204
    assert taken[0]["filter"].model_dump() == {"x": 5}
    assert (await browser.get("/list?sizes=1&sizes=2")).status_code == 204
    assert taken[1]["filter"] is None


async def test_null_is_a_body_where_the_schema_has_it(served):
    browser, taken = served
    for path in ("/maybe", "/counts"):
        for body, status in (("null", 204), ('{"a": 1}', 204), ('{"a": "x"}', 422), ("[]", 422)):
            json = {"content-type": "application/json"}
            given = await browser.post(path, content=body, headers=json)
            assert given.status_code == status, (path, body)
    assert taken[0]["body"] is None


async def test_a_text_that_fails_its_schema_is_no_body(served):
    browser, taken = served
    plain = {"content-type": "text/plain"}
    for path, body, status in (
        ("/note", "abc", 204), ("/note", "abcd", 422), ("/note", "", 422), ("/note", b"\xff", 422),
        ("/maybe-note", "", 204), ("/maybe-note", "abcd", 422), ("/maybe-note", "b", 204),
        ("/number", "7", 204), ("/number", "8", 422), ("/number", "x", 422), ("/number", "07", 422),
        ("/either", "7", 204), ("/either", "8", 422), ("/either", "abcd", 422), ("/either", "x", 204),
        ("/both", "abc", 204), ("/both", "abcd", 422),
    ):  # fmt: skip
        given = await browser.post(path, content=body, headers=plain)
        assert given.status_code == status, (path, body, given.text)
    bodies = [given["body"] for given in taken]
    assert bodies == ["abc", None, "b", 7, 7, "x", "abc"]


def test_what_nobody_checks_of_a_text_is_told(made, strictly_checked):
    assert [said for said in made.omissions if "minItems of the body of listed" in said]
    assert len(made.omissions) == 1
    strictly_checked(made)
