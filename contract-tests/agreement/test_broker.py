"""What stands on the brokers of running stacks is what the AsyncAPI document describes: no more, no less."""

import urllib.parse

import aio_pika
import pytest

from agreement.test_asyncapi import topology
from testing.rabbitmq import rabbitmq

FOREIGN = ("amq.", "slipway-recorder")


@pytest.fixture
async def connection(stack):
    async with await aio_pika.connect(stack.origin.amqp_url) as connection:
        yield connection


async def test_every_exchange_and_shared_queue_is_declared_as_described(connection, contract):
    """The broker compares a declaration with what stands there and refuses another one."""
    exchanges, queues, _ = topology(contract)
    for name, (kind, durable, auto_delete) in exchanges.items():
        channel = await connection.channel()
        await channel.get_exchange(name, ensure=True)
        await channel.declare_exchange(name, kind, durable=durable, auto_delete=auto_delete)
        with pytest.raises(aio_pika.exceptions.ChannelPreconditionFailed):
            await channel.declare_exchange(name, "fanout", durable=durable, auto_delete=auto_delete)
    for name, (durable, exclusive, auto_delete, arguments) in queues.items():
        if exclusive:
            continue
        channel = await connection.channel()
        await channel.declare_queue(name, passive=True)
        declared = {"durable": durable, "auto_delete": auto_delete, "arguments": arguments or None}
        await channel.declare_queue(name, **declared)
        other = {**declared, "arguments": {**arguments, "x-max-length": 7}}
        with pytest.raises(aio_pika.exceptions.ChannelPreconditionFailed):
            await channel.declare_queue(name, **other)


async def test_messages_are_routed_by_the_described_bindings(connection, contract):
    """A mandatory message comes back exactly when no described binding takes its routing key."""
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    _, _, bindings = topology(contract)
    message = aio_pika.Message(b"{}", app_id="contract-tests")
    # The recorder of the session listens to all of events.topic; its bindings are listed below.
    jobs = await channel.get_exchange("jobs.direct")
    assert {key for exchange, _, key in bindings if exchange == "jobs.direct"}
    with pytest.raises(aio_pika.exceptions.PublishError):
        await jobs.publish(message, "nobody.listens.here", mandatory=True)
    for name in ("jobs.dead", "events.dead"):
        assert (name, name, "#") in bindings
        dead = await channel.get_exchange(name)
        await dead.publish(message, "anything.at.all", mandatory=True)
        await (await channel.get_queue(name)).purge()


async def test_rabbitmq_lists_the_described_bindings_and_no_other(stack, contract):
    url = urllib.parse.urlsplit(stack.origin.amqp_url)
    vhost = url.path.removeprefix("/")
    if "slipway-test-" not in vhost:
        # The embedded broker has no list of bindings; its behaviour is tested above.
        return
    listed = rabbitmq().evaluate(
        f'[io:format("~s\\t~s\\t~s~n", [element(4, S), element(4, D), K]) ||'
        f' {{binding, S, K, D, _}} <- rabbit_binding:list(<<"{vhost}">>)].'
    )
    found = set()
    for line in listed.splitlines():
        exchange, _, rest = line.partition("\t")
        queue, _, key = rest.partition("\t")
        if not key or not exchange or queue.startswith(FOREIGN):
            continue
        # A gateway's queue carries its instance as a suffix.
        found.add((exchange, "events.sse" if queue.startswith("events.sse.") else queue, key))
    assert found == topology(contract)[2]
