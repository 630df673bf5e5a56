"""One list of AMQP scenarios that must hold on the embedded broker and on RabbitMQ alike."""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import aio_pika
import aiormq
import celery
import kombu
import pytest
from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage, AbstractQueue
from aiormq import exceptions
from amqp.exceptions import AMQPError
from faststream.rabbit import ExchangeType as FastStreamExchangeType
from faststream.rabbit import RabbitBroker, RabbitExchange, RabbitQueue
from pamqp import commands as spec
from pamqp import frame, header

from slipway.amqp import Broker

RABBITMQ = os.environ.get("SLIPWAY_TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/")
PATIENCE = 10.0

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

Connect = Callable[..., Awaitable[AbstractConnection]]


def _with_vhost(url: str, vhost: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{vhost}"))


def _erlang(expression: str) -> bool:
    done = subprocess.run(
        ["rabbitmqctl", "eval", expression], capture_output=True, timeout=60, check=False
    )
    return done.returncode == 0


def _problem(url: str) -> str | None:
    try:
        with kombu.Connection(url, connect_timeout=5) as connection:
            connection.connect()
    except (OSError, AMQPError) as error:
        return type(error).__name__
    return None


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[str]:
    """A RabbitMQ to test against, in a virtual host of its own where rabbitmqctl can make one."""
    problem = _problem(RABBITMQ)
    if problem is not None:
        reason = f"RabbitMQ does not answer at the configured address ({problem})"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    vhost = f"conformance-{secrets.token_hex(4)}"
    user = urlsplit(RABBITMQ).username or "guest"
    made = shutil.which("rabbitmqctl") is not None and _erlang(
        f'rabbit_vhost:add(<<"{vhost}">>,<<"test">>),'
        f'rabbit_auth_backend_internal:set_permissions(<<"{user}">>,<<"{vhost}">>,'
        '<<".*">>,<<".*">>,<<".*">>,<<"test">>).'
    )
    yield _with_vhost(RABBITMQ, vhost) if made else RABBITMQ
    if made:
        _erlang(f'rabbit_vhost:delete(<<"{vhost}">>,<<"test">>).')


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
async def url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    if request.param == "rabbitmq":
        yield request.getfixturevalue("rabbitmq")
        return
    async with Broker(user="slip", password="w@y/1") as broker:
        yield broker.url


@pytest.fixture
async def connect(url: str) -> AsyncIterator[Connect]:
    opened: list[AbstractConnection] = []

    async def make(**options: Any) -> AbstractConnection:
        connection = await aio_pika.connect(url, **options)
        opened.append(connection)
        return connection

    yield make
    for connection in opened:
        await connection.close()


@pytest.fixture
async def channel(connect: Connect) -> AbstractChannel:
    return await (await connect()).channel()


def unique(word: str) -> str:
    return f"{word}-{secrets.token_hex(4)}"


@pytest.fixture
async def queue(channel: AbstractChannel) -> AbstractQueue:
    return await channel.declare_queue(unique("queue"), exclusive=True)


async def _ignore(_: object) -> None:
    """Take a message and do nothing."""


class Inbox:
    """Consumes a queue and hands out what came, in order, without acknowledging."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        self.tag = ""

    @classmethod
    async def of(cls, queue: AbstractQueue, **options: Any) -> "Inbox":
        inbox = cls()
        inbox.tag = await queue.consume(inbox.messages.put, **options)
        return inbox

    async def next(self) -> AbstractIncomingMessage:
        return await asyncio.wait_for(self.messages.get(), PATIENCE)

    async def bodies(self, count: int) -> list[bytes]:
        return [(await self.next()).body for _ in range(count)]


async def send(channel: AbstractChannel, key: str, *bodies: bytes, **properties: Any) -> None:
    for body in bodies:
        await channel.default_exchange.publish(Message(body, **properties), key)


async def ready(connect: Connect, name: str) -> int:
    """How many messages are ready, asked on a connection of its own."""
    connection = await connect()
    channel = await connection.channel()
    counted = await channel.declare_queue(name, passive=True)
    await connection.close()
    return counted.declaration_result.message_count or 0


async def become(count: Callable[[], Awaitable[int]], wanted: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await count() != wanted:
            await asyncio.sleep(0.01)


# --- messages -------------------------------------------------------------------------------


async def test_all_properties_and_nested_headers_arrive_as_sent(channel, queue):
    headers = {
        "text": "räksmörgås",
        "number": -5,
        "big": 2**40,
        "flag": True,
        "none": None,
        "list": [1, "two", {"three": 3}],
        "table": {"deep": {"deeper": [True]}},
    }
    sent = Message(
        b"\x00body\xce",
        headers=headers,
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode=2,
        priority=3,
        correlation_id="c-1",
        reply_to="elsewhere",
        message_id="m-1",
        timestamp=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        type="kind",
        app_id="app",
    )
    await channel.default_exchange.publish(sent, queue.name)
    got = await queue.get()
    assert got.body == b"\x00body\xce"
    assert dict(got.headers) == headers
    for name in (
        "content_type",
        "content_encoding",
        "delivery_mode",
        "priority",
        "correlation_id",
        "reply_to",
        "message_id",
        "timestamp",
        "type",
        "app_id",
    ):
        assert getattr(got, name) == getattr(sent, name), name
    assert (got.exchange, got.routing_key, got.redelivered) == ("", queue.name, False)


@pytest.mark.parametrize("size", [0, 1, 131_064, 131_065, 1_000_000])
async def test_bodies_are_cut_into_frames_and_joined(channel, queue, size):
    body = os.urandom(size)
    await send(channel, queue.name, body)
    assert (await queue.get()).body == body


async def test_get_tells_how_many_are_left_and_when_there_is_none(channel, queue):
    await send(channel, queue.name, b"1", b"2")
    first = await queue.get(no_ack=True)
    assert (first.body, first.message_count) == (b"1", 1)
    assert (await queue.get(no_ack=True)).message_count == 0
    assert await queue.get(fail=False) is None


async def test_a_user_id_that_is_not_the_own_is_refused(channel, queue):
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await send(channel, queue.name, b"", user_id="someone-else")


async def test_an_expiration_that_is_no_number_is_refused(connect, queue):
    channel = await (await connect()).channel()
    raw = await channel.get_underlay_channel()
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await raw.basic_publish(
            b"", routing_key=queue.name, properties=aiormq.spec.Basic.Properties(expiration="soon")
        )


# --- declarations ---------------------------------------------------------------------------


async def test_the_server_names_a_queue(channel):
    queue = await channel.declare_queue("", exclusive=True)
    assert queue.name.startswith("amq.gen-")
    assert (await channel.declare_queue(queue.name, passive=True)).name == queue.name


async def test_the_empty_name_means_the_queue_declared_last(channel):
    raw = await channel.get_underlay_channel()
    declared = await raw.queue_declare("", exclusive=True)
    await raw.queue_bind("", "amq.direct", "")
    await raw.basic_publish(b"x", exchange="amq.direct", routing_key=declared.queue)
    assert (await raw.basic_get("", no_ack=True)).body == b"x"


async def test_no_queue_and_no_exchange_are_not_found(connect):
    connection = await connect()
    with pytest.raises(exceptions.ChannelNotFoundEntity):
        await (await connection.channel()).declare_queue(unique("none"), passive=True)
    with pytest.raises(exceptions.ChannelNotFoundEntity):
        await (await connection.channel()).declare_exchange(unique("none"), passive=True)
    exchange = await (await connection.channel()).get_exchange(unique("none"), ensure=False)
    with pytest.raises(exceptions.ChannelNotFoundEntity):
        await exchange.publish(Message(b""), "")


@pytest.mark.parametrize(
    "changed",
    [
        {"durable": True},
        {"auto_delete": True},
        {"arguments": {"x-message-ttl": 1000}},
        {"arguments": {"x-max-length": 2, "x-dead-letter-exchange": "dlx"}},
        {"arguments": {"x-max-length": 3}},
    ],
)
async def test_an_inequivalent_queue_is_refused(connect, changed):
    connection = await connect()
    original = {"durable": False, "arguments": {"x-max-length": 2}}
    channel = await connection.channel()
    queue = await channel.declare_queue(unique("queue"), **original)
    assert (await channel.declare_queue(queue.name, **original)).name == queue.name
    with pytest.raises(exceptions.ChannelPreconditionFailed, match="inequivalent arg"):
        await (await connection.channel()).declare_queue(queue.name, **(original | changed))
    await queue.delete()


@pytest.mark.parametrize(
    "changed", [{"type": "fanout"}, {"durable": True}, {"auto_delete": True}, {"internal": True}]
)
async def test_an_inequivalent_exchange_is_refused(connect, changed):
    connection = await connect()
    name = unique("exchange")
    channel = await connection.channel()
    exchange = await channel.declare_exchange(name, "direct")
    with pytest.raises(exceptions.ChannelPreconditionFailed, match="inequivalent arg"):
        await (await connection.channel()).declare_exchange(name, **({"type": "direct"} | changed))
    await exchange.delete()


@pytest.mark.parametrize(
    "arguments",
    [
        {"x-message-ttl": -1},
        {"x-message-ttl": "soon"},
        {"x-expires": 0},
        {"x-max-length": -1},
        {"x-overflow": "explode"},
        {"x-dead-letter-routing-key": "without-exchange"},
        {"x-queue-type": "pile"},
    ],
)
async def test_senseless_arguments_are_refused(channel, arguments):
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await channel.declare_queue(unique("queue"), arguments=arguments)


async def test_reserved_names_are_refused(connect):
    connection = await connect()
    with pytest.raises(exceptions.ChannelAccessRefused):
        await (await connection.channel()).declare_queue(unique("amq.queue"))
    with pytest.raises(exceptions.ChannelAccessRefused):
        await (await connection.channel()).declare_exchange(unique("amq.exchange"))
    with pytest.raises(exceptions.ChannelAccessRefused):
        await (await connection.channel()).exchange_delete("amq.direct")
    channel = await connection.channel()
    queue = await channel.declare_queue("", exclusive=True)
    with pytest.raises(exceptions.ChannelAccessRefused):
        await queue.bind("", "key")


async def test_an_unknown_exchange_type_ends_the_connection(connect):
    channel = await (await connect()).channel()
    with pytest.raises(exceptions.ConnectionCommandInvalid):
        await channel.declare_exchange(unique("exchange"), "x-unheard-of")


async def test_an_internal_exchange_takes_no_messages_from_clients(channel):
    exchange = await channel.declare_exchange(
        unique("exchange"), "fanout", internal=True, auto_delete=True
    )
    raw = await channel.get_underlay_channel()
    with pytest.raises(exceptions.ChannelAccessRefused):
        await raw.basic_publish(b"", exchange=exchange.name)


async def test_an_exclusive_queue_is_locked_for_others_and_goes_with_its_connection(connect):
    owner = await connect()
    queue = await (await owner.channel()).declare_queue(unique("queue"), exclusive=True)
    other = await connect()
    with pytest.raises(exceptions.ChannelLockedResource):
        await (await other.channel()).declare_queue(queue.name, passive=True)
    with pytest.raises(exceptions.ChannelLockedResource):
        await (await other.channel()).queue_delete(queue.name)
    await owner.close()

    async def gone() -> int:
        try:
            await (await other.channel()).declare_queue(queue.name, passive=True)
        except exceptions.ChannelNotFoundEntity:
            return 0
        except exceptions.ChannelLockedResource:
            return 1
        return 1

    await become(gone, 0)


async def test_delete_minds_use_and_content_when_asked(connect):
    connection = await connect()
    channel = await connection.channel()
    queue = await channel.declare_queue(unique("queue"))
    await send(channel, queue.name, b"1", b"2")
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await (await connection.channel()).queue_delete(queue.name, if_empty=True)
    await Inbox.of(queue)
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await (await connection.channel()).queue_delete(queue.name, if_unused=True)
    assert (await channel.queue_delete(queue.name)).message_count == 0
    assert (await channel.queue_delete(queue.name)).message_count == 0


async def test_an_exchange_in_use_is_not_deleted_when_asked_to_mind(connect, channel, queue):
    exchange = await channel.declare_exchange(unique("exchange"), "fanout")
    await queue.bind(exchange)
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await (await (await connect()).channel()).exchange_delete(exchange.name, if_unused=True)
    await channel.exchange_delete(exchange.name)
    await channel.exchange_delete(exchange.name)


async def test_purge_takes_ready_messages_only(channel, queue):
    await send(channel, queue.name, b"1", b"2", b"3")
    held = await queue.get()
    assert (await queue.purge()).message_count == 2
    await held.nack(requeue=True)
    assert (await queue.get()).body == b"1"


async def test_auto_delete_queues_and_exchanges_go_with_their_last_user(connect, channel):
    exchange = await channel.declare_exchange(unique("exchange"), "fanout", auto_delete=True)
    queue = await channel.declare_queue(unique("queue"), auto_delete=True)
    await queue.bind(exchange)
    inbox = await Inbox.of(queue)
    await queue.cancel(inbox.tag)
    connection = await connect()
    with pytest.raises(exceptions.ChannelNotFoundEntity):
        await (await connection.channel()).declare_queue(queue.name, passive=True)
    with pytest.raises(exceptions.ChannelNotFoundEntity):
        await (await connection.channel()).declare_exchange(exchange.name, passive=True)


async def test_an_unused_queue_expires(connect, channel):
    queue = await channel.declare_queue(unique("queue"), arguments={"x-expires": 50})

    async def gone() -> int:
        try:
            await (await (await connect()).channel()).declare_queue(queue.name, passive=True)
        except exceptions.ChannelNotFoundEntity:
            return 0
        await asyncio.sleep(0.2)
        return 1

    await become(gone, 0)


# --- routing --------------------------------------------------------------------------------


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


# --- consuming ------------------------------------------------------------------------------


async def test_prefetch_bounds_each_consumer(channel, queue):
    await channel.set_qos(prefetch_count=2)
    await send(channel, queue.name, b"1", b"2", b"3")
    inbox = await Inbox.of(queue)
    first = await inbox.next()
    await inbox.next()
    await queue.declare()
    assert inbox.messages.empty()
    await first.ack()
    assert (await inbox.next()).body == b"3"


async def test_global_prefetch_bounds_the_channel(channel):
    await channel.set_qos(prefetch_count=2, global_=True)
    inboxes = []
    for _ in range(2):
        queue = await channel.declare_queue("", exclusive=True)
        await send(channel, queue.name, b"1", b"2", b"3")
        inboxes.append(await Inbox.of(queue))
    held = [await inboxes[0].next(), await inboxes[0].next()]
    await channel.declare_queue(queue.name, passive=True)
    assert all(inbox.messages.empty() for inbox in inboxes)
    for message in held:
        await message.ack()
    waits = [asyncio.create_task(inbox.messages.get()) for inbox in inboxes]
    done, _ = await asyncio.wait(waits, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    assert done
    for wait in waits:
        wait.cancel()


async def test_consumers_take_turns(connect, queue, channel):
    await channel.set_qos(prefetch_count=10)
    inboxes = [await Inbox.of(queue) for _ in range(2)]
    await send(channel, queue.name, *(str(n).encode() for n in range(6)))
    assert [len(await inbox.bodies(3)) for inbox in inboxes] == [3, 3]


async def test_what_is_given_back_returns_to_its_place_marked_redelivered(channel, queue):
    await send(channel, queue.name, b"1", b"2", b"3", b"4")
    held = [await queue.get() for _ in range(3)]
    await held[1].nack(requeue=True)
    await held[0].reject(requeue=True)
    await held[2].nack(requeue=True)
    again = [await queue.get() for _ in range(4)]
    assert [m.body for m in again] == [b"1", b"2", b"3", b"4"]
    assert [m.redelivered for m in again] == [True, True, True, False]


async def test_multiple_settles_all_up_to_a_tag(connect, channel, queue):
    await send(channel, queue.name, *(str(n).encode() for n in range(6)))
    held = [await queue.get() for _ in range(6)]
    await held[1].ack(multiple=True)
    await held[3].nack(multiple=True, requeue=True)
    assert [(await queue.get()).body for _ in range(2)] == [b"2", b"3"]
    assert await queue.get(fail=False) is None


async def test_recover_requeues_what_is_unsettled(channel, queue):
    await send(channel, queue.name, b"1", b"2")
    inbox = await Inbox.of(queue)
    assert await inbox.bodies(2) == [b"1", b"2"]
    await (await channel.get_underlay_channel()).basic_recover(requeue=True)
    again = [await inbox.next() for _ in range(2)]
    assert [(m.body, m.redelivered) for m in again] == [(b"1", True), (b"2", True)]


async def test_a_lost_connection_gives_back_what_it_held(connect, channel):
    queue = await channel.declare_queue(unique("queue"), auto_delete=False)
    await send(channel, queue.name, b"1", b"2", b"3")
    lost = await connect()
    inbox = await Inbox.of(await (await lost.channel()).get_queue(queue.name, ensure=False))
    held = [await inbox.next() for _ in range(3)]
    await held[1].ack()
    await lost.close()
    inbox = await Inbox.of(queue)
    again = [await inbox.next() for _ in range(2)]
    assert [(m.body, m.redelivered) for m in again] == [(b"1", True), (b"3", True)]
    await queue.delete(if_unused=False, if_empty=False)


async def test_an_unknown_delivery_tag_closes_the_channel(connect, channel, queue):
    raw = await channel.get_underlay_channel()
    await raw.basic_ack(77)
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await raw.queue_declare(queue.name, passive=True)
    assert raw.is_closed


async def test_an_exclusive_consumer_is_alone(connect, channel):
    queue = await channel.declare_queue(unique("queue"), auto_delete=True)
    await Inbox.of(queue, exclusive=True)
    other = await (await connect()).channel()
    with pytest.raises(exceptions.ChannelAccessRefused):
        await Inbox.of(await other.get_queue(queue.name, ensure=False))


async def test_a_single_active_consumer_is_followed_by_the_next(channel):
    queue = await channel.declare_queue(
        "", exclusive=True, arguments={"x-single-active-consumer": True}
    )
    first, second = await Inbox.of(queue, no_ack=True), await Inbox.of(queue, no_ack=True)
    await send(channel, queue.name, b"1", b"2")
    assert await first.bodies(2) == [b"1", b"2"]
    await queue.cancel(first.tag)
    await send(channel, queue.name, b"3")
    assert await second.bodies(1) == [b"3"]
    assert first.messages.empty()


async def test_consumers_hear_that_their_queue_was_deleted(connect, channel):
    queue = await channel.declare_queue(unique("queue"))
    raw = await channel.get_underlay_channel()
    cancelled = asyncio.Event()
    await raw.basic_consume(queue.name, _ignore, consumer_tag="mine")

    async def watch() -> None:
        while "mine" in raw.consumers:
            await asyncio.sleep(0.01)
        cancelled.set()

    watching = asyncio.create_task(watch())
    await (await (await connect()).channel()).queue_delete(queue.name)
    await asyncio.wait_for(cancelled.wait(), PATIENCE)
    await watching


# --- limits and dead letters ----------------------------------------------------------------


async def _mortal(
    channel: AbstractChannel, **arguments: Any
) -> tuple[AbstractQueue, AbstractQueue]:
    """A queue with these arguments and the queue that receives its dead letters."""
    grave = await channel.declare_queue("", exclusive=True)
    table = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": grave.name}
    queue = await channel.declare_queue(
        "", exclusive=True, arguments=table | {k.replace("_", "-"): v for k, v in arguments.items()}
    )
    return queue, grave


def _death(message: AbstractIncomingMessage, nth: int = 0) -> dict[str, Any]:
    deaths: Any = message.headers["x-death"]
    death = dict(deaths[nth])
    assert abs((death.pop("time") - datetime.now(UTC)).total_seconds()) < 60
    return death


async def test_rejected_messages_are_dead_lettered(channel):
    queue, grave = await _mortal(channel)
    inbox = await Inbox.of(grave, no_ack=True)
    await send(channel, queue.name, b"bad", headers={"own": 1.5}, message_id="m", expiration=60)
    await (await queue.get()).reject(requeue=False)
    dead = await inbox.next()
    assert (dead.body, dead.message_id, dead.routing_key) == (b"bad", "m", grave.name)
    assert dead.headers["own"] == 1.5
    assert dead.expiration is None
    assert dead.redelivered is False
    assert _death(dead) == {
        "reason": "rejected",
        "queue": queue.name,
        "exchange": "",
        "routing-keys": [queue.name],
        "count": 1,
        "original-expiration": "60000",
    }
    assert dead.headers["x-first-death-reason"] == "rejected"
    assert dead.headers["x-first-death-queue"] == queue.name
    assert dead.headers["x-first-death-exchange"] == ""


async def test_the_original_routing_key_is_kept_without_an_own_one(channel):
    exchange = await channel.declare_exchange(unique("dead"), "topic", auto_delete=True)
    grave = await channel.declare_queue("", exclusive=True)
    await grave.bind(exchange, "#")
    queue = await channel.declare_queue(
        "", exclusive=True, arguments={"x-dead-letter-exchange": exchange.name}
    )
    inbox = await Inbox.of(grave, no_ack=True)
    await send(channel, queue.name, b"x")
    await (await queue.get()).nack(requeue=False)
    dead = await inbox.next()
    assert (dead.exchange, dead.routing_key) == (exchange.name, queue.name)


async def test_messages_expire_by_the_queue_and_by_their_own(channel):
    queue, grave = await _mortal(channel, x_message_ttl=30)
    inbox = await Inbox.of(grave, no_ack=True)
    await send(channel, queue.name, b"queue")
    dead = await inbox.next()
    assert _death(dead)["reason"] == "expired"
    assert "original-expiration" not in _death(dead)
    queue, grave = await _mortal(channel)
    inbox = await Inbox.of(grave, no_ack=True)
    await send(channel, queue.name, b"own", expiration=0.02)
    dead = await inbox.next()
    assert (_death(dead)["reason"], _death(dead)["original-expiration"]) == ("expired", "20")
    assert dead.expiration is None
    assert await queue.get(fail=False) is None


async def test_a_ttl_of_zero_delivers_to_who_waits_and_drops_otherwise(channel):
    queue, grave = await _mortal(channel, x_message_ttl=0)
    lost = await Inbox.of(grave, no_ack=True)
    await send(channel, queue.name, b"nobody")
    assert await lost.bodies(1) == [b"nobody"]
    inbox = await Inbox.of(queue, no_ack=True)
    await send(channel, queue.name, b"somebody")
    assert await inbox.bodies(1) == [b"somebody"]


async def test_a_full_queue_drops_its_head(channel):
    queue, grave = await _mortal(channel, x_max_length=2)
    inbox = await Inbox.of(grave, no_ack=True)
    await send(channel, queue.name, b"1", b"2", b"3", b"4")
    dead = [await inbox.next() for _ in range(2)]
    assert [m.body for m in dead] == [b"1", b"2"]
    assert _death(dead[0])["reason"] == "maxlen"
    assert [(await queue.get(no_ack=True)).body for _ in range(2)] == [b"3", b"4"]


async def test_a_queue_is_full_by_bytes_too(channel):
    queue, grave = await _mortal(channel, x_max_length_bytes=10)
    inbox = await Inbox.of(grave, no_ack=True)
    await send(channel, queue.name, b"12345", b"67890", b"x")
    assert await inbox.bodies(1) == [b"12345"]


async def test_a_full_queue_can_refuse(connect, channel):
    queue = await channel.declare_queue(
        "", exclusive=True, arguments={"x-max-length": 1, "x-overflow": "reject-publish"}
    )
    await send(channel, queue.name, b"1")
    with pytest.raises(exceptions.DeliveryError):
        await send(channel, queue.name, b"2")
    assert (await queue.get(no_ack=True)).body == b"1"
    await send(channel, queue.name, b"3")
    assert (await queue.get(no_ack=True)).body == b"3"


async def test_a_full_queue_can_refuse_and_dead_letter(channel):
    queue, grave = await _mortal(channel, x_max_length=1, x_overflow="reject-publish-dlx")
    inbox = await Inbox.of(grave, no_ack=True)
    await send(channel, queue.name, b"1")
    with pytest.raises(exceptions.DeliveryError):
        await send(channel, queue.name, b"2")
    dead = await inbox.next()
    assert (dead.body, _death(dead)["reason"]) == (b"2", "maxlen")


async def test_a_retry_loop_counts_its_rounds(channel):
    work, retry = unique("work"), unique("retry")
    await channel.declare_queue(
        work,
        exclusive=True,
        arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": retry},
    )
    await channel.declare_queue(
        retry,
        exclusive=True,
        arguments={
            "x-message-ttl": 1,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": work,
        },
    )
    inbox = await Inbox.of(await channel.get_queue(work))
    await send(channel, work, b"again")
    for rounds in range(3):
        message = await inbox.next()
        if rounds:
            assert [_death(message, n)["count"] for n in (0, 1)] == [rounds, rounds]
            assert [_death(message, n)["reason"] for n in (0, 1)] == ["expired", "rejected"]
            assert message.headers["x-first-death-queue"] == work
        await message.reject(requeue=False)


async def test_messages_that_only_expire_do_not_circulate_for_ever(channel):
    name = unique("circle")
    queue = await channel.declare_queue(
        name,
        exclusive=True,
        arguments={
            "x-message-ttl": 1,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": name,
        },
    )
    await send(channel, name, b"x")

    async def count() -> int:
        return (await channel.declare_queue(name, passive=True)).declaration_result.message_count

    await become(count, 0)
    assert await queue.get(fail=False) is None


async def test_a_quorum_queue_gives_up_after_its_delivery_limit(connect):
    channel = await (await connect()).channel()
    grave = await channel.declare_queue(unique("grave"), exclusive=True)
    queue = await channel.declare_queue(
        unique("queue"),
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": 1,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": grave.name,
        },
    )
    dead = await Inbox.of(grave, no_ack=True)
    inbox = await Inbox.of(queue)
    await send(channel, queue.name, b"poison")
    await (await inbox.next()).nack(requeue=True)
    again = await inbox.next()
    assert (again.redelivered, again.headers["x-delivery-count"]) == (True, 1)
    await again.nack(requeue=True)
    assert _death(await dead.next())["reason"] == "delivery_limit"
    await queue.delete(if_unused=False, if_empty=False)


# --- publishing -----------------------------------------------------------------------------


async def test_an_unroutable_mandatory_message_is_returned_before_its_confirm(connect):
    channel = await (await connect()).channel(publisher_confirms=True, on_return_raises=True)
    with pytest.raises(exceptions.PublishError) as returned:
        await channel.default_exchange.publish(
            Message(b"lost", message_id="m"), unique("none"), mandatory=True
        )
    assert returned.value.message.body == b"lost"
    assert returned.value.message.header.properties.message_id == "m"
    await channel.default_exchange.publish(Message(b""), unique("none"), mandatory=False)


async def test_gathered_publishes_are_all_confirmed_and_in_order(channel, queue):
    exchange = channel.default_exchange
    await asyncio.gather(
        *(
            exchange.publish(Message(b"%d" % n, delivery_mode=2 - n % 2), queue.name)
            for n in range(500)
        )
    )
    inbox = await Inbox.of(queue, no_ack=True)
    assert await inbox.bodies(500) == [b"%d" % n for n in range(500)]


async def test_a_failed_channel_leaves_the_others_alone(connect):
    connection = await connect()
    healthy = await connection.channel()
    queue = await healthy.declare_queue("", exclusive=True)
    inbox = await Inbox.of(queue, no_ack=True)
    broken = await connection.channel()
    with pytest.raises(exceptions.ChannelNotFoundEntity):
        await (await broken.get_exchange(unique("none"), ensure=False)).publish(
            Message(b"x" * 300_000), ""
        )
    await send(healthy, queue.name, b"fine")
    assert await inbox.bodies(1) == [b"fine"]


async def test_a_consumer_tag_is_used_once_per_channel(connect):
    # aiormq guards its own tags, so the second consumer is asked for by hand.
    connection = await connect()
    channel = await connection.channel()
    queue = await channel.declare_queue("", exclusive=True)
    await queue.consume(_ignore, consumer_tag="tag")
    raw = await channel.get_underlay_channel()
    with pytest.raises((exceptions.ConnectionNotAllowed, exceptions.ConnectionClosed)):
        await raw.rpc(aiormq.spec.Basic.Consume(queue=queue.name, consumer_tag="tag"))


# --- direct reply-to ------------------------------------------------------------------------


async def test_replies_go_straight_to_the_requester(connect, queue, channel):
    client = await (await connect()).channel()
    raw = await client.get_underlay_channel()
    replies: asyncio.Queue[Any] = asyncio.Queue()
    assert await raw.queue_declare("amq.rabbitmq.reply-to", passive=True)
    await raw.basic_consume("amq.rabbitmq.reply-to", replies.put, no_ack=True)
    server = await Inbox.of(queue)
    await client.default_exchange.publish(
        Message(b"2+2", reply_to="amq.rabbitmq.reply-to", correlation_id="c"), queue.name
    )
    request = await server.next()
    assert request.reply_to is not None
    assert request.reply_to.startswith("amq.rabbitmq.reply-to.")
    await channel.default_exchange.publish(
        Message(b"4", correlation_id=request.correlation_id), request.reply_to, mandatory=True
    )
    reply = await asyncio.wait_for(replies.get(), PATIENCE)
    assert (reply.body, reply.header.properties.correlation_id) == (b"4", "c")


async def test_direct_reply_to_needs_a_consumer_without_acknowledgement(connect, queue):
    connection = await connect()
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await (await connection.channel()).default_exchange.publish(
            Message(b"", reply_to="amq.rabbitmq.reply-to"), queue.name
        )
    raw = await (await connection.channel()).get_underlay_channel()
    with pytest.raises(exceptions.ChannelPreconditionFailed):
        await raw.basic_consume("amq.rabbitmq.reply-to", _ignore)


# --- connections ----------------------------------------------------------------------------


class Wire:
    """A client that speaks raw frames, for what well-behaved clients never send."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.heard = b""

    @classmethod
    async def open(cls, url: str, *, heartbeat: int = 0) -> "Wire":
        parts = urlsplit(url)
        wire = cls(*await asyncio.open_connection(parts.hostname, parts.port or 5672))
        wire.writer.write(b"AMQP\x00\x00\x09\x01")
        await wire.expect(spec.Connection.Start)
        response = f"\0{unquote(parts.username or '')}\0{unquote(parts.password or '')}"
        wire.send(spec.Connection.StartOk({}, "PLAIN", response, "en_US"), 0)
        tune = await wire.expect(spec.Connection.Tune)
        wire.send(spec.Connection.TuneOk(tune.channel_max, tune.frame_max, heartbeat), 0)
        wire.send(spec.Connection.Open(unquote(parts.path[1:]) or "/"), 0)
        await wire.expect(spec.Connection.OpenOk)
        wire.send(spec.Channel.Open(), 1)
        await wire.expect(spec.Channel.OpenOk)
        return wire

    def send(self, method: Any, channel: int = 1) -> None:
        self.writer.write(frame.marshal(method, channel))

    async def expect(self, kind: type) -> Any:
        """The next method of this kind; heartbeats are skipped, anything else fails."""
        async with asyncio.timeout(PATIENCE):
            while True:
                head = await self.reader.readexactly(7)
                rest = await self.reader.readexactly(int.from_bytes(head[3:7], "big") + 1)
                if head[0] != 8:
                    method = frame.unmarshal(head + rest)[2]
                    assert isinstance(method, kind), vars_of(method)
                    return method

    async def heartbeat(self) -> None:
        assert (
            await asyncio.wait_for(self.reader.readexactly(8), PATIENCE) == b"\x08\0\0\0\0\0\0\xce"
        )

    async def closed(self) -> None:
        """Wait until the other side has hung up, whatever it says before."""
        async with asyncio.timeout(PATIENCE):
            try:
                while await self.reader.read(65536):
                    pass
            except ConnectionError:
                pass
        self.writer.close()


def vars_of(method: Any) -> dict[str, Any]:
    return {"name": method.name} | dict(method)


PUBLISH = frame.marshal(spec.Basic.Publish(exchange="", routing_key="nowhere"), 1)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (501, b"\x01\x00\x01\x00\x00\x00\x04\x00\x3c\x00\x28\x00"),  # no end octet
        (501, b"\x03\x00\x01\xff\xff\xff\xff" + b"x" * 100),  # larger than frame_max
        (
            505,
            b"\x02\x00\x01\x00\x00\x00\x0e\x00\x3c" + bytes(12) + b"\xce",
        ),  # header without publish
        (505, PUBLISH + PUBLISH),
        (505, PUBLISH + b"\x03\x00\x01\x00\x00\x00\x01x\xce"),  # body without header
        (504, frame.marshal(spec.Queue.Declare(queue="x"), 2)),  # channel is not open
        (504, frame.marshal(spec.Channel.Open(), 1)),  # channel is open already
        (
            540,
            frame.marshal(spec.Basic.Publish(routing_key="x", immediate=True), 1)
            + frame.marshal(header.ContentHeader(body_size=0), 1),
        ),
        (540, frame.marshal(spec.Basic.Qos(prefetch_size=10), 1)),
    ],
)
async def test_a_client_that_breaks_the_protocol_loses_only_its_own_connection(
    url, connect, code, data
):
    channel = await (await connect()).channel()
    queue = await channel.declare_queue("", exclusive=True)
    inbox = await Inbox.of(queue, no_ack=True)
    wire = await Wire.open(url)
    wire.writer.write(data)
    closing = await wire.expect(spec.Connection.Close)
    assert closing.reply_code == code, closing.reply_text
    wire.send(spec.Connection.CloseOk(), 0)
    await wire.closed()
    await send(channel, queue.name, b"fine")
    assert await inbox.bodies(1) == [b"fine"]


async def test_another_protocol_is_answered_with_the_one_spoken(url):
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 5672)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await asyncio.wait_for(reader.readexactly(8), PATIENCE) == b"AMQP\x00\x00\x09\x01"
    writer.close()


async def test_heartbeats_are_sent_and_a_silent_client_is_hung_up_on(url):
    wire = await Wire.open(url, heartbeat=1)
    await wire.heartbeat()
    await wire.heartbeat()
    await wire.closed()


async def test_frames_on_a_failed_channel_are_ignored_until_it_is_closed(url):
    wire = await Wire.open(url)
    wire.send(spec.Queue.Declare(queue=unique("none"), passive=True))
    wire.send(spec.Queue.Declare(queue="", exclusive=True))
    wire.writer.write(PUBLISH + frame.marshal(header.ContentHeader(body_size=0), 1))
    closing = await wire.expect(spec.Channel.Close)
    assert (closing.reply_code, closing.class_id, closing.method_id) == (404, 50, 10)
    wire.send(spec.Channel.CloseOk())
    wire.send(spec.Channel.Open())
    await wire.expect(spec.Channel.OpenOk)
    wire.send(spec.Connection.Close(200, "bye", 0, 0), 0)
    await wire.expect(spec.Connection.CloseOk)
    wire.writer.close()


async def test_wrong_credentials_are_refused(url):
    parts = urlsplit(url)
    wrong = urlunsplit(
        parts._replace(netloc=f"{parts.username}:wrong@{parts.hostname}:{parts.port or 5672}")
    )
    with pytest.raises(exceptions.ProbableAuthenticationError):
        await aio_pika.connect(wrong)


# --- FastStream -----------------------------------------------------------------------------


async def test_faststream_subscribes_publishes_requests_and_dead_letters(url):
    broker = RabbitBroker(url, logger=None)
    events = RabbitExchange(unique("events"), type=FastStreamExchangeType.TOPIC, durable=True)
    grave = RabbitQueue(unique("grave"), durable=False, auto_delete=True)
    queue = RabbitQueue(
        unique("events"),
        durable=False,
        exclusive=True,
        routing_key="team.*.job.*.status",
        arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": grave.name},
    )
    calls = RabbitQueue(unique("calls"), durable=False, auto_delete=True)
    seen: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    dead: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @broker.subscriber(queue, events)
    async def on_event(body: dict[str, Any]) -> None:
        if body["n"] == 13:
            raise ValueError(body)
        await seen.put(body)

    @broker.subscriber(grave)
    async def on_dead(body: dict[str, Any]) -> None:
        await dead.put(body)

    @broker.subscriber(calls)
    async def on_call(body: int) -> int:
        return body * 2

    async with broker:
        await broker.start()
        for n in range(20):
            await broker.publish({"n": n}, exchange=events, routing_key=f"team.1.job.{n}.status")
        got = [(await asyncio.wait_for(seen.get(), PATIENCE))["n"] for _ in range(19)]
        assert got == [n for n in range(20) if n != 13]
        assert await asyncio.wait_for(dead.get(), PATIENCE) == {"n": 13}
        reply = await broker.request(21, calls, timeout=PATIENCE)
        assert await reply.decode() == 42
    cleaning = await aio_pika.connect(url)
    await (await cleaning.channel()).exchange_delete(events.name)
    await cleaning.close()


# --- kombu and Celery -----------------------------------------------------------------------

APP = """
import os, signal, time
from celery import Celery

app = Celery("conformance", broker=os.environ["BROKER"])
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    task_default_queue=os.environ["QUEUE"],
    worker_prefetch_multiplier=1,
    broker_transport_options={"confirm_publish": True},
    broker_connection_retry_on_startup=True,
)

@app.task(name="note", bind=True)
def note(self, line):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(f"{line} {self.request.delivery_info['redelivered']}\\n")
    if line == "deadly" and not self.request.delivery_info["redelivered"]:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def _kombu_round(url: str, name: str) -> list[Any]:
    with kombu.Connection(url) as connection:
        queue = connection.SimpleQueue(name, queue_opts={"durable": False, "auto_delete": True})
        for n in range(3):
            queue.put({"n": n, "nested": [{"deep": None}]}, headers={"h": [1, {"a": True}]})
        got = [queue.get(timeout=PATIENCE) for _ in range(3)]
        for message in got:
            message.ack()
        queue.close()
        with connection.channel() as channel:
            kombu.Queue(name, channel=channel).delete()
        return [(message.payload, message.headers) for message in got]


async def test_kombu_publishes_and_consumes(url):
    got = await asyncio.to_thread(_kombu_round, url, unique("kombu"))
    assert got == [
        ({"n": n, "nested": [{"deep": None}]}, {"h": [1, {"a": True}]}) for n in range(3)
    ]


async def test_celery_runs_tasks_and_a_killed_worker_s_task_is_run_again(url, connect, tmp_path):
    queue = unique("celery")
    notes = tmp_path / "notes"
    notes.touch()
    (tmp_path / "conformance_app.py").write_text(APP)
    environment = os.environ | {"BROKER": url, "QUEUE": queue, "NOTES": str(notes)}
    environment["PYTHONPATH"] = str(tmp_path)

    async def worker() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "celery",
            "-A",
            "conformance_app",
            "worker",
            "-P",
            "threads",
            "-c",
            "1",
            "--loglevel",
            "ERROR",
            cwd=tmp_path,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    sender = celery.Celery("sender", broker=url)
    sender.conf.update(task_default_queue=queue, broker_transport_options={"confirm_publish": True})
    running = await worker()
    try:
        for line in ("first", "second", "deadly"):
            await asyncio.to_thread(sender.send_task, "note", args=[line], queue=queue)
        assert await asyncio.wait_for(running.wait(), 60) == -signal.SIGKILL
        assert notes.read_text().split("\n") == ["first False", "second False", "deadly False", ""]
        running = await worker()
        async with asyncio.timeout(60):
            while "deadly True" not in notes.read_text():
                assert running.returncode is None
                await asyncio.sleep(0.05)
        answers = await asyncio.to_thread(sender.control.ping, timeout=2, limit=1)
        assert [list(answer.values()) for answer in answers] == [[{"ok": "pong"}]]
    finally:
        if running.returncode is None:
            running.terminate()
            await asyncio.wait_for(running.wait(), 30)
        await asyncio.to_thread(sender.close)
    channel = await (await connect()).channel()
    left = await channel.declare_queue(queue, passive=True)
    assert left.declaration_result.message_count == 0
    await channel.queue_delete(queue)
