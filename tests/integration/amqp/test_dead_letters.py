"""Limits of queues, expiry, dead letters and their history. The same on the embedded broker and on RabbitMQ."""

from datetime import UTC, datetime
from typing import Any

import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from aiormq import exceptions

from tests.integration.amqp.scenario import Inbox, become, send, unique

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


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
