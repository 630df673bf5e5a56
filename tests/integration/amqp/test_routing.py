"""Direct, fanout, topic and headers exchanges, and bindings between exchanges. The same on the embedded broker and on RabbitMQ."""

from typing import Any

import pytest
from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractQueue

from tests.integration.amqp.scenario import unique

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


async def _routed(
    channel: AbstractChannel,
    exchange: Any,
    queues: dict[str, AbstractQueue],
    message: Message,
    key: str,
) -> set[str]:
    await exchange.publish(message, key, mandatory=False)
    reached = set()
    for name, queue in queues.items():
        got = await queue.get(fail=False, no_ack=True)
        if got is not None:
            reached.add(name)
            assert await queue.get(fail=False, no_ack=True) is None, "delivered twice"
    return reached


async def _bound(
    channel: AbstractChannel,
    kind: str,
    bindings: dict[str, list[tuple[str, dict[str, Any] | None]]],
) -> tuple[Any, dict[str, AbstractQueue]]:
    exchange = await channel.declare_exchange(unique("exchange"), kind, auto_delete=True)
    queues = {}
    for name, keys in bindings.items():
        queues[name] = await channel.declare_queue("", exclusive=True)
        for key, arguments in keys:
            await queues[name].bind(exchange, key, arguments=arguments)
    return exchange, queues


async def test_direct_and_fanout_routing(channel):
    bindings = {"a": [("x", None), ("y", None)], "b": [("x", None)], "c": [("", None)]}
    exchange, queues = await _bound(channel, "direct", bindings)
    for key, reached in {"x": {"a", "b"}, "y": {"a"}, "": {"c"}, "z": set(), "X": set()}.items():
        assert await _routed(channel, exchange, queues, Message(b""), key) == reached, key
    exchange, queues = await _bound(channel, "fanout", bindings)
    assert await _routed(channel, exchange, queues, Message(b""), "any") == {"a", "b", "c"}


async def test_topic_routing(channel):
    patterns = ["team.*.job.*.status", "#", "team.#", "*.*", "team.1.#.status", "#.status", "*", ""]
    exchange, queues = await _bound(channel, "topic", {p: [(p, None)] for p in patterns})
    for key, reached in {
        "team.1.job.2.status": {
            "team.*.job.*.status",
            "#",
            "team.#",
            "team.1.#.status",
            "#.status",
        },
        "team.1.status": {"#", "team.#", "team.1.#.status", "#.status"},
        "team": {"#", "team.#", "*"},
        "team.1": {"#", "team.#", "*.*"},
        "status": {"#", "#.status", "*"},
        "": {"#", ""},
        "a..b": {"#"},
        "team.": {"#", "team.#", "*.*"},
    }.items():
        assert await _routed(channel, exchange, queues, Message(b""), key) == reached, key


async def test_overlapping_bindings_deliver_once(channel):
    exchange, queues = await _bound(
        channel, "topic", {"a": [("#", None), ("a.*", None), ("a.b", None)]}
    )
    assert await _routed(channel, exchange, queues, Message(b""), "a.b") == {"a"}


async def test_headers_routing(channel):
    bindings: dict[str, list[tuple[str, dict[str, Any] | None]]] = {
        "all": [("", {"x-match": "all", "kind": "report", "size": 1})],
        "any": [("", {"x-match": "any", "kind": "report", "size": 1})],
        "default": [("", {"kind": "report", "size": 1})],
        "present": [("", {"x-match": "all", "kind": None})],
        "x-ignored": [("", {"x-match": "all", "x-own": 1, "kind": "report"})],
        "everything": [("", {"x-match": "all"})],
        "nothing": [("", {"x-match": "any"})],
    }
    exchange, queues = await _bound(channel, "headers", bindings)
    for headers, reached in (
        (
            {"kind": "report", "size": 1},
            {"all", "any", "default", "present", "x-ignored", "everything"},
        ),
        ({"kind": "report"}, {"any", "present", "x-ignored", "everything"}),
        ({"size": 1}, {"any", "everything"}),
        ({"kind": "other", "size": "1"}, {"present", "everything"}),
        ({}, {"everything"}),
    ):
        got = await _routed(channel, exchange, queues, Message(b"", headers=headers), "key")
        assert got == reached, headers


async def test_a_new_binding_counts_at_once(channel):
    exchange, queues = await _bound(channel, "topic", {"a": [("x", None)], "b": []})
    assert await _routed(channel, exchange, queues, Message(b""), "x") == {"a"}
    await queues["b"].bind(exchange, "#")
    assert await _routed(channel, exchange, queues, Message(b""), "x") == {"a", "b"}
    await queues["a"].delete()
    del queues["a"]
    assert await _routed(channel, exchange, queues, Message(b""), "x") == {"b"}


async def test_unbind_ends_the_way(channel):
    exchange, queues = await _bound(channel, "topic", {"a": [("x.*", None)], "b": [("x.*", None)]})
    assert await _routed(channel, exchange, queues, Message(b""), "x.1") == {"a", "b"}
    await queues["a"].unbind(exchange, "x.*")
    assert await _routed(channel, exchange, queues, Message(b""), "x.1") == {"b"}


async def test_exchanges_feed_exchanges_even_in_a_circle(channel, queue):
    first = await channel.declare_exchange(unique("exchange"), "topic")
    second = await channel.declare_exchange(unique("exchange"), "fanout")
    await second.bind(first, "a.#")
    await first.bind(second, "")
    await queue.bind(second)
    await queue.bind(first, "a.b")
    assert await _routed(channel, first, {"q": queue}, Message(b""), "a.b") == {"q"}
    await second.unbind(first, "a.#")
    assert await _routed(channel, first, {"q": queue}, Message(b""), "a.c") == set()
    await first.delete()
    await second.delete()


async def test_what_no_binding_takes_goes_to_the_alternate_exchange(channel, queue):
    alternate = await channel.declare_exchange(unique("alternate"), "fanout")
    exchange = await channel.declare_exchange(
        unique("exchange"), "direct", arguments={"alternate-exchange": alternate.name}
    )
    await queue.bind(alternate)
    other = await channel.declare_queue("", exclusive=True)
    await other.bind(exchange, "known")
    queues = {"alternate": queue, "other": other}
    assert await _routed(channel, exchange, queues, Message(b""), "known") == {"other"}
    assert await _routed(channel, exchange, queues, Message(b""), "unknown") == {"alternate"}
    await exchange.delete()
    await alternate.delete()
