"""`slipway topology`: what a broker has is shown, and brought to the contract without a loss."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aio_pika
import pytest

from backbone.settings import load_settings
from backbone.topology.declare import declare_on, part
from backbone.topology.difference import TopologyMismatch
from slipway import topology as topology_module
from slipway.dead_letter_retention import DeadLetterRetention
from slipway.topology import TopologyNotAppliedError, apply, plan

TOPOLOGY = load_settings({}).topology()
COUNT = 50


@pytest.fixture
async def channel(amqp_url: str) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        await channel.queue_delete("jobs.env.create.moving")
        yield channel


async def existing(channel: Any, **declaration: Any) -> Any:
    """The queue as another system left it, with messages, bound as the contract has it."""
    exchange = await channel.declare_exchange("jobs.direct", "direct", durable=True)
    queue = await channel.declare_queue("jobs.env.create", **declaration)
    await queue.bind(exchange, "jobs.env.create")
    for number in range(COUNT):
        message = aio_pika.Message(b"%d" % number, message_id=f"m-{number}", headers={"n": number})
        await exchange.publish(message, "jobs.env.create")
    return queue


async def taken(channel: Any) -> list[tuple[bytes, Any, Any]]:
    queue = await channel.get_queue("jobs.env.create")
    messages = []
    while (message := await queue.get(no_ack=True, fail=False)) is not None:
        messages.append((message.body, message.message_id, message.headers["n"]))
    return messages


async def test_a_plan_shows_and_changes_nothing(amqp_url: str, channel: Any) -> None:
    await existing(channel, durable=True)
    for _ in range(2):
        found = {entry.name: entry for entry in await plan(amqp_url, TOPOLOGY)}
        assert found["jobs.env.delete"].missing
        assert found["jobs.direct"].as_wanted
        create = found["jobs.env.create"]
        assert (create.messages, create.consumers) == (COUNT, 0)
        assert create.differences[0].argument == "x-dead-letter-exchange"


async def test_messages_are_moved_over_in_their_order(amqp_url: str, channel: Any) -> None:
    await existing(channel, durable=False, arguments={"x-max-priority": 3})
    assert await apply(amqp_url, TOPOLOGY) == {"jobs.env.create": COUNT}
    assert all(entry.as_wanted for entry in await plan(amqp_url, TOPOLOGY))
    (await declare_on(amqp_url, TOPOLOGY)).checked()
    exchange = await channel.get_exchange("jobs.direct")
    late = aio_pika.Message(b"late", message_id="late", headers={"n": COUNT})
    await exchange.publish(late, "jobs.env.create", mandatory=True)
    expected = [(b"%d" % n, f"m-{n}", n) for n in range(COUNT)]
    assert await taken(channel) == [*expected, (b"late", "late", COUNT)]


@pytest.mark.parametrize("moves", [1, COUNT, COUNT + 20])
async def test_broken_off_anywhere_it_goes_on(
    amqp_url: str, channel: Any, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    await existing(channel, durable=False)
    copies = 0
    copy_of = topology_module.copy_of

    def counted(message: Any) -> Any:
        nonlocal copies
        copies += 1
        if copies > moves:
            raise ConnectionError("killed")
        return copy_of(message)

    with monkeypatch.context() as patched:
        patched.setattr(topology_module, "copy_of", counted)
        with pytest.raises(ConnectionError):
            await apply(amqp_url, TOPOLOGY)
    await apply(amqp_url, TOPOLOGY)
    assert all(entry.as_wanted for entry in await plan(amqp_url, TOPOLOGY))
    assert sorted(n for *_, n in await taken(channel)) == list(range(COUNT))


async def test_a_queue_with_consumers_is_left_alone(amqp_url: str, channel: Any) -> None:
    queue = await existing(channel, durable=False)
    await channel.set_qos(prefetch_count=1)

    async def hold(_: object) -> None:
        """Leave it unacknowledged."""

    tag = await queue.consume(hold)
    with pytest.raises(TopologyNotAppliedError, match="1 consumers; end the workers first"):
        await apply(amqp_url, TOPOLOGY)
    await queue.cancel(tag)


async def test_an_exchange_that_differs_is_for_its_owner_to_delete(
    amqp_url: str, channel: Any
) -> None:
    await channel.exchange_delete("jobs.direct")
    await channel.declare_exchange("jobs.direct", "topic", durable=True)
    with pytest.raises(TopologyNotAppliedError, match=r"type is 'topic'.* RABBITMQ_JOBS_EXCHANGE"):
        await apply(amqp_url, TOPOLOGY)
    with pytest.raises(TopologyMismatch, match="the contract wants 'direct'"):
        (await declare_on(amqp_url, TOPOLOGY)).checked()
    await channel.exchange_delete("jobs.direct")


async def test_a_part_of_the_topology_leaves_the_other_queues_alone(
    amqp_url: str, channel: Any
) -> None:
    await existing(channel, durable=False)
    declared = await declare_on(amqp_url, part(TOPOLOGY, "events."))
    assert declared.checked().queues.keys() == {"events.sse", "events.dead"}


async def test_the_oldest_dead_letters_beyond_the_limit_are_dropped(
    amqp_url: str, channel: Any
) -> None:
    queue = await channel.declare_queue("jobs.dead", durable=True)
    for number in range(COUNT):
        await channel.default_exchange.publish(aio_pika.Message(b"%d" % number), "jobs.dead")
    retention = DeadLetterRetention(amqp_url, ["jobs.dead", "nobody.made.it"], limit=10)
    assert await retention.trim() == {"jobs.dead": COUNT - 10, "nobody.made.it": 0}
    assert (await queue.get(no_ack=True)).body == b"40"
    assert await retention.trim() == {"jobs.dead": 0, "nobody.made.it": 0}
