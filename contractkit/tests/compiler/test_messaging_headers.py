"""Headers of messages: which arguments fill them, and which are the broker's."""

from datetime import UTC, datetime

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


KINDS = """
asyncapi: 3.0.0
info: {title: Kinds, version: '1'}
channels:
  things:
    address: 'things.{tenant}.{place}'
    parameters:
      tenant: {location: '$message.header#/tenant', enum: [a, b]}
      place: {location: '$message.header#/place'}
    messages:
      m:
        payload: {type: string}
        headers:
          allOf:
            - {type: object, required: [tenant, at], properties: {tenant: {type: string}, place: {type: string}, at: {type: string, format: date-time}}}
            - $ref: '#/components/schemas/Further'
components:
  schemas:
    Further:
      type: object
      required: [yes, nullable, parts, undescribed]
      properties:
        yes: {const: true}
        nullable: {type: [string, 'null']}
        parts: {type: object, properties: {x: {type: integer}}}
        names: {type: array, items: {type: string}}
        count: {type: integer, default: 4}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/things'}}
  tell: {action: send, channel: {$ref: '#/channels/things'}}
"""
SENT = {
    "tenant": "a", "place": "here", "at": datetime(2026, 1, 1, tzinfo=UTC), "nullable": None,
    "parts": {"x": 1}, "undescribed": 1.5,
}  # fmt: skip


async def test_headers_of_every_kind_are_sent_and_heard(packages, monkeypatch, strictly_checked):
    made = packages.written("kinds_of_headers", KINDS)
    assert made.omissions == []
    tell = made.module("messaging.message").tell
    message = tell("x", **SENT, names=["n"])
    assert message.routing_key == "things.a.here"
    assert message.headers["at"] == "2026-01-01T00:00:00Z"
    assert message.headers["yes"] is True
    error = made.module("messaging.contract").ContractError
    with pytest.raises(error, match="parts"):
        tell("x", **{**SENT, "parts": {"x": "1"}})
    with pytest.raises(error, match="none of the values"):
        tell("x", **{**SENT, "tenant": "c"})
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    headers = message.headers
    assert await queue.send('"x"', "things.a.here", headers=headers) == "hear"
    without = {name: value for name, value in headers.items() if name != "place"}
    assert await queue.send('"x"', "things.a.there", headers=without) == "hear"
    for key in ("things.b.here", "things.a.there"):
        with pytest.raises(error, match="routing_key_mismatch"):
            await queue.send('"x"', key, headers=headers)
    strictly_checked(made)


NEEDED = """
asyncapi: 3.0.0
info: {title: Needed, version: '1'}
channels:
  things:
    address: things
    messages:
      m:
        payload: {type: object}
        headers: {oneOf: [{type: object, required: [a]}, {type: object, required: [b]}]}
  tasks:
    address: tasks
    messages:
      m: {payload: {type: object}, headers: {type: object, required: [a], properties: {a: {type: string}}}}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/things'}}
  tell: {action: send, channel: {$ref: '#/channels/things'}}
  order: {action: send, channel: {$ref: '#/channels/tasks'}, x-celery-task: do}
"""


def test_a_message_whose_headers_nobody_can_give_is_told(packages, strictly_checked):
    made = packages.written("needed_headers", NEEDED)
    order, tell = sorted(made.omissions)
    assert "order can't send the headers that its message needs: a." in order
    assert "tell can't send the headers that its message needs." in tell
    strictly_checked(made)


OWN = """
asyncapi: 3.0.0
info: {title: Own, version: '1'}
channels:
  KIND:
    address: KIND
    messages:
      A: {payload: {type: object, required: [a], properties: {a: {FIRST}}}, headers: {type: object, required: [h], properties: {h: {type: string}}}}
      B: {payload: {type: object, required: [a], properties: {a: {SECOND}}}, headers: {type: object, required: [g], properties: {g: {type: integer}}}}
      C: {payload: {type: object, required: [a], properties: {a: {THIRD}}}}
operations:
  a: {action: receive, channel: {$ref: '#/channels/KIND'}}
  tell: {action: send, channel: {$ref: '#/channels/KIND'}}
"""
KINDS_OF_PAYLOADS = {
    "tags": ("const: x", "const: y", "const: z"),
    "classes": ("type: string", "type: integer", "type: boolean"),
}
BODIES = {"tags": ('"x"', '"y"', '"z"'), "classes": ('"x"', "1", "true")}


@pytest.mark.parametrize("kind", KINDS_OF_PAYLOADS)
async def test_each_message_has_headers_of_its_own(packages, monkeypatch, strictly_checked, kind):
    text = OWN.replace("KIND", kind)
    for word, schema in zip(("FIRST", "SECOND", "THIRD"), KINDS_OF_PAYLOADS[kind], strict=True):
        text = text.replace(word, schema)
    made = packages.written(f"own_headers_{kind}", text)
    (omission,) = made.omissions
    assert "The messages of tell have different headers" in omission
    strictly_checked(made)
    app = made.module("messaging.application")
    queue = Dispatcher(app, "build_application_subscriber", monkeypatch)
    first, second, third = (f'{{"a":{value}}}' for value in BODIES[kind])
    assert await queue.send(first, kind, headers={"h": "x"}) == "a"
    assert await queue.send(second, kind, headers={"g": 1}) == "a"
    assert await queue.send(third, kind) == "a"
    for body, headers in ((first, {"g": 1}), (second, {"h": "x"}), (second, {"g": "1"})):
        with pytest.raises(made.module("messaging.contract").ContractError, match="/headers"):
            await queue.send(body, kind, headers=headers)


ALIKE = """
asyncapi: 2.6.0
info: {title: Alike, version: '1'}
servers: {s: {url: 'amqp://h', protocol: amqp}}
channels:
  things:
    publish: {operationId: hear, message: {oneOf: [{$ref: '#/components/messages/A'}, {$ref: '#/components/messages/B'}]}}
    subscribe: {operationId: tell, message: {oneOf: [{$ref: '#/components/messages/A'}, {$ref: '#/components/messages/B'}]}}
  others:
    subscribe: {operationId: tellOthers, message: {oneOf: [{$ref: '#/components/messages/A'}, {$ref: '#/components/messages/C'}]}}
components:
  messages:
    A: {name: A, headers: {type: object, required: [n], properties: {n: {type: integer, enum: [1]}}}, payload: {type: object, required: [a], properties: {a: {const: x}}}}
    B: {name: B, headers: {properties: {n: {enum: [1], type: integer}}, required: [n], type: object}, payload: {type: object, required: [a], properties: {a: {const: y}}}}
    C: {name: C, headers: {type: object, required: [n], properties: {n: {type: integer, enum: [true]}}}, payload: {type: object, required: [a], properties: {a: {const: y}}}}
"""


async def test_headers_that_are_written_alike_are_one(packages, monkeypatch, strictly_checked):
    made = packages.written("headers_alike", ALIKE)
    assert [told.partition(": ")[0] for told in made.omissions] == ["the operation tellOthers"]
    strictly_checked(made)
    models = made.module("models.headers_alike")
    tell = made.module("messaging.message").tell
    sent = tell(models.BPayload(a="y"))
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    assert await queue.send(sent.body, "things", headers=sent.headers) == "hear"
