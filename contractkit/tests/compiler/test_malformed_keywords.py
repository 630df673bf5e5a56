"""A keyword whose value is of a wrong kind is left out and told, whatever reads the schema."""

import json

import pytest
from compiler.serving import recording

from contractkit.errors import SpecError
from contractkit.generator.generate import generate
from contractkit.lint.run import lint
from contractkit.options import Options

MALFORMED = [
    ("maximum", "fifty", "a number"),
    ("minimum", True, "a number"),
    ("exclusiveMinimum", "0", "a number"),
    ("multipleOf", 0, "a number above 0"),
    ("minLength", "3", "a whole number, 0 or above"),
    ("maxLength", -1, "a whole number, 0 or above"),
    ("maxItems", 1.5, "a whole number, 0 or above"),
    ("minProperties", None, "a whole number, 0 or above"),
    ("minContains", "1", "a whole number, 0 or above"),
    ("pattern", 5, "a text"),
    ("format", ["date"], "a text"),
    ("title", 404, "a text"),
    ("type", "int", "one of array, boolean, integer, null, number, object, string"),
    ("type", [], "one of array, boolean, integer, null, number, object, string"),
    ("type", ["text", "string"], "one of array, boolean, integer, null, number, object, string"),
    ("enum", "up", "a list of values"),
    ("enum", [], "a list of values"),
    ("required", True, "a list of names"),
    ("required", ["a", 1], "a list of names"),
    ("items", 7, "a schema"),
    ("not", None, "a schema"),
    ("additionalProperties", "no", "a schema"),
    ("properties", ["a"], "schemas by name"),
    ("patternProperties", None, "schemas by name"),
    ("oneOf", [], "a list of one or more schemas"),
    ("allOf", {"type": "object"}, "a list of one or more schemas"),
    ("uniqueItems", "yes", "true or false"),
    ("dependentRequired", {"a": "b"}, "lists of names by name"),
    ("dependencies", {"a": 5}, "schemas or lists of names by name"),
]
NOTHING = {"204": {"description": "ok"}}
PLACES = 10


def document(schema: object) -> dict[str, object]:
    """Return a document that has a schema in `PLACES` places: all that a schema may stand in."""
    content = {"application/json": {"schema": schema}}
    last = {"post": {"requestBody": {"content": content}, "responses": NOTHING}}
    then = {"again": {"{$request.query.p}": last}}
    callback = {"post": last["post"] | {"callbacks": then}}
    holder = {"type": "object", "properties": {"part": schema, "other": {"type": "integer"}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Malformed", "version": "1"},
        "paths": {
            "/a": {
                "post": {
                    "operationId": "post",
                    "parameters": [
                        {"name": "p", "in": "query", "schema": schema},
                        {"name": "q", "in": "query", "content": content},
                    ],
                    "callbacks": {"done": {"{$request.query.p}": callback}},
                    "requestBody": {"content": {"application/json": {"schema": holder}}},
                    "responses": {
                        "200": {
                            "description": "ok",
                            "headers": {"X-H": {"schema": schema}},
                            "content": {
                                "application/json": {"schema": {"$ref": "#/components/schemas/C"}}
                            },
                        }
                    },
                },
                "put": {
                    "operationId": "put",
                    "requestBody": {
                        "content": {"application/x-www-form-urlencoded": {"schema": holder}}
                    },
                    "responses": NOTHING,
                },
            }
        },
        "webhooks": {"told": {"post": {"responses": NOTHING, "callbacks": then}}},
        "components": {"schemas": {"C": schema, "D": {"dependencies": {"a": schema}}}},
    }


@pytest.mark.parametrize(("keyword", "value", "words"), MALFORMED)
def test_it_is_told_at_every_place_and_refused_when_strict(tmp_path, keyword, value, words):
    (tmp_path / "api.json").write_text(json.dumps(document({keyword: value})))
    options = Options(tmp_path, "api.json", None, tmp_path / "out")
    omissions = [str(one) for one in generate(options).omissions]
    shown = f"'{keyword}' has to be {words}"
    assert sum(shown in one for one in omissions) == PLACES, omissions
    assert not [one for one in omissions if "the documentation pages" in one]
    violations = lint(options)
    told = [one for one in violations if one.rule == "schema"]
    assert len(told) == PLACES
    assert all(shown in one.problem for one in told)
    assert not [one for one in violations if one.rule in {"not-generated", "unreadable"}]
    with pytest.raises(SpecError, match=keyword):
        generate(Options(tmp_path, "api.json", None, tmp_path / "strict", strict=True))


@pytest.mark.parametrize("keyword", ["properties", "patternProperties"])
def test_a_member_that_is_no_schema_takes_everything(tmp_path, keyword):
    (tmp_path / "api.json").write_text(json.dumps(document({keyword: {"a": None, "b": {}}})))
    omissions = generate(Options(tmp_path, "api.json", None, tmp_path / "out")).omissions
    told = [one for one in omissions if "'a' has to be a schema, and null is none" in str(one)]
    assert len(told) == PLACES


MESSAGES = """
asyncapi: 2.6.0
info: {title: Malformed, version: '1'}
channels:
  orders/{team}:
    parameters: {team: {schema: {type: string, maxLength: many}}}
    publish:
      operationId: order
      message:
        headers: {type: object, properties: {h: {type: integer, maximum: fifty}}}
        payload: {type: object, properties: {p: {type: string, minLength: "3"}}}
"""


def test_it_is_told_in_messages_too(tmp_path):
    (tmp_path / "events.yaml").write_text(MESSAGES)
    omissions = generate(Options(tmp_path, None, "events.yaml", tmp_path / "out")).omissions
    told = [str(one) for one in omissions if "has to be" in str(one)]
    assert [one.split("'")[1] for one in told] == ["maxLength", "maximum", "minLength"]


NUMBERS = """
openapi: 3.1.0
info: {title: Numbers, version: '1'}
paths:
  /a:
    post:
      operationId: order
      parameters:
      - {name: most, in: query, schema: {type: integer, minimum: 0, maximum: fifty}}
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses: {'204': {description: ok}}
components:
  schemas:
    Order:
      type: [object, record]
      required: [count, count]
      properties: {count: {type: integer, minimum: 3, exclusiveMinimum: true, maximum: fifty}, note: }
"""


async def test_the_rest_of_the_schema_is_checked(packages):
    """Bounds that draft 4 marks as exclusive are read as such; what is listed twice counts once."""
    made = packages.written("malformed_numbers", NUMBERS)

    async with recording(made) as (http, _):
        answers = [
            (await http.post(f"/a{query}", json=body)).status_code
            for query, body in [
                ("", {"count": 4, "note": [1]}),
                ("?most=51", {"count": 100}),
                ("", {"count": 3}),
                ("", {}),
                ("", []),
                ("?most=-1", {"count": 4}),
            ]
        ]
    assert answers == [204, 204, 422, 422, 422, 422]
