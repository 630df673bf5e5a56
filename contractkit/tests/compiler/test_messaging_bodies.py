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


@pytest.mark.parametrize("body", ["NaN", '{"a":[Infinity]}', '["NaN",-Infinity]'])
async def test_numbers_that_json_does_not_have_are_refused(packages, queue, body):
    error = packages.written("anything", ANYTHING).module("messaging.contract").ContractError
    with pytest.raises(error, match="json_invalid"):
        await queue.send(body, "things")


@pytest.mark.parametrize("body", ['["NaN","Infinity"]', '{"a":1}'])
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
