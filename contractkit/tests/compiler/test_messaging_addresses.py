"""Parameters of addresses: their choices, defaults, and the members of payloads that they stand for."""

import re

import pytest
from compiler.dispatching import Dispatcher

from contractkit.generator.key_pattern import key_pattern

NESTED = """
asyncapi: 3.0.0
info: {title: Nested, version: '1'}
channels:
  users:
    address: 'users.{id}.{code}.{place}'
    parameters:
      id: {location: '$message.payload#/user/id'}
      code: {location: '$message.payload#/code'}
      place: {location: '$message.payload#/home/place/name'}
    messages:
      m:
        payload:
          allOf:
            - {type: object, required: [code], properties: {code: {type: integer}}}
            - $ref: '#/components/schemas/Home'
          required: [user]
          properties:
            user: {type: object, required: [id], properties: {id: {type: string}}}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/users'}}
  tell: {action: send, channel: {$ref: '#/channels/users'}}
components:
  schemas:
    Home:
      type: object
      required: [home]
      properties:
        home:
          type: object
          required: [place]
          properties: {place: {type: object, required: [name], properties: {name: {type: string}}}}
"""


async def test_a_parameter_may_stand_for_a_member_within_members(packages, monkeypatch):
    made = packages.written("nested_address", NESTED)
    assert made.omissions == []
    models = made.module("models.nested_address")
    text = '{"code":5,"user":{"id":"u"},"home":{"place":{"name":"p"}}}'
    payload = models.MPayload.model_validate_json(text)
    assert made.module("messaging.message").tell(payload).routing_key == "users.u.5.p"
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    assert await queue.send(text, "users.u.5.p") == "hear"
    for key in ("users.v.5.p", "users.u.6.p", "users.u.5.q"):
        with pytest.raises(made.module("messaging.contract").ContractError):
            await queue.send(text, key)


CHOICE = """
asyncapi: 3.0.0
info: {title: Choice, version: '1'}
channels:
  orders:
    address: 'orders.{kind}.{shop}'
    parameters: {kind: {enum: [new, old], default: new}, shop: {default: '7'}}
    messages: {m: {payload: {type: string}}}
  dotted: {address: 'x.{y}', parameters: {y: {enum: [a.b]}}, messages: {m: {payload: {type: string}}}}
operations:
  tell: {action: send, channel: {$ref: '#/channels/orders'}}
  lost: {action: send, channel: {$ref: '#/channels/dotted'}}
"""


async def test_a_parameter_has_its_default_and_only_its_values(packages):
    made = packages.written("choice_address", CHOICE)
    (omission,) = made.omissions
    assert "'a.b' of 'y' is no word of a routing key" in omission
    tell = made.module("messaging.message").tell
    assert tell("x").routing_key == "orders.new.7"
    assert tell("x", kind="old", shop="8").routing_key == "orders.old.8"
    with pytest.raises(made.module("messaging.contract").ContractError, match="kind"):
        tell("x", kind="other")


def test_what_parameters_become_is_strictly_typed(packages, strictly_checked):
    strictly_checked(packages.written("nested_address", NESTED))
    strictly_checked(packages.written("choice_address", CHOICE))


MARKS = r"""
asyncapi: 3.0.0
info: {title: Marks, version: '1'}
channels:
  quoted: {address: "a\\b'\"c", messages: {m: {payload: {type: string}}}}
  braced: {address: "x}y\".{userId}.{user-id}", parameters: {userId: {}, user-id: {}}, messages: {m: {payload: {type: string}}}}
operations:
  hear: {action: receive, x-app: 'a"b', channel: {$ref: '#/channels/quoted'}}
  tell: {action: send, channel: {$ref: '#/channels/quoted'}}
  call: {action: send, channel: {$ref: '#/channels/braced'}}
"""


async def test_quotes_backslashes_and_braces_of_addresses_stay(
    packages, monkeypatch, strictly_checked
):
    made = packages.written("marks", MARKS)
    assert made.omissions == []
    message = made.module("messaging.message")
    assert message.tell("x").routing_key == "a\\b'\"c"
    call = message.call("x", user_id="1", user_id_parameter="2")
    assert call.routing_key == 'x}y".1.2'
    queue = Dispatcher(made.module("messaging.a_b"), "build_a_b_subscriber", monkeypatch)
    assert await queue.send('"x"', "a\\b'\"c") == "hear"
    strictly_checked(made)


SCHEMAS = """
asyncapi: 2.6.0
info: {title: Schemas, version: '1'}
channels:
  'c.{id}.{n}.{u}.{r}':
    parameters:
      id: {schema: {type: string, pattern: '^[a-z]+$'}}
      n: {schema: {type: integer, minimum: 1}}
      u: {schema: {type: string, format: uuid}}
      r: {$ref: '#/components/parameters/r'}
    publish: {operationId: hear, message: {payload: {type: string}}}
    subscribe: {operationId: tell, message: {payload: {type: string}}}
components:
  parameters: {r: {schema: {$ref: '#/components/schemas/R'}}}
  schemas: {R: {type: string, maxLength: 3}}
"""
UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


async def test_parameters_of_version_2_pass_their_schemas(packages, monkeypatch, strictly_checked):
    made = packages.written("schemas_of_parameters", SCHEMAS)
    assert made.omissions == []
    error = made.module("messaging.contract").ContractError
    tell = made.module("messaging.message").tell
    words = {"id": "a", "n": "1", "u": UUID, "r": "xyz"}
    key = f"c.a.1.{UUID}.xyz"
    assert tell("x", **words).routing_key == key
    app = made.module("messaging.application")
    queue = Dispatcher(app, "build_application_subscriber", monkeypatch)
    assert await queue.send('"x"', key) == "hear"
    for name, wrong in {"id": "1", "n": "0", "u": "7", "r": "long"}.items():
        with pytest.raises(error, match="fails its schema"):
            tell("x", **{**words, name: wrong})
        with pytest.raises(error, match="fails its schema"):
            await queue.send('"x"', key.replace(words[name], wrong, 1))
    strictly_checked(made)


PATTERNS = ("a", "*", "#", "a.#", "#.a", "*.#", "#.*", "a.#.b", "#.#", "#.a.#", "a.*.#.b", "*.*")
KEYS = ("a", "b", "a.b", "b.a", "a.a", "a.c.b", "c.a.c", "a.b.c.b", "c")


def reaches(words: list[str], key: list[str]) -> bool:
    """Whether a topic exchange delivers a key by a binding key, both as words."""
    if not words:
        return not key
    if words[0] == "#":
        return reaches(words[1:], key) or (bool(key) and reaches(words, key[1:]))
    return bool(key) and words[0] in {"*", key[0]} and reaches(words[1:], key[1:])


def test_patterns_are_those_of_a_topic_exchange(packages):
    runtime = packages.written("schemas_of_parameters", SCHEMAS).module(
        "messaging.runtime.topology"
    )
    for made in (key_pattern, runtime.key_pattern):
        for pattern in PATTERNS:
            matched = [key for key in KEYS if re.fullmatch(made(pattern), key)]
            assert matched == [k for k in KEYS if reaches(pattern.split("."), k.split("."))], (
                pattern
            )


WILD = """
asyncapi: 3.0.0
info: {title: Wild, version: '1'}
channels:
  c: {address: 'a.{x}.*.#', parameters: {x: {enum: [p, q]}}, messages: {m: {payload: {type: string}}}}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/c'}}
"""


async def test_an_address_has_parameters_beside_wildcards(packages, monkeypatch):
    made = packages.written("wild", WILD)
    app = made.module("messaging.application")
    queue = Dispatcher(app, "build_application_subscriber", monkeypatch)
    for key in ("a.p.z", "a.q.z.y.w"):
        assert await queue.send('"x"', key) == "hear"
    for key in ("a.r.z", "a.p", "b.p.z"):
        with pytest.raises(made.module("messaging.contract").ContractError, match="routing_key"):
            await queue.send('"x"', key)


PLACES = """
asyncapi: 3.0.0
info: {title: Places, version: '1'}
channels:
  a: {address: a, messages: {m: {payload: {type: string}}}, bindings: {amqp: {is: queue, queue: {name: a, vhost: /one}}}}
  b: {address: b, messages: {m: {payload: {type: string}}}, bindings: {amqp: {is: queue, queue: {name: b, vhost: /two}}}}
  c: {address: c, messages: {m: {contentType: 'application/json; charset="utf-16"', payload: {type: string}}}}
  d: {address: d, messages: {m: {contentType: application/json;charset=UTF-8, payload: {type: string}}}}
operations:
  a: {action: receive, channel: {$ref: '#/channels/a'}}
  b: {action: receive, channel: {$ref: '#/channels/b'}}
  c: {action: send, channel: {$ref: '#/channels/c'}}
  d: {action: send, channel: {$ref: '#/channels/d'}}
"""


def test_a_second_virtual_host_and_another_charset_are_told(packages):
    made = packages.written("places", PLACES)
    host, charset = sorted(made.omissions)
    assert "on the virtual host '/two', others on '/one'" in host
    assert "the operation c" in charset
    assert "JSON is UTF-8" in charset
    assert made.module("messaging.message").d("x").content_type == "application/json;charset=UTF-8"
