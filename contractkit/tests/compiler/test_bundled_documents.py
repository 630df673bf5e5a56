"""The documents for other tools: OpenAPI 3.1, and AsyncAPI with names."""

import pytest
import yaml

from contractkit.generator.bundled_documents import down_level, with_names
from contractkit.generator.generate import generate
from contractkit.level import Level
from contractkit.lint.run import lint
from contractkit.options import Options

TEXT = {"type": "string", "contentMediaType": "application/json"}


def frame(event, schema=None):
    data = {"type": "string"} if schema is None else {**TEXT, "contentSchema": schema}
    return {"type": "object", "properties": {"event": {"const": event}, "data": data}}


def stream(item, media="text/event-stream", schemas=None):
    """The 3.1 form of what a stream of these items answers."""
    answer = {"200": {"description": "", "content": {media: {"itemSchema": item}}}}
    document = {
        "openapi": "3.2.0",
        "paths": {"/events": {"get": {"responses": answer}}},
        "components": {"schemas": schemas or {}},
    }
    made = down_level(document)["paths"]["/events"]["get"]["responses"]["200"]["content"][media]
    assert list(made) == ["schema"]
    return made["schema"]


def test_a_stream_of_events_is_typed_by_what_a_client_gets():
    job, ended = {"$ref": "#/components/schemas/Job"}, {"type": "integer"}
    schemas = {
        "Frame": {"oneOf": [{"$ref": "#/components/schemas/~0Told"}, frame("end", ended)]},
        "~Told": frame("told", job),
        "Job": {"type": "object"},
    }
    union = {"$ref": "#/components/schemas/Frame"}
    assert stream(union, schemas=schemas) == {"anyOf": [job, ended]}


def test_events_of_one_kind_of_data_are_no_union():
    same = {"type": "object"}
    assert stream({"anyOf": [frame("a", same), frame("b", same)]}) == same
    assert stream(frame("a", same)) == same


def test_data_that_is_no_json_is_text():
    assert stream(frame("log")) == {"type": "string"}


def test_what_is_no_frame_stays_as_it_is():
    job = {"type": "object", "properties": {"id": {"type": "integer"}}}
    assert stream(job) == job
    assert stream({"oneOf": [frame("a"), job]}) == {"oneOf": [frame("a"), job]}
    # In lines of JSON a member called `data` is nothing special.
    assert stream(frame("a"), media="application/jsonl") == frame("a")
    assert stream({"$ref": "#/components/schemas/Gone"}) == {"$ref": "#/components/schemas/Gone"}


def test_schemas_have_names_for_the_tools_of_asyncapi():
    schemas = {"Job": {"type": "object"}, "Own": {"x-parser-schema-id": "own"}, "All": True}
    reference = {"$ref": "#/components/schemas/Job"}
    named = with_names({"components": {"schemas": {**schemas, "Same": reference}}})
    assert named["components"]["schemas"] == {
        "Job": {"type": "object", "x-parser-schema-id": "Job"},
        "Own": {"x-parser-schema-id": "own"},
        "All": True,
        "Same": reference,
    }
    assert with_names({"asyncapi": "3.0.0"}) == {"asyncapi": "3.0.0"}


DATA = ["#", "#/nowhere", "./nowhere.json#/x", "https://example.com/x.json", "a b", "other.yaml#/x"]
EXAMPLES = """
openapi: 3.1.0
info: {title: Examples, version: '1'}
paths:
  /a:
    get:
      operationId: a
      responses:
        '200':
          description: Done.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/A'}
              examples:
                one: {value: {a: {$ref: 'TEXT'}}}
                two: {$ref: '#/components/examples/Two'}
                known: {value: {a: {$ref: 'known.yaml'}}}
components:
  examples:
    Two: {value: {a: {$ref: 'TEXT'}}}
  schemas:
    A:
      type: object
      properties: {a: {default: {$ref: 'TEXT'}}}
      examples: [{a: {$ref: 'TEXT'}}]
"""


@pytest.mark.parametrize("text", DATA)
def test_what_looks_like_a_reference_in_an_example_is_data_when_it_leads_nowhere(tmp_path, text):
    (tmp_path / "o.yaml").write_text(EXAMPLES.replace("TEXT", text))
    (tmp_path / "known.yaml").write_text("b: 5\n")
    options = Options(tmp_path, "o.yaml", None, tmp_path / "g")
    violations = lint(options)
    assert not [one for one in violations if one.level is Level.ERROR]
    assert "component-unused" not in {one.rule for one in violations}
    assert not generate(options).omissions
    made = yaml.safe_load((tmp_path / "g/documents/openapi.json").read_text())
    media = made["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
    assert media["examples"]["one"] == {"value": {"a": {"$ref": text}}}
    assert media["examples"]["known"] == {"value": {"a": {"b": 5}}}
    assert made["components"]["schemas"]["A"]["examples"] == [{"a": {"$ref": text}}]
