"""The bytes of frames and chunks, as a browser reads them."""

import json

import pytest

from gateway.outgoing.frame import HEARTBEAT, chunk, control, control_json, cursor, message, unchunk
from tests.gateway.event_source import EventSource


def read(data: bytes) -> EventSource:
    source = EventSource()
    source.feed(data)
    return source


def test_an_event_is_a_message_with_its_position_as_id() -> None:
    assert message(b'{"a":1}', "e.5") == b'id: e.5\nevent: message\ndata: {"a":1}\n\n'
    assert message(b'{"a":1}', None) == b'event: message\ndata: {"a":1}\n\n'


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_foreign_json_becomes_one_line_with_the_same_meaning(
    indent: int | None, newline: str
) -> None:
    value = {
        "text": "zwei\nZeilen\r\u2028 ¿qué? 🚢",
        "list": [1, 2.5e300, None],
        "deep": {"": ""},
    }
    body = json.dumps(value, indent=indent, ensure_ascii=False).replace("\n", newline).encode()
    (event,) = read(message(body, "e.1")).dispatched
    assert event.json == value
    assert event.event == "message"


def test_control_frames_leave_the_cursor_alone() -> None:
    source = read(
        message(b"{}", "e.7")
        + control("drain", {"reason": "shutdown"}, retry=1234)
        + control_json("lagged", '{"from":"e.7"}')
        + HEARTBEAT
    )
    assert [d.event for d in source.dispatched] == ["message", "drain", "lagged"]
    assert source.last_event_id == "e.7"
    assert source.retry == 1234
    assert source.comments == 1


def test_a_cursor_moves_without_an_event() -> None:
    source = read(cursor("e.9"))
    assert source.last_event_id == "e.9"
    assert source.dispatched == []


def test_what_is_unfinished_is_not_told() -> None:
    source = EventSource()
    source.feed(message(b"{}", "e.7") + message(b"{}", "e.8")[:-1])
    source.broke_off()
    assert [d.last_event_id for d in source.dispatched] == ["e.7"]
    assert source.last_event_id == "e.7"


@pytest.mark.parametrize("size", [1, 15, 16, 4096, 70_000])
def test_a_chunk_is_taken_apart_again(size: int) -> None:
    text = b"x" * size
    assert chunk(text) == f"{size:x}\r\n".encode() + text + b"\r\n"
    assert unchunk(chunk(text)) == text
