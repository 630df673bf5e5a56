"""Headers of messages: which arguments fill them, and which are the broker's."""

import pytest
from compiler.dispatching import Dispatcher

CLOSED = """
asyncapi: 3.0.0
info: {title: Closed, version: '1'}
channels:
  things:
    address: things
    messages:
      m:
        payload: {type: string}
        headers: {type: object, additionalProperties: false, properties: {a: {type: string}}}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/things'}}
"""


async def test_headers_of_the_broker_pass_a_closed_schema(packages, monkeypatch):
    made = packages.written("closed_headers", CLOSED)
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    broker = {"CC": ["b"], "x-death": [{"count": 1}], "x-first-death-queue": "q"}
    assert await queue.send('"x"', "things", headers={"a": "1", **broker}) == "hear"
    for headers in ({"b": "1"}, {"b": "1", **broker}, {"a": 1, **broker}):
        with pytest.raises(made.module("messaging.contract").ContractError, match="/headers"):
            await queue.send('"x"', "things", headers=headers)
