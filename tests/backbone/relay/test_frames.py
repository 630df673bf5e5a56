"""The relay's own encoder against the library whose work it does."""

import struct
from datetime import timedelta
from typing import Any

import aio_pika
import pytest
from aiormq.abc import ChannelFrame
from aiormq.channel import Channel
from pamqp import commands
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from backbone.outbox import properties
from backbone.relay.frames import Frames
from backbone.relay.queue import QueuedMessage
from generated.messaging.message import send_job_status
from tests.backbone.rows import creation, job_event

MOST = 4096 - Channel.CONTENT_FRAME_SIZE


def queued(
    given: dict[str, Any], *, headers: dict[str, Any] | None = None, body: bytes = b"{}"
) -> QueuedMessage:
    return QueuedMessage(
        1, None, "jobs.direct", "jobs.env.create", body, headers or {}, "m", given, 0.0
    )


def expected(message: QueuedMessage) -> bytes:
    """What aio_pika and aiormq write on channel 2."""
    given = message.properties
    expiration = given.get("expiration")
    sent = aio_pika.Message(
        b"",
        headers=message.headers,
        content_type=given.get("content_type"),
        content_encoding=given.get("content_encoding"),
        delivery_mode=given.get("delivery_mode"),
        correlation_id=given.get("correlation_id"),
        reply_to=given.get("reply_to"),
        priority=given.get("priority"),
        expiration=None if expiration is None else timedelta(milliseconds=expiration),
        message_id=message.message_id,
        type=given.get("type"),
    ).properties
    body = message.body
    return ChannelFrame.marshall(
        2,
        [
            commands.Basic.Publish(
                exchange=message.exchange,
                routing_key=message.routing_key,
                mandatory=message.mandatory,
            ),
            ContentHeader(properties=sent, body_size=len(body)),
            *(ContentBody(body[start : start + MOST]) for start in range(0, len(body), MOST)),
        ],
    ).payload


def encoded(message: QueuedMessage) -> bytes:
    assert message.message_id is not None
    return Frames(2, MOST).encode(
        message, message.exchange, message.routing_key, message.message_id
    )


JOB = creation().dispatch
EVENT = send_job_status(job_event())

MESSAGES = {
    "an order's job": queued(properties(JOB), headers=JOB.headers, body=JOB.body),
    "an event": queued(
        properties(EVENT), headers={**EVENT.headers, "x-event-id": "epoch7.1"}, body=EVENT.body
    ),
    "nothing said": queued({}),
    "everything said": queued(
        {
            "content_type": "text/plain",
            "content_encoding": "latin-1",
            "delivery_mode": 1,
            "correlation_id": "c" * 255,
            "reply_to": "somewhere",
            "priority": 9,
            "expiration": 60_000,
            "type": "kind",
            "mandatory": True,
        }
    ),
    "nothing in it": queued(
        dict.fromkeys(("content_type", "correlation_id", "reply_to", "type"), "")
        | {"expiration": 0, "priority": 0, "delivery_mode": None}
    ),
    "correlated by a number": queued({"correlation_id": 5}),
    "headers of all kinds": queued(
        {},
        headers={
            "z": None,
            "yes": True,
            "one": 1,
            "float": 1.5,
            "zero": -0.0,
            "numbers": [-129, 32_768, 70_000, 2**31, 2**40, -(2**40)],
            "nested": {"b": [None, {"c": "ü"}], "a": False},
            "k" * 200: "the key is cut",
            "": "no name",
            "empty": "",
        },
    ),
    "no body": queued({}, body=b""),
    "a full frame": queued({}, body=b"x" * MOST),
    "several frames": queued({}, body=bytes(range(256)) * 50),
}


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_message_is_encoded_as_aio_pika_would(name, time):
    """The second time, most of it comes from the caches."""
    assert encoded(MESSAGES[name]) == expected(MESSAGES[name])


def test_equal_values_of_different_types_stay_different():
    for value in (1, True, 1.0, "1", 0, False, None, ""):
        message = queued({}, headers={"retries": value})
        assert encoded(message) == expected(message)


def test_names_are_those_given_and_not_the_contracts():
    message = queued({})
    renamed = QueuedMessage(1, None, "my.jobs", "my.key", b"{}", {}, "other", {}, 0.0)
    assert Frames(2, MOST).encode(message, "my.jobs", "my.key", "other") == expected(renamed)


def test_a_broker_without_a_limit_gets_one_frame():
    message = queued({}, body=b"x" * 200_000)
    unlimited = Frames(2, 0 - Channel.CONTENT_FRAME_SIZE)
    assert b"x" * 200_000 in unlimited.encode(message, "a", "b", "m")


@pytest.mark.parametrize(
    "message",
    [
        queued({"priority": 256}),
        queued({"delivery_mode": 3}),
        queued({"content_type": 5}),
        queued({"content_type": ["not", "hashable"]}),
        queued({"expiration": "soon"}),
        queued({"correlation_id": "ü" * 200}),
        queued({}, headers={"number": 2**70}),
        queued({}, headers={"text": "\ud800"}),
        queued({}, headers={"large": "x" * 5_000}),
        QueuedMessage(1, None, "e", "r" * 256, b"", {}, "m", {}, 0.0),
        QueuedMessage(1, None, "no spaces\n", "r", b"", {}, "m", {}, 0.0),
    ],
)
def test_what_cannot_be_encoded_is_an_error(message):
    for _ in range(2):
        with pytest.raises((TypeError, ValueError, struct.error)):
            encoded(message)
