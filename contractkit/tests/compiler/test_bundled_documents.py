"""The documents for other tools: OpenAPI 3.1, and AsyncAPI with names."""

from contractkit.generator.bundled_documents import down_level, with_names

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
