"""The reader that judges servers must itself read as the WHATWG HTML standard says, section 9.2."""

import pytest

from sse.event_stream import StreamParser, parse_block


def test_several_data_lines_are_joined():
    (block,) = StreamParser().feed(b"data: YHOO\ndata: +2\ndata: 10\n\n")
    assert block.data == "YHOO\n+2\n10"


def test_one_space_is_removed_and_no_more():
    assert parse_block(["data:  x"]).data == " x"
    assert parse_block(["data:x"]).data == "x"
    assert parse_block(["data"]).data == ""


def test_a_comment_dispatches_nothing():
    (block,) = StreamParser().feed(b": test stream\n\n")
    assert block.comments == ["test stream"]
    assert not block.is_event


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_portions_may_be_cut_anywhere_even_within_a_character(size):
    text = "id: e.1\nevent: message\ndata: Grüße 🚢\n\n".encode()
    parser = StreamParser()
    blocks = [b for at in range(0, len(text), size) for b in parser.feed(text[at : at + size])]
    assert [(b.id, b.event, b.data) for b in blocks] == [("e.1", "message", "Grüße 🚢")]
    assert parser.rest == ""


def test_an_unfinished_block_is_no_event():
    parser = StreamParser()
    assert parser.feed(b"data: x\n") == []
    assert parser.rest == "data: x\n"


@pytest.mark.parametrize("line", ["retry: 1.5", "retry: -1", "retry: soon", "id: a\0b", "dada: x"])
def test_what_browsers_ignore_is_a_fault_here(line):
    with pytest.raises(AssertionError):
        parse_block([line])


def test_bytes_that_are_no_utf_8_are_a_fault():
    with pytest.raises(UnicodeDecodeError):
        StreamParser().feed(b"data: \xff\n\n")
