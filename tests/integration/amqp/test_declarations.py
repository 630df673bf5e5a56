"""Queues and exchanges: names, arguments, equivalence, deletion. The same on the embedded broker and on RabbitMQ."""

import asyncio

import pytest
from aio_pika import Message
from aiormq import exceptions

from tests.integration.amqp.scenario import (
    Inbox,
    become,
    send,
    unique,
)

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


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
