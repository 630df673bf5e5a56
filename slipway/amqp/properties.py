"""Basic properties as bytes: checked once at the edge, then passed through undecoded.

Refuses what would break a consumer's decoder: unknown flags and types, truncated values, short
strings that are not UTF-8 (AMQP 0-9-1, 4.2.5.3), timestamps beyond the calendar.
"""

import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pamqp import decode, encode

from slipway.amqp.errors import SYNTAX_ERROR, FatalError

CONTENT_TYPE: Final = 1 << 15
HEADERS: Final = 1 << 13
DELIVERY_MODE: Final = 1 << 12
REPLY_TO: Final = 1 << 9
EXPIRATION: Final = 1 << 8
TIMESTAMP: Final = 1 << 6
USER_ID: Final = 1 << 4

_ORDER = tuple(1 << bit for bit in range(15, 1, -1))
_OCTETS = frozenset({DELIVERY_MODE, 1 << 11})
_UNKNOWN = 0b11
_FIXED = {
    ord(kind): size
    for kinds, size in (("tbB", 1), ("su", 2), ("Iif", 4), ("lLd", 8), ("D", 5), ("V", 0))
    for kind in kinds
}
_LONG = frozenset(b"Sx")
_NESTED = frozenset(b"AF")
_TIME = ord("T")
_TABLE = ord("F")
_DEEPEST = 32
# 9999-12-31 in milliseconds: what lies beyond cannot become a date in most clients.
_LATEST = 253_402_300_799_000
_U32 = struct.Struct(">I")
_U64 = struct.Struct(">Q")
_FLAGS = struct.Struct(">H")

Spans = dict[int, tuple[int, int]]


@lru_cache(maxsize=512)
def _present(flags: int) -> tuple[int, ...]:
    return tuple(flag for flag in _ORDER if flags & flag)


def scan(raw: bytes) -> Spans:
    """Check a property list (flags word and values) and tell where each value lies.

    Returns flag -> (start, end), offsets into `raw`, length octets included.
    Raises FatalError 502 if anything in it is malformed.
    """
    try:
        return _scan(raw)
    except (struct.error, IndexError, UnicodeDecodeError, ValueError) as error:
        raise FatalError(SYNTAX_ERROR, f"malformed content header: {error}") from error


def _scan(raw: bytes) -> Spans:
    (flags,) = _FLAGS.unpack_from(raw)
    if flags & _UNKNOWN:
        raise ValueError("unknown property flags")
    at = 2
    spans: Spans = {}
    for flag in _present(flags):
        start = at
        if flag == HEADERS:
            at = _check_table(raw, at, 0)
        elif flag in _OCTETS:
            at += 1
        elif flag == TIMESTAMP:
            _check_time(raw, at)
            at += 8
        else:
            at = _check_short(raw, at)
        spans[flag] = (start, at)
    if at != len(raw):
        raise ValueError("property values do not fill the header")
    return spans


def _check_short(raw: bytes, at: int) -> int:
    end = at + 1 + raw[at]
    if end > len(raw):
        raise ValueError("short string is truncated")
    raw[at + 1 : end].decode()
    return end


def _check_time(raw: bytes, at: int) -> None:
    if _U64.unpack_from(raw, at)[0] > _LATEST:
        raise ValueError("timestamp is out of range")


def _check_table(raw: bytes, at: int, depth: int) -> int:
    end = at + 4 + int(_U32.unpack_from(raw, at)[0])
    if end > len(raw) or depth > _DEEPEST:
        raise ValueError("table is truncated or nested too deeply")
    at += 4
    while at < end:
        at = _check_value(raw, _check_short(raw, at), depth)
    if at != end:
        raise ValueError("table entries do not fill the table")
    return end


def _check_array(raw: bytes, at: int, depth: int) -> int:
    end = at + 4 + int(_U32.unpack_from(raw, at)[0])
    if end > len(raw) or depth > _DEEPEST:
        raise ValueError("array is truncated or nested too deeply")
    at += 4
    while at < end:
        at = _check_value(raw, at, depth)
    if at != end:
        raise ValueError("array items do not fill the array")
    return end


def _check_value(raw: bytes, at: int, depth: int) -> int:
    kind = raw[at]
    at += 1
    size = _FIXED.get(kind)
    if size is not None:
        end = at + size
    elif kind in _LONG:
        end = at + 4 + int(_U32.unpack_from(raw, at)[0])
    elif kind in _NESTED:
        nested = _check_table if kind == _TABLE else _check_array
        return nested(raw, at, depth + 1)
    elif kind == _TIME:
        _check_time(raw, at)
        return at + 8
    else:
        raise ValueError(f"unknown field type {kind}")
    if end > len(raw):
        raise ValueError("field value is truncated")
    return end


def text(raw: bytes, spans: Spans, flag: int) -> str | None:
    """Return the value of a short-string property, None if absent."""
    span = spans.get(flag)
    return None if span is None else raw[span[0] + 1 : span[1]].decode()


def headers(raw: bytes, spans: Spans) -> dict[str, Any]:
    """Return the decoded headers table, empty if absent."""
    span = spans.get(HEADERS)
    if span is None:
        return {}
    return dict(decode.field_table(raw[span[0] : span[1]])[1])


def replace(raw: bytes, values: Mapping[int, bytes | None]) -> bytes:
    """Return the property list with some values (encoded) set, or removed where None is given."""
    spans = scan(raw)
    flags = 0
    parts = [b""]
    for flag in _ORDER:
        if flag in values:
            value = values[flag]
        else:
            span = spans.get(flag)
            value = None if span is None else raw[span[0] : span[1]]
        if value is not None:
            flags |= flag
            parts.append(value)
    parts[0] = _FLAGS.pack(flags)
    return b"".join(parts)


def patched_headers(raw: bytes, changes: Mapping[str, Any]) -> bytes:
    """Encode the headers table in `raw` with `changes` applied (None removes a key).

    Entries that are not named stay byte for byte as the publisher encoded them.
    """
    span = scan(raw).get(HEADERS)
    entries: list[bytes] = []
    if span is not None:
        at, end = span[0] + 4, span[1]
        while at < end:
            after_key = at + 1 + raw[at]
            after = _check_value(raw, after_key, 0)
            if raw[at + 1 : after_key].decode() not in changes:
                entries.append(raw[at:after])
            at = after
    for key, value in changes.items():
        if value is not None:
            entries.append(encode.short_string(key) + encode.encode_table_value(value))
    table = b"".join(entries)
    return _U32.pack(len(table)) + table
