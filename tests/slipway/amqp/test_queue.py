"""Queue semantics: order, windows, limits and accounting."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.amqp.consumer import Consumer
from slipway.amqp.errors import ChannelError
from slipway.amqp.message_memory import MessageMemory
from slipway.amqp.queue import Queue

from .conftest import Client, Owner, message

pytestmark = pytest.mark.asyncio


def fill(queue: Queue, *bodies: bytes) -> None:
    for body in bodies:
        assert queue.publish(message(body))


async def test_a_window_opens_message_by_message(make_queue, client):
    queue = make_queue()
    queue.add_consumer(consumer := Consumer("t", queue, client, prefetch=2))
    fill(queue, b"1", b"2", b"3")
    assert client.bodies == [b"1", b"2"]
    consumer.unacked -= 1
    queue.acknowledge(client.got[0])
    queue.dispatch()
    assert client.bodies == [b"1", b"2", b"3"]


async def test_a_client_that_does_not_read_gets_nothing_and_holds_up_nobody(
    make_queue, client, another
):
    queue = make_queue()
    queue.add_consumer(Consumer("slow", queue, client))
    queue.add_consumer(Consumer("fast", queue, another))
    client.open = False
    fill(queue, b"1", b"2")
    assert (client.bodies, another.bodies) == ([], [b"1", b"2"])
    client.open, another.open = True, False
    fill(queue, b"3")
    assert client.bodies == [b"3"]


async def test_a_long_backlog_is_given_out_in_rounds(make_queue, client):
    queue = make_queue()
    fill(queue, *[b"%d" % n for n in range(1000)])
    queue.add_consumer(Consumer("t", queue, client, no_ack=True))
    queue.dispatch()
    assert len(client.got) == 256
    fill(queue, b"1000")
    async with asyncio.timeout(5):
        while len(client.got) < 1001:
            await asyncio.sleep(0)
    assert client.bodies == [b"%d" % n for n in range(1001)]


@given(st.lists(st.integers(0, 9), unique=True), st.lists(st.integers(0, 9), unique=True))
async def test_requeued_messages_return_to_their_places(first, second):
    queue = Queue("q", Owner(), MessageMemory(10**6, lambda: None))
    fill(queue, *[b"%d" % n for n in range(10)])
    held = [queue.get(no_ack=False) for _ in range(10)]
    queue.requeue(held[n] for n in first)
    queue.requeue(held[n] for n in second)
    expected = sorted({*first, *second})
    assert [entry.message.body for entry in queue.ready] == [b"%d" % n for n in expected]
    assert all(entry.redelivered for entry in queue.ready)
    assert queue.ready_bytes == len(expected)


async def test_settling_twice_changes_nothing(make_queue, memory, client):
    queue = make_queue()
    fill(queue, b"1")
    entry = queue.get(no_ack=False)
    queue.acknowledge(entry)
    queue.acknowledge(entry)
    queue.requeue([entry])
    queue.reject(entry)
    assert (memory.used, list(queue.ready)) == (0, [])


async def test_every_way_out_gives_the_memory_back(make_queue, memory, client):
    queue = make_queue(max_length=3)
    fill(queue, b"dropped", b"2", b"3", b"4")
    held = [queue.get(no_ack=False), queue.get(no_ack=False)]
    queue.acknowledge(held[0])
    queue.reject(held[1])
    assert memory.used == queue.ready[0].message.size
    queue.get(no_ack=True)
    assert memory.used == 0
    fill(queue, b"5", b"6")
    queue.get(no_ack=False)
    queue.close()
    assert memory.used == 0


async def test_above_the_limit_the_memory_says_so_until_four_fifths(make_queue, owner):
    size = message(bytes(1000)).size
    relieved: list[bool] = []
    memory = MessageMemory(size * 10, lambda: relieved.append(True))
    queue = Queue("q", owner, memory)
    fill(queue, *[bytes(1000)] * 10)
    assert not memory.exceeded
    fill(queue, bytes(1000))
    assert memory.exceeded
    for _ in range(2):
        queue.get(no_ack=True)
        assert memory.exceeded
    queue.get(no_ack=True)
    assert not memory.exceeded
    assert relieved == [True]


async def test_drop_head_counts_ready_messages_and_dead_letters(make_queue, owner):
    queue = make_queue(max_length=2, dead_letter_exchange="dlx")
    fill(queue, b"1", b"2", b"3")
    assert owner.dead == [(b"1", "maxlen")]
    held = queue.get(no_ack=False)
    fill(queue, b"4")
    assert len(owner.dead) == 1, "what a consumer holds does not count"
    queue.requeue([held])
    assert owner.dead[1] == (b"2", "maxlen"), "a return may overflow too"


async def test_a_refusing_queue_still_serves_a_waiting_consumer(make_queue, client, owner):
    queue = make_queue(max_length=0, overflow="reject-publish", dead_letter_exchange="dlx")
    assert not queue.publish(message(b"1"))
    queue.add_consumer(Consumer("t", queue, client))
    assert queue.publish(message(b"2"))
    assert (client.bodies, owner.dead) == ([b"2"], [])


async def test_only_the_head_expires_and_the_shorter_time_counts(make_queue, owner):
    queue = make_queue(message_ttl=60_000, dead_letter_exchange="dlx")
    queue.publish(message(b"long"))
    queue.publish(message(b"short", expiration="0"))
    assert queue.get(no_ack=True).message.body == b"long"
    assert queue.get(no_ack=True) is None
    assert owner.dead == [(b"short", "expired")]


async def test_a_delivery_limit_holds_for_quorum_queues_only(make_queue, owner):
    for kind, dead in (("classic", []), ("quorum", [(b"1", "delivery_limit")])):
        queue = make_queue(queue_type=kind, delivery_limit=0, dead_letter_exchange="dlx")
        fill(queue, b"1")
        queue.requeue([queue.get(no_ack=False)])
        assert owner.dead == dead


async def test_a_closed_queue_cancels_and_stays_silent(make_queue, client, owner):
    queue = make_queue(message_ttl=1, expires=1)
    queue.add_consumer(Consumer("t", queue, client))
    client.open = False
    fill(queue, b"1")
    queue.close()
    assert client.cancellations == ["t"]
    await asyncio.sleep(0.02)
    assert (owner.dead, owner.removed) == ([], [])


async def test_x_expires_waits_while_there_is_a_consumer(make_queue, client, owner):
    queue = make_queue(expires=10)
    queue.add_consumer(consumer := Consumer("t", queue, client))
    await asyncio.sleep(0.05)
    assert owner.removed == []
    queue.remove_consumer(consumer)
    async with asyncio.timeout(5):
        while not owner.removed:
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("value", ["1", 1.5, True, -1])
async def test_senseless_numbers_are_refused(make_queue, value):
    with pytest.raises(ChannelError, match="x-max-length"):
        make_queue(max_length=value)


async def test_a_single_active_consumer_waits_for_its_turn(make_queue):
    queue = make_queue(single_active_consumer=True)
    first, second = Client(), Client()
    queue.add_consumer(one := Consumer("1", queue, first, prefetch=1))
    queue.add_consumer(Consumer("2", queue, second))
    fill(queue, b"1", b"2")
    assert (first.bodies, second.bodies) == ([b"1"], [])
    queue.remove_consumer(one)
    assert second.bodies == [b"2"]
