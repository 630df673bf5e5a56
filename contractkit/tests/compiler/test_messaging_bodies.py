"""Bodies of messages: what is JSON, and what claims to be."""

import pytest
from compiler.dispatching import Dispatcher

ANYTHING = """
asyncapi: 3.0.0
info: {title: Anything, version: '1'}
channels:
  things:
    address: things
    messages: {m: {contentType: Application/JSON, payload: {}}}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/things'}}
"""


@pytest.fixture
def queue(packages, monkeypatch):
    made = packages.written("anything", ANYTHING)
    assert made.omissions == []
    return Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )


@pytest.mark.parametrize(
    "body", ["NaN", '{"a":[Infinity]}', '["NaN",-Infinity]', "1e400", "[-1E+999]", "9" * 320 + ".5"]
)
async def test_numbers_that_json_does_not_have_are_refused(packages, queue, body):
    error = packages.written("anything", ANYTHING).module("messaging.contract").ContractError
    with pytest.raises(error, match="json_invalid"):
        await queue.send(body, "things")


@pytest.mark.parametrize(
    "body", ['["NaN","Infinity","1e400"]', '{"a":1}', "[1e308,1e-400,0e999]", "9" * 320]
)
async def test_the_names_of_such_numbers_are_texts_as_others(queue, body):
    assert await queue.send(body, "things", content_type="Application/JSON") == "hear"


FURTHER = """
asyncapi: 3.0.0
info: {title: Further, version: '1'}
channels:
  things:
    address: things
    messages:
      m:
        payload:
          type: object
          properties:
            a: {type: string}
            inner: {type: object, properties: {b: {type: string}}, patternProperties: {'^x-': {type: string}}}
            open: {type: object, properties: {c: {type: string}}, additionalProperties: true}
          additionalProperties: {type: integer}
operations:
  tell: {action: send, channel: {$ref: '#/channels/things'}}
"""


def test_members_that_the_schema_describes_by_a_type_alone_are_sent(packages, strictly_checked):
    made = packages.written("further", FURTHER)
    strictly_checked(made)
    tell = made.module("messaging.message").tell
    payload = made.module("models.further").MPayload
    body = b'{"a":"x","inner":{"b":"y","x-c":"z"},"open":{"c":"w"},"n":1}'
    assert tell(payload.model_validate_json(body)).body == body
    for wrong in ('{"n":"1"}', '{"inner":{"x-c":1}}', '{"open":{"d":1}}'):
        with pytest.raises(made.module("messaging.contract").ContractError):
            tell(payload.model_validate_json(wrong))


FORMATS = """
asyncapi: 3.0.0
info: {title: Formats, version: '1'}
channels:
  things:
    address: things
    messages:
      m:
        payload:
          schemaFormat: 'application/vnd.oai.openapi+json;version=3.0.3'
          schema: {type: object, required: [a], properties: {a: {type: string, nullable: true}, b: {$ref: '#/components/schemas/B'}}}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/things'}}
components:
  schemas:
    B:
      schemaFormat: application/vnd.oai.openapi;version=3.0.0
      schema: {type: integer, minimum: 0, exclusiveMinimum: true}
"""


@pytest.mark.parametrize(
    ("body", "passes"),
    [('{"a":null}', True), ('{"a":"x","b":1}', True), ("{}", False), ('{"a":"x","b":0}', False)],
)
async def test_schemas_in_openapi_3_0_mean_what_they_mean_there(
    packages, monkeypatch, body, passes
):
    made = packages.written("formats_of_schemas", FORMATS)
    app = made.module("messaging.application")
    queue = Dispatcher(app, "build_application_subscriber", monkeypatch)
    if passes:
        assert await queue.send(body, "things") == "hear"
        return
    with pytest.raises(made.module("messaging.contract").ContractError):
        await queue.send(body, "things")


ALIKE = """
asyncapi: 3.0.0
info: {title: Alike, version: '1'}
channels:
  things:
    address: things
    messages:
      text: {payload: {type: string}}
      word: {payload: {type: string}}
      object: {payload: {type: object, required: [a], properties: {a: {type: integer}}}}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/things'}}
  tell: {action: send, channel: {$ref: '#/channels/things'}}
"""


async def test_messages_that_no_class_tells_apart_are_received(
    packages, monkeypatch, strictly_checked
):
    made = packages.written("alike", ALIKE)
    (omission,) = made.omissions
    assert "the operation tell" in omission
    app = made.module("messaging.application")
    queue = Dispatcher(app, "build_application_subscriber", monkeypatch)
    assert await queue.send('"x"', "things") == "hear"
    assert await queue.send('{"a":1}', "things", type="object") == "hear"
    with pytest.raises(made.module("messaging.contract").ContractError):
        await queue.send('"x"', "things", type="object")
    strictly_checked(made)
