"""Properties, bodies and single gets. The same on the embedded broker and on RabbitMQ."""

import os
from datetime import UTC, datetime

import aiormq
import pytest
from aio_pika import Message
from aiormq import exceptions

from tests.integration.amqp.scenario import (
    send,
)

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


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
