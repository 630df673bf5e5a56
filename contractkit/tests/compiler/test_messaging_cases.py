"""Documents by which other compilers lose or misdirect messages."""

import pytest
from compiler.dispatching import Dispatcher


async def test_two_operations_on_one_queue_each_get_their_messages(packages, monkeypatch):
    made = packages.of("a_twoopsonqueue")
    app = made.module("messaging.application")
    error = made.module("messaging.contract").ContractError
    queue = Dispatcher(app, "build_application_subscriber", monkeypatch)
    assert await queue.send('{"a":"x"}', "q1") == "on_a"
    assert await queue.send('{"b":1}', "q1") == "on_b"
    assert await queue.send('{"a":"x"}', "q1", type="A") == "on_a"
    for body, options in (
        ('{"c":1}', {}),
        ('{"a":"x"}', {"type": "B"}),
        ("not JSON", {}),
        ('{"a":"x","b":1}', {}),
    ):
        with pytest.raises(error):
            await queue.send(body, "q1", **options)
    assert len(queue.handlers.received) == 3


async def test_a_queue_accepts_the_keys_of_its_address_and_of_cc(packages, monkeypatch):
    made = packages.of("a_cckeys")
    app = made.module("messaging.application")
    error = made.module("messaging.contract").ContractError
    queue = Dispatcher(app, "build_application_subscriber", monkeypatch)
    assert await queue.send('{"a":"x"}', "order.created") == "on_a"
    assert await queue.send('{"a":"x"}', "orders") == "on_a"
    for key in ("order", "order.created.now", "invoice.created"):
        with pytest.raises(error):
            await queue.send('{"a":"x"}', key)


async def test_an_export_of_faststream_binds_the_exchange_that_its_key_names(packages, monkeypatch):
    made = packages.of("faststream_export")
    app = made.module("messaging.application")
    topology = made.module("messaging.topology").DEFAULT_TOPOLOGY
    bound = {(b.queue, b.exchange, b.routing_key) for b in topology.bindings}
    assert ("orders", "shop", "order.*") in bound
    assert topology.exchange("shop").type == "topic"
    builders = [name for name in dir(app) if name.startswith("build_")]
    order = (
        '{"id":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","at":"2026-01-01T00:00:00Z",'
        '"lines":[{"sku":"a","count":1}]}'
    )
    orders = Dispatcher(app, next(b for b in builders if "order" in b), monkeypatch)
    assert [s.exchange.name for s in orders.subscribers] == ["shop"]
    assert await orders.send(order, "order.created") != ""


def test_operations_whose_names_become_one_word_are_two_functions(packages):
    message = packages.of("a_collide").module("messaging.message")
    models = packages.of("a_collide").module("models.a_collide")
    payloads = [v for k, v in vars(models).items() if k.endswith("Payload") or k == "MPayload2"]
    keys = {
        message.order_created(payloads[0](a="x")).routing_key,
        message.order_created2(payloads[-1](a="x")).routing_key,
    }
    assert keys == {"a", "b"}


def test_a_document_of_another_protocol_gives_models_and_says_what_is_left_out(packages):
    made = packages.of("a_kafka")
    assert made.module("models.a_kafka").APayload(a="x").a == "x"
    assert not (made.folder / "messaging").exists()
    assert len(made.omissions) == 1
    assert "sendA" in made.omissions[0]
    assert "no AMQP server" in made.omissions[0]


async def test_what_a_model_cannot_say_is_checked_by_the_schema(packages, monkeypatch):
    made = packages.of("a_notkw")
    app = made.module("messaging.application")
    error = made.module("messaging.contract").ContractError
    builder = next(name for name in dir(app) if name.startswith("build_"))
    queue = Dispatcher(app, builder, monkeypatch)
    for body in (
        '{"a":"x"}',
        '{"a":"y","b":["s"],"z":1,"q":1}',
        '{"a":"y","b":[1],"q":1}',
        '{"a":"y","b":[1],"z":1}',
    ):
        with pytest.raises(error) as caught:
            await queue.send(body, "a")
        assert caught.value.rule == "schema"
        assert "'x'" not in caught.value.detail
    assert await queue.send('{"a":"y","b":[1],"z":1,"q":1}', "a") == "on_m"


RPC = """
asyncapi: 3.0.0
info: {title: RPC, version: '1'}
servers: {rabbit: {host: localhost, protocol: AMQP}}
channels:
  queue:
    address: '{queue}'
    parameters: {queue: {}}
    messages: {result: {payload: {type: object, properties: {sum: {type: integer}}}}}
    bindings: {amqp: {is: queue, queue: {exclusive: true}}}
  lost:
    address: null
    messages: {ping: {name: ping}}
operations:
  receiveResult: {action: receive, channel: {$ref: '#/channels/queue'}}
  sendResult: {action: send, channel: {$ref: '#/channels/queue'}}
  ping: {action: send, channel: {$ref: '#/channels/lost'}}
"""


async def test_queues_that_are_named_at_run_time(packages, monkeypatch):
    made = packages.written("rpc", RPC)
    assert made.omissions == []
    message, app = made.module("messaging.message"), made.module("messaging.application")
    payload = made.module("models.rpc").ResultPayload(sum=3)
    outgoing = message.send_result(payload, queue="amq.gen-1.2")
    assert (outgoing.exchange, outgoing.routing_key) == ("", "amq.gen-1.2")
    queue = Dispatcher(app, "build_application_subscriber", monkeypatch, instance="7")
    assert await queue.send('{"sum":1}', "application.receiveResult.7") == "receive_result"
    assert message.ping(None, address="here").routing_key == "here"


VERSION_2 = """
asyncapi: 2.6.0
info: {title: Lamps, version: 1.0.0}
servers: {broker: {url: 'amqp://localhost:5672/lights', protocol: amqp}}
channels:
  lamp.{id}.measured:
    parameters: {id: {schema: {type: string, enum: [one, two]}}}
    publish:
      operationId: measured
      message: {name: Measured, payload: {type: object, required: [lumens], properties: {lumens: {type: integer}}}}
  lamp.{id}.turn:
    parameters: {id: {schema: {type: string}}}
    subscribe:
      operationId: turn
      message:
        oneOf:
          - {name: 'On', payload: {type: object, required: ['on'], properties: {'on': {const: 'yes'}}}}
          - {name: 'Off', payload: {type: object, required: ['on'], properties: {'on': {const: 'no'}}}}
"""


async def test_version_2_is_turned_round(packages, monkeypatch):
    made = packages.written("version2", VERSION_2)
    assert made.omissions == []
    message = made.module("messaging.message")
    models = made.module("models.version_2")
    assert not hasattr(message, "measured")
    assert message.turn(models.OnPayload(on="yes"), id="9").routing_key == "lamp.9.turn"
    app = made.module("messaging.application")
    builder = next(name for name in dir(app) if name.startswith("build_"))
    queue = Dispatcher(app, builder, monkeypatch)
    assert await queue.send('{"lumens":3}', "lamp.one.measured") == "measured"
    with pytest.raises(made.module("messaging.contract").ContractError):
        await queue.send('{"lumens":3}', "lamp.three.measured")


LEFT_OUT = """
asyncapi: 3.0.0
info: {title: Left out, version: '1'}
channels:
  good: {address: good, messages: {m: {payload: {type: string}}}}
  bad: {address: bad, messages: {one: {contentType: text/plain, payload: {type: string}}}}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/good'}}
  guess: {action: receive, channel: {$ref: '#/channels/bad'}}
"""


def test_what_is_left_out_has_no_queue_in_which_messages_would_stay(packages):
    made = packages.written("left_out", LEFT_OUT)
    assert ["the operation guess" in omission for omission in made.omissions] == [True]
    topology = made.module("messaging.topology").DEFAULT_TOPOLOGY
    assert set(topology.queues) == {"application.hear", "left-out.dead"}
    assert {binding.routing_key for binding in topology.bindings} == {"good", "#"}


SPELLED = """
asyncapi: 2.6.0
info: {title: Spelled, version: '1'}
channels:
  things:
    publish:
      operationId: hear
      message:
        oneOf:
          - {name: A, payload: {type: object, required: [class], properties: {class: {const: a}}}}
          - {name: B, payload: {type: object, required: [class], properties: {class: {const: b}, class_: {type: string}}}}
        traits: []
  merged:
    subscribe:
      operationId: tell
      x-app: My App
      bindings: {amqp: {priority: 5}}
      traits: [{bindings: {amqp: {deliveryMode: 1}}}]
      message:
        payload: {type: string}
        headers: {type: object, required: [a], properties: {a: {type: integer}}}
        traits: [{headers: {properties: {b: {type: integer}}}}]
  other: {subscribe: {operationId: call, x-app: my-app, message: {payload: {type: string}}}}
"""


async def test_names_that_are_spelled_alike_and_traits_that_are_merged(
    packages, monkeypatch, strictly_checked
):
    made = packages.written("spelled", SPELLED)
    assert made.omissions == []
    strictly_checked(made)
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    assert await queue.send('{"class":"b","class_":"x"}', "things") == "hear"
    message = made.module("messaging.message").tell("x", a=1, b=2)
    assert (message.priority, message.delivery_mode) == (5, 1)
    assert {"a": 1, "b": 2}.items() <= message.headers.items()
    publisher = made.module("messaging.publisher")
    assert hasattr(publisher.MyAppPublisher, "tell")
    assert hasattr(publisher.MyAppPublisher2, "call")


THROUGH = """
asyncapi: 3.0.0
info: {title: Through, version: '1'}
channels:
  c: {$ref: '#/components/channels/C'}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/M'}]}
  lost: {action: receive, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/N'}]}
components:
  channels: {C: {address: c, messages: {M: {payload: {type: string}}}}}
  schemas: {Loop: {$ref: '#/components/schemas/Loop/properties/x'}}
"""


async def test_a_pointer_may_lead_through_a_reference(packages, monkeypatch):
    made = packages.written("through", THROUGH)
    assert any("the operation lost" in said for said in made.omissions)
    assert not any("the operation hear" in said for said in made.omissions)
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    assert await queue.send('"x"', "c") == "hear"
