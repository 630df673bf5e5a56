"""A connection's bytes: whole messages are taken out, all other frames pass as they came."""

import asyncio
import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import frame
from pamqp.body import ContentBody
from pamqp.commands import Basic, Channel
from pamqp.header import ContentHeader
from pamqp.heartbeat import Heartbeat

from generated.messaging.runtime.frames import DirectMessage, FrameReader
from testing.amqp_frames import Peer, message_frames

TAG = "direct-1"
ACK = frame.marshal(Basic.Ack(1), 1)
HEARTBEAT = frame.marshal(Heartbeat(), 0)


class Stream:
    """A reader with one consumer on channel 1, and a clock that the test moves."""

    def __init__(self, max_bytes: int = 10_000) -> None:
        self.peer = Peer()
        self.now = 0.0
        self.taken: list[DirectMessage] = []
        transport: Any = self.peer
        self.frames = FrameReader(transport, self.peer.protocol, lambda: self.now)
        self.frames.consume(1, TAG, self.taken.append, max_bytes)
        self.send = self.frames.data_received


texts = st.text(max_size=40)
values = st.one_of(
    texts,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, width=32),
    st.integers(0, 4_000_000_000).map(lambda each: dt.datetime.fromtimestamp(each, dt.UTC)),
    st.none(),
    st.binary(max_size=20).map(bytearray),
    st.lists(texts, max_size=3),
    st.dictionaries(texts, texts, max_size=2),
)


@given(
    headers=st.dictionaries(texts, values, max_size=5),
    properties=st.fixed_dictionaries(
        {},
        optional={
            "content_type": texts,
            "content_encoding": texts,
            "correlation_id": texts,
            "reply_to": texts,
            "expiration": texts,
            "message_id": texts,
            "message_type": texts,
            "user_id": texts,
            "app_id": texts,
            "delivery_mode": st.sampled_from([1, 2]),
            "priority": st.integers(0, 9),
            "timestamp": st.just(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        },
    ),
    redelivered=st.booleans(),
    exchange=st.from_regex(r"[a-z.]{0,20}", fullmatch=True),
    routing_key=texts,
)
def test_a_message_is_what_the_library_reads(
    headers, properties, redelivered, exchange, routing_key
):
    deliver = Basic.Deliver(TAG, 7, redelivered, exchange, routing_key)
    sent = Basic.Properties(headers=headers or None, **properties)
    head = frame.marshal(ContentHeader(0, 2, sent), 1)
    stream = Stream()
    stream.send(frame.marshal(deliver, 1) + head + frame.marshal(ContentBody(b"{}"), 1))
    read = frame.unmarshal(head)[2].properties
    (message,) = stream.taken
    assert (message.exchange, message.routing_key) == (exchange, routing_key)
    assert (message.redelivered, message.body, message.size) == (redelivered, b"{}", 2)
    assert message.headers == (read.headers or {})
    assert [type(each) for each in message.headers.values()] == [
        type(each) for each in (read.headers or {}).values()
    ]
    for name in ("content_type", "content_encoding", "correlation_id", "message_id"):
        assert getattr(message, name) == getattr(read, name)
    assert message.type == read.message_type


others = st.sampled_from(
    [
        ACK,
        HEARTBEAT,
        frame.marshal(Basic.CancelOk("other"), 1),
        frame.marshal(Channel.CloseOk(), 3),
        message_frames("other", b"x" * 10, pieces=2),
        message_frames(TAG, b"on another channel", channel=2),
    ]
)


@given(
    parts=st.lists(
        st.one_of(
            st.tuples(st.just(True), st.binary(max_size=30)), st.tuples(st.just(False), others)
        ),
        max_size=8,
    ),
    pieces=st.integers(1, 3),
    cuts=st.lists(st.integers(0, 2000), max_size=12),
)
def test_however_the_bytes_are_cut_messages_are_whole_and_other_frames_pass(parts, pieces, cuts):
    bodies: list[bytes] = []
    passed: list[bytes] = []
    data = b""
    for is_body, part in parts:
        if is_body:
            bodies.append(part)
            data += message_frames(TAG, part, pieces=pieces)
        else:
            passed.append(part)
            data += part
    stream = Stream()
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    for begin, end in pairwise(places):
        stream.send(data[begin:end])
    assert [message.body for message in stream.taken] == bodies
    assert b"".join(stream.peer.received) == b"".join(passed)
    for piece in stream.peer.received:
        assert piece[-1] == 0xCE


def test_of_a_long_body_only_so_much_is_kept():
    stream = Stream(max_bytes=100)
    stream.send(message_frames(TAG, b"x" * 1000, pieces=50) + ACK)
    (message,) = stream.taken
    assert message.size == 1000
    assert 100 < len(message.body) <= 120
    assert stream.peer.received == [ACK]


def test_a_message_without_a_body_is_one():
    stream = Stream()
    stream.send(message_frames(TAG, b"", content_type=None))
    (message,) = stream.taken
    assert (message.body, message.headers, message.content_type) == (b"", {}, None)


def test_aiormq_hears_that_its_peer_is_alive_while_only_messages_come():
    stream = Stream()
    for second in range(4):
        stream.now = second * 0.5
        stream.send(message_frames(TAG, b"1"))
    assert stream.peer.received == [HEARTBEAT]
    stream.now = 2.5
    stream.send(message_frames(TAG, b"1") + ACK)
    stream.now = 3.0
    stream.send(message_frames(TAG, b"1"))
    assert stream.peer.received == [HEARTBEAT, ACK]


@pytest.mark.parametrize(
    "data",
    [
        b"AMQP\x00\x00\x09\x01",  # a broker that speaks another version
        ACK[:-1] + b"\x00" + ACK,  # no end of a frame
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
)
def test_what_is_no_frame_is_aiormq_s_to_refuse(data):
    stream = Stream()
    stream.send(HEARTBEAT)
    stream.send(data)
    stream.send(b"more")
    assert b"".join(stream.peer.received) == HEARTBEAT + data + b"more"


@pytest.mark.parametrize(
    "header",
    [
        b"\x00\x3c\x00\x00" + bytes(8) + b"\x80\x00\x09short",  # a string beyond its frame
        b"\x00\x3c\x00\x00" + bytes(8) + b"\x00\x01",  # a flag that says that more follow
        b"\x00\x3c\x00\x00" + bytes(8) + b"\x20\x00\x00\x00\x00\x05\x01k?xx",  # unknown kind
        b"\x00\x3c",
    ],
)
def test_properties_that_are_not_understood_end_the_connection(header):
    stream = Stream()
    deliver = frame.marshal(Basic.Deliver(TAG, 1, False, "", "q"), 1)
    stream.send(deliver + b"\x02\x00\x01" + len(header).to_bytes(4, "big") + header + b"\xce")
    assert stream.peer.calls == ["abort"]
    assert stream.taken == []


def test_the_protocol_hears_everything_else():
    stream = Stream()
    stream.send(ACK[:5])
    stream.frames.pause_writing()
    stream.frames.resume_writing()
    assert stream.frames.eof_received() is True
    stream.frames.connection_lost(ConnectionError("gone"))
    assert stream.peer.received == [ACK[:5]]
    assert stream.peer.told == [
        "pause_writing",
        "resume_writing",
        "eof_received",
        "connection_lost gone",
    ]
    assert isinstance(stream.frames, asyncio.Protocol)
