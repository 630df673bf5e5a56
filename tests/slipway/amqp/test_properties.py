"""Content headers are checked and spliced as bytes; pamqp is the witness."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands, encode
from pamqp import header as headers

from slipway.amqp import properties
from slipway.amqp.errors import FatalError

KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=6)
SHORT = st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


def raw(**values: object) -> bytes:
    return commands.Basic.Properties(**values).marshal()  # type: ignore[arg-type]


@given(TABLES, SHORT, SHORT, st.sampled_from([None, 1, 2]), SHORT)
def test_what_pamqp_writes_is_accepted_and_found(table, kind, reply_to, mode, app):
    data = raw(
        headers=table or None, content_type=kind, reply_to=reply_to, delivery_mode=mode, app_id=app
    )
    spans = properties.scan(data)
    assert properties.text(data, spans, properties.CONTENT_TYPE) == kind
    assert properties.text(data, spans, properties.REPLY_TO) == reply_to
    assert properties.headers(data, spans) == table


@given(st.binary(max_size=120))
def test_garbage_is_refused_or_readable_by_clients(data):
    try:
        spans = properties.scan(data)
    except FatalError as error:
        refused = error.code
    else:
        refused = None
    assert refused in {502, None}
    if refused:
        return
    decoded = headers.ContentHeader()
    decoded.unmarshal(struct.pack(">HHQ", 60, 0, 0) + data)
    for flag in (properties.CONTENT_TYPE, properties.REPLY_TO, properties.EXPIRATION):
        properties.text(data, spans, flag)
    properties.headers(data, spans)


@given(TABLES, st.binary(max_size=40), st.integers(0, 200))
def test_a_damaged_header_is_refused_or_readable(table, noise, at):
    data = raw(headers=table or None, content_type="text/plain", message_id="m")
    test_garbage_is_refused_or_readable_by_clients.hypothesis.inner_test(
        data[:at] + noise + data[at + len(noise) :]
    )


def test_replace_sets_and_removes_single_properties():
    data = raw(headers={"a": 1}, expiration="60", message_id="m", reply_to="old")
    changed = properties.replace(
        data,
        {
            properties.EXPIRATION: None,
            properties.REPLY_TO: b"\x03new",
            properties.USER_ID: b"\x01u",
        },
    )
    assert changed == raw(headers={"a": 1}, message_id="m", reply_to="new", user_id="u")


def test_patched_headers_leave_other_entries_byte_for_byte():
    double = b"\x01dd" + struct.pack(">d", 0.1)
    small = b"\x01sb\xff"
    table = encode.long_uint(len(double + small)) + double + small
    data = struct.pack(">H", properties.HEADERS) + table
    patched = properties.patched_headers(data, {"s": None, "x": "new"})
    assert patched[4:] == double + encode.short_string("x") + encode.encode_table_value("new")
    assert int.from_bytes(patched[:4], "big") == len(patched) - 4


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01",  # a second flags word
        b"\x80\x00\x02\xff\xfe",  # not UTF-8
        b"\x80\x00\x05abc",  # truncated
        b"\x00\x00rest",
        b"\x00\x40" + b"\xff" * 8,  # a time that no calendar has
        b"\x20\x00\x00\x00\x00\x03\x01aZ",  # unknown field type
        b"\x20\x00\x00\x00\x00\x07\x01aS\x00\x00\xff\xff",  # a string longer than the table
    ],
)
def test_malformed_property_lists_are_refused(data):
    with pytest.raises(FatalError) as refused:
        properties.scan(data)
    assert refused.value.code == 502


def test_nesting_is_bounded():
    table = b""
    for _ in range(100):
        table = b"\x01aF" + len(table).to_bytes(4, "big") + table
    with pytest.raises(FatalError):
        properties.scan(struct.pack(">HI", properties.HEADERS, len(table)) + table)
