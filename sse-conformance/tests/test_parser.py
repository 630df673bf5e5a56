"""The reader that judges servers reads as WHATWG HTML says, 9.2.5 and 9.2.6."""

import pytest

from sse_conformance.parser import Parser


def parsed(body, size=None):
    parser = Parser()
    for at in range(0, len(body), size or len(body)):
        parser.feed(body[at : at + (size or len(body))])
    return parser


def seen(body, size=None):
    return [(event.name, event.data, event.last_event_id) for event in parsed(body, size).events]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_lines_end_in_three_ways_and_portions_are_cut_anywhere(end, size):
    lines = ["id: 1", "event: a", "data: Grüße", "data: 🚢", "", ": no more", ""]
    body = b"".join(line.encode() + end for line in lines) + b"\n"
    assert seen(body, size) == [("a", "Grüße\n🚢", "1")]


def test_the_example_of_the_standard_with_two_empty_events():
    assert seen(b"data\n\ndata\ndata\n\ndata:") == [("message", "", ""), ("message", "\n", "")]


def test_one_space_is_dropped():
    assert seen(b"data:test\n\ndata: test\n\ndata:  test\n\n") == [
        ("message", "test", ""),
        ("message", "test", ""),
        ("message", " test", ""),
    ]


def test_one_byte_order_mark_is_dropped_at_the_beginning_only():
    assert seen("\ufeffdata: \ufeffa\n\n".encode()) == [("message", "\ufeffa", "")]


def test_ids_stay_until_they_are_changed_or_emptied():
    body = b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n"
    assert seen(body) == [("message", "a", "1"), ("message", "b", "1"), ("message", "c", "")]
    assert [event.own_id for event in parsed(body).events] == ["1", None, ""]


def test_an_id_counts_only_once_its_block_is_whole():
    parser = parsed(b"id: 1\ndata: a\n\nid: 2\ndata: b\n")
    assert parser.last_event_id == "1"
    assert parser.rest == "id: 2\ndata: b\n"


def test_a_block_without_data_moves_the_position_and_dispatches_nothing():
    parser = parsed(b"id: 7\nevent: a\n\n")
    assert (parser.events, parser.last_event_id) == ([], "7")


@pytest.mark.parametrize(
    "line",
    [b"retry: 1.5", b"retry: soon", b"retry:", b"id: a\0b", b"dada: x", b"data : x", b"data: \xff"],
)
def test_what_browsers_ignore_is_noted(line):
    parser = parsed(line + b"\n\ndata: x\n\n")
    assert len(parser.faults) == 1
    assert parser.events[-1].data == "x"


def test_retry_and_comments_are_seen():
    (block,) = parsed(b": hello\nretry: 250\n\n").blocks
    assert (block.comments, block.retry, block.event) == (["hello"], 250, None)
