"""AMQP bindings: the default exchange, queues beside routing keys, types and encodings of messages."""

from unittest.mock import AsyncMock

import pytest
from compiler.dispatching import Dispatcher

EXPORT_2 = """
asyncapi: 2.6.0
info: {title: Shop, version: '1'}
servers: {development: {url: 'amqp://localhost:5672/', protocol: amqp}}
channels:
  plain:_:OnPlain:
    bindings: {amqp: {is: routingKey, queue: {name: plain}, exchange: {type: default}}}
    publish: {bindings: {amqp: {cc: plain}}, message: {payload: {type: string}}}
  orders:shop:OnOrder:
    bindings: {amqp: {is: routingKey, queue: {name: orders}, exchange: {name: shop, type: topic}}}
    publish: {bindings: {amqp: {cc: order.*}}, message: {payload: {type: string}}}
  order.done:shop:Publisher:
    bindings: {amqp: {is: routingKey, queue: {name: order.done}, exchange: {name: shop, type: topic}}}
    subscribe: {bindings: {amqp: {cc: order.done}}, message: {payload: {type: string}}}
"""


async def test_an_export_of_faststream_in_version_2(packages, monkeypatch):
    made = packages.written("export_2", EXPORT_2)
    assert made.omissions == []
    topology = made.module("messaging.topology").DEFAULT_TOPOLOGY
    assert set(topology.queues) == {"plain", "orders", "shop.dead"}
    assert ("orders", "shop", "order.*") in {
        (b.queue, b.exchange, b.routing_key) for b in topology.bindings
    }
    app = made.module("messaging.application")
    plain = Dispatcher(app, "build_application_plain_subscriber", monkeypatch)
    assert await plain.send('"x"', "plain") == "publish_plain_on_plain"
    orders = Dispatcher(app, "build_application_orders_subscriber", monkeypatch)
    assert await orders.send('"x"', "order.new") == "publish_orders_shop_on_order"
    done = made.module("messaging.message").subscribe_order_done_shop_publisher("x")
    assert (done.exchange, done.routing_key) == ("shop", "order.done")
    assert "CC" not in done.headers


EXPORT_3 = """
asyncapi: 3.0.0
info: {title: Shop, version: '1'}
channels:
  news:all:OnNews:
    bindings: {amqp: {is: queue, queue: {name: news}}}
    messages: {m: {payload: {type: string}}}
  plain:_:OnPlain:
    address: plain
    bindings: {amqp: {is: queue, queue: {name: plain}}}
    messages: {m: {payload: {type: string}}}
operations:
  onNews: {action: receive, channel: {$ref: '#/channels/news:all:OnNews'}}
  onPlain: {action: receive, channel: {$ref: '#/channels/plain:_:OnPlain'}}
"""


def test_an_exchange_without_a_type_is_told_until_it_has_one(packages):
    (told,) = packages.written("export_3", EXPORT_3).omissions
    assert told.startswith("the binding of the queue of onNews: ")
    assert "the exchange 'all'" in told
    named = EXPORT_3.replace(
        "  news:all:OnNews:\n", "  news:all:OnNews:\n    x-exchange: {name: all, type: fanout}\n"
    )
    made = packages.written("export_3_named", named)
    assert made.omissions == []
    bindings = made.module("messaging.topology").DEFAULT_TOPOLOGY.bindings
    assert ("news", "all", "") in {(b.queue, b.exchange, b.routing_key) for b in bindings}


EXCHANGES = """
asyncapi: 3.0.0
info: {title: Exchanges, version: '1'}
channels:
  direct:
    address: jobs
    messages: {m: {payload: {type: string}}}
    bindings: {amqp: {is: routingKey, exchange: {type: default}}}
  unnamed:
    address: news
    messages: {m: {payload: {type: string}}}
    bindings: {amqp: {is: routingKey, exchange: {type: fanout}}}
operations:
  work: {action: receive, channel: {$ref: '#/channels/direct'}}
  order: {action: send, channel: {$ref: '#/channels/direct'}}
  tell: {action: send, channel: {$ref: '#/channels/unnamed'}}
"""


async def test_the_default_exchange_is_its_queue_and_others_have_a_name(packages, monkeypatch):
    made = packages.written("exchanges", EXCHANGES)
    assert made.omissions == []
    message = made.module("messaging.message")
    order, news = message.order("x"), message.tell("x")
    assert (order.exchange, order.routing_key) == ("", "jobs")
    assert (
        made.module("messaging.topology").DEFAULT_TOPOLOGY.exchange(news.exchange).type == "fanout"
    )
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    assert await queue.send('"x"', "jobs") == "work"


TYPES = """
asyncapi: 3.0.0
info: {title: Types, version: '1'}
channels:
  things:
    address: things
    messages:
      A:
        payload: {type: object, required: [a], properties: {a: {type: string}}}
        bindings: {amqp: {messageType: thing.a}}
      B:
        payload: {type: object, required: [b], properties: {b: {type: string}}}
        bindings: {amqp: {messageType: thing.b, contentEncoding: UTF-8}}
  zipped:
    address: zipped
    messages: {m: {payload: {type: string}, bindings: {amqp: {contentEncoding: gzip}}}}
  same:
    address: same
    messages:
      A: {name: one, payload: {type: object, required: [a], properties: {a: {type: string}}}}
      B: {name: one, payload: {type: object, required: [b], properties: {b: {type: string}}}}
operations:
  hear: {action: receive, channel: {$ref: '#/channels/things'}}
  tell: {action: send, channel: {$ref: '#/channels/things'}}
  unzip: {action: receive, channel: {$ref: '#/channels/zipped'}}
  guess: {action: receive, channel: {$ref: '#/channels/same'}}
"""


async def test_the_type_of_a_message_is_that_of_its_binding(packages, monkeypatch):
    made = packages.written("types", TYPES)
    unzip, guess = made.omissions
    assert "encoded as gzip" in unzip
    assert "have the type 'one'" in guess
    models = made.module("models.types")
    assert made.module("messaging.message").tell(models.APayload(a="x")).type == "thing.a"
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    assert await queue.send('{"b":"x"}', "things", type="thing.b") == "hear"
    with pytest.raises(made.module("messaging.contract").ContractError):
        await queue.send('{"b":"x"}', "things", type="thing.a")


def test_messages_of_the_components_have_models_without_a_channel(packages):
    made = packages.written(
        "library_of_messages",
        "asyncapi: 3.0.0\ninfo: {title: Library, version: '1'}\ncomponents: {messages: "
        "{Sent: {payload: {type: object, properties: {at: {type: integer}}}}}}\n",
    )
    assert made.module("models.library_of_messages").SentPayload(at=1).at == 1


PATTERNS = """
asyncapi: 3.0.0
info: {title: Patterns, version: '1'}
channels:
  exact:
    address: user.*.created
    messages: {a: {payload: {type: object, required: [a], properties: {a: {type: string}}}}}
    bindings: {amqp: {is: queue, queue: {name: q}, exchange: {name: users, type: topic}}}
  loose:
    address: user.#
    messages: {b: {payload: {type: object, required: [b], properties: {b: {type: integer}}}}}
    bindings: {amqp: {is: queue, queue: {name: q}, exchange: {name: users, type: topic}}}
operations:
  created: {action: receive, channel: {$ref: '#/channels/exact'}}
  other: {action: receive, channel: {$ref: '#/channels/loose'}}
"""


async def test_patterns_of_one_queue_that_meet_are_told_apart_by_the_message(packages, monkeypatch):
    made = packages.written("patterns", PATTERNS)
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    assert await queue.send('{"a":"x"}', "user.1.created") == "created"
    assert await queue.send('{"b":1}', "user.1.created") == "other"
    assert await queue.send('{"a":"x","b":1}', "user.1.created") == "created"
    assert await queue.send('{"b":1}', "user") == "other"
    with pytest.raises(made.module("messaging.contract").ContractError):
        await queue.send('{"a":"x"}', "user.1.deleted")


UNUSABLE = f"""
asyncapi: 3.0.0
info: {{title: Unusable, version: '1'}}
channels:
  c: {{address: c, messages: {{m: {{payload: {{type: string}}}}}}}}
  long: {{address: {"a" * 256}, messages: {{m: {{payload: {{type: string}}}}}}}}
  unknown: {{address: null, messages: {{m: {{payload: {{type: string}}}}}}}}
operations:
  mode: {{action: send, channel: {{$ref: '#/channels/c'}}, bindings: {{amqp: {{deliveryMode: 3}}}}}}
  priority: {{action: send, channel: {{$ref: '#/channels/c'}}, bindings: {{amqp: {{priority: 256}}}}}}
  copies: {{action: send, channel: {{$ref: '#/channels/c'}}, bindings: {{amqp: {{cc: ['a.{{b}}']}}}}}}
  pattern: {{action: send, channel: {{$ref: '#/channels/c'}}, bindings: {{amqp: {{bcc: ['a.*']}}}}}}
  long: {{action: send, channel: {{$ref: '#/channels/long'}}}}
  hear: {{action: receive, channel: {{$ref: '#/channels/unknown'}}}}
"""


async def test_what_no_broker_takes_is_told(packages, monkeypatch):
    made = packages.written("unusable", UNUSABLE)
    assert sorted(one.split(":")[0].split()[-1] for one in made.omissions) == [
        "copies", "long", "mode", "pattern", "priority",
    ]  # fmt: skip
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    assert await queue.send('"x"', "application.hear") == "hear"


EXCLUSIVE = """
asyncapi: 3.0.0
info: {title: Shop, version: '1'}
channels:
  mine:
    address: mine
    messages: {m: {payload: {type: string}}}
    bindings: {amqp: {is: queue, queue: {name: mine, exclusive: true}}}
  ours:
    address: ours
    messages: {m: {payload: {type: string}}}
    bindings: {amqp: {is: queue, queue: {name: ours, exclusive: false}}}
operations:
  onMine: {action: receive, channel: {$ref: '#/channels/mine'}}
  onOurs: {action: receive, channel: {$ref: '#/channels/ours'}}
"""


async def test_an_exclusive_queue_is_left_to_the_connection_that_consumes_it(packages):
    """RabbitMQ locks it to the connection that declared it, RESOURCE_LOCKED for every other one."""
    topology = packages.written("exclusive", EXCLUSIVE).module("messaging.topology")
    channel = AsyncMock()
    await topology.declare(channel, topology.DEFAULT_TOPOLOGY)
    declared = [call.args[0] for call in channel.declare_queue.await_args_list]
    assert "ours" in declared
    assert "mine" not in declared
