"""The frame parser: any cut of the stream gives the same frames, and garbage never gets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands, frame
from pamqp import header as headers

from slipway.amqp import wire
from slipway.amqp.errors import AmqpError, FatalError

FRAMES = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 8]), st.integers(0, 65535), st.binary(max_size=300)),
    max_size=12,
)


def encoded(kind: int, channel: int, payload: bytes) -> bytes:
    return (
        bytes([kind])
        + channel.to_bytes(2, "big")
        + len(payload).to_bytes(4, "big")
        + payload
        + b"\xce"
    )


def read(reader: wire.FrameReader) -> list[wire.Frame]:
    found = []
    while (got := reader.next()) is not None:
        found.append(got)
    return found


@given(FRAMES, st.lists(st.integers(1, 50), max_size=60))
def test_frames_survive_any_fragmentation(frames, cuts):
    stream = b"".join(encoded(*parts) for parts in frames)
    reader = wire.FrameReader(4096)
    got, at = [], 0
    for cut in [*cuts, len(stream)]:
        piece = stream[at : at + cut]
        at += cut
        if piece:
            reader.append(piece)
            got += read(reader)
    assert got == frames


@given(FRAMES, st.integers(0, 5))
def test_bytes_appended_before_the_last_were_taken_stay_in_line(frames, taken):
    reader = wire.FrameReader(4096)
    got = []
    for parts in frames:
        reader.append(encoded(*parts))
        if len(got) < taken and (one := reader.next()) is not None:
            got.append(one)
    assert got + read(reader) == frames


@given(st.binary(max_size=400))
def test_garbage_gives_frames_or_a_frame_error(data):
    reader = wire.FrameReader(4096)
    reader.append(data)
    code = 501
    found: list[wire.Frame] = []
    try:
        found = read(reader)
    except FatalError as error:
        code = error.code
    assert code == 501
    assert all(len(got.payload) <= 4088 for got in found)


@given(st.sampled_from(sorted(commands.INDEX_MAPPING)), st.binary(max_size=200))
def test_any_arguments_decode_or_are_a_syntax_error(index, payload):
    outcome = 0
    try:
        outcome = wire.decode_method(index, b"\0\0\0\0" + payload).index
    except AmqpError as error:
        outcome = error.code
    assert outcome in {502, index}


def test_deeply_nested_arguments_are_a_syntax_error():
    table = b""
    for _ in range(2000):
        table = b"\x01aF" + len(table).to_bytes(4, "big") + table
    payload = b"\0\x32\0\x0a\0\0\x01q\0" + len(table).to_bytes(4, "big") + table
    with pytest.raises(FatalError) as refused:
        wire.decode_method(commands.Queue.Declare.index, payload)
    assert refused.value.code == 502


def test_frames_without_end_and_beyond_the_limit_are_refused():
    for data in (
        encoded(1, 0, b"abcd")[:-1] + b"\0",
        encoded(4, 0, b""),
        encoded(3, 1, bytes(4089)),
    ):
        reader = wire.FrameReader(4096)
        reader.append(data)
        with pytest.raises(FatalError):
            read(reader)


@given(st.binary(max_size=20_000), st.integers(4096, 9000))
def test_content_respects_frame_max_and_joins_again(body, frame_max):
    method = wire.raw_method(1, b"\0\x3c\0\x3c")[7:-1]
    data = wire.content(3, method, b"head", body, frame_max)
    reader = wire.FrameReader(frame_max)
    reader.append(data)
    first, second, *bodies = read(reader)
    assert (first.type, second.type, first.payload, second.payload) == (1, 2, method, b"head")
    assert b"".join(piece.payload for piece in bodies) == body
    assert {piece.channel for piece in (first, second, *bodies)} == {3}
    assert all(piece.payload for piece in bodies)


def test_hand_written_methods_are_those_of_pamqp():
    assert wire.ack(5, 2**40, multiple=True) == frame.marshal(commands.Basic.Ack(2**40, True), 5)
    assert wire.encode_method(2, commands.Queue.PurgeOk(7)) == frame.marshal(
        commands.Queue.PurgeOk(7), 2
    )
    content = wire.content(1, b"\0\x3c\0\x48\0", headers.ContentHeader(0, 0).marshal(), b"", 4096)
    assert content == frame.marshal(commands.Basic.GetEmpty(), 1) + frame.marshal(
        headers.ContentHeader(0, 0), 1
    )
