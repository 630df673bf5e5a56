"""Requests that are no HTTP, or HTTP that two parsers could read differently."""

from collections.abc import Iterator

from testing.hostile.case import MALFORMED, NO_ANSWER, REFUSED, SAFE, Case, request

LIVE = "/api/v1/health/live"
LOGIN = "/api/v1/auth/login"
_GET = b"GET /api/v1/health/live HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n"
_POST = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n"
_JSON = b"Content-Type: application/json\r\n"

_LINES: dict[str, bytes] = {
    "no version": b"GET /",
    "only a method": b"GET",
    "two spaces": b"GET  / HTTP/1.1",
    "tab as separator": b"GET\t/\tHTTP/1.1",
    "leading space": b" GET / HTTP/1.1",
    "lower case method": b"get / HTTP/1.1",
    "unknown method": b"HACK / HTTP/1.1",
    "method with a NUL": b"GE\x00T / HTTP/1.1",
    "method that is long": b"A" * 300 + b" / HTTP/1.1",
    "version 0.9": b"GET / HTTP/0.9",
    "version 1.9": b"GET / HTTP/1.9",
    "version 2.0": b"GET / HTTP/2.0",
    "version 11": b"GET / HTTP/11",
    "version in lower case": b"GET / http/1.1",
    "version of another protocol": b"GET / ICE/1.0",
    "version of RTSP": b"DESCRIBE / RTSP/1.0",
    "SIP": b"OPTIONS sip:a@b SIP/2.0",
    "words behind the version": b"GET / HTTP/1.1 x",
    "NUL in the target": b"GET /\x00 HTTP/1.1",
    "control byte in the target": b"GET /\x01 HTTP/1.1",
    "line feed in the target": b"GET /a\nb HTTP/1.1",
    "carriage return in the target": b"GET /a\rb HTTP/1.1",
    "bytes above 127 in the target": b"GET /\xff\xfe HTTP/1.1",
    "UTF-8 in the target": "GET /ü HTTP/1.1".encode(),
    "no slash": b"GET x HTTP/1.1",
    "backslash": b"GET \\ HTTP/1.1",
    "authority": b"GET evil.example:80 HTTP/1.1",
    "HTTP/2 preface": b"PRI * HTTP/2.0",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "SSH": b"SSH-2.0-OpenSSH_9.6",
    "AMQP": b"AMQP\x00\x00\x09\x01",
    "Redis": b"*1\r\n$4\r\nPING",
    "PostgreSQL": b"\x00\x00\x00\x08\x04\xd2\x16\x2f",
    "an answer": b"HTTP/1.1 200 OK",
    "CONNECT": b"CONNECT evil.example:443 HTTP/1.1",
    "byte order mark": b"\xef\xbb\xbfGET / HTTP/1.1",
}

_FIELDS: dict[str, bytes] = {
    "no colon": b"hostile-marker",
    "no name": b": x",
    "space before the colon": b"X : x",
    "space in the name": b"X Y: x",
    "NUL in the name": b"X\x00Y: x",
    "NUL in the value": b"X: a\x00b",
    "bare carriage return": b"X: a\rb",
    "escape in the value": b"X: a\x1bb",
    "delete in the name": b"X\x7f: a",
    "bytes above 127 in the name": b"X\xff: a",
    "folded": b"X: a\r\n b",
    "folded with a tab": b"X: a\r\n\tb",
    "leading space": b" X: a",
    "two hosts": b"Host: evil.example",
    "bracket in the name": b"X(Y): a",
    "quote in the name": b'X"Y: a',
    "slash in the name": b"X/Y: a",
    "at in the name": b"X@Y: a",
    "comma in the name": b"X,Y: a",
}

_FRAMES: dict[str, tuple[bytes, bytes]] = {
    "length and chunks": (b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "chunks and length": (b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", b"0\r\n\r\n"),
    "two lengths": (b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{} "),
    "two equal lengths": (b"Content-Length: 2\r\nContent-Length: 2\r\n", b"{}"),
    "a list of lengths": (b"Content-Length: 2, 2\r\n", b"{}"),
    "negative length": (b"Content-Length: -1\r\n", b""),
    "signed length": (b"Content-Length: +2\r\n", b"{}"),
    "hexadecimal length": (b"Content-Length: 0x2\r\n", b"{}"),
    "length with a point": (b"Content-Length: 2.0\r\n", b"{}"),
    "length with a space": (b"Content-Length: 1 2\r\n", b"{}"),
    "no length": (b"Content-Length:\r\n", b"{}"),
    "length in words": (b"Content-Length: two\r\n", b"{}"),
    "length beyond 64 bits": (b"Content-Length: 99999999999999999999999\r\n", b"{}"),
    "length in other digits": ("Content-Length: ٢\r\n".encode(), b"{}"),
    "two codings": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"0\r\n\r\n"),
    "chunked is not last": (b"Transfer-Encoding: chunked, gzip\r\n", b"0\r\n\r\n"),
    "unknown coding": (b"Transfer-Encoding: hostile-marker\r\n", b"0\r\n\r\n"),
    "misspelt coding": (b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
    "coding behind a tab": (b"Transfer-Encoding:\tchunked\x0b\r\n", b"0\r\n\r\n"),
    "coding in the name": (b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"),
    "chunk size in words": (b"Transfer-Encoding: chunked\r\n", b"xyz\r\n{}\r\n0\r\n\r\n"),
    "negative chunk size": (b"Transfer-Encoding: chunked\r\n", b"-1\r\n{}\r\n0\r\n\r\n"),
    "chunk size with 0x": (b"Transfer-Encoding: chunked\r\n", b"0x2\r\n{}\r\n0\r\n\r\n"),
    "chunk size beyond 64 bits": (b"Transfer-Encoding: chunked\r\n", b"f" * 20 + b"\r\n{}"),
    "chunk size ends in a line feed": (b"Transfer-Encoding: chunked\r\n", b"2\n{}\r\n0\r\n\r\n"),
    "chunk that is longer": (b"Transfer-Encoding: chunked\r\n", b"2\r\n{}{}\r\n0\r\n\r\n"),
    "NUL in a chunk extension": (b"Transfer-Encoding: chunked\r\n", b"2;\x00\r\n{}\r\n0\r\n\r\n"),
}


def _refused_messages() -> Iterator[Case]:
    for name, line in _LINES.items():
        # More white space than one space is allowed to be taken for one (RFC 9112 §3).
        allowed = REFUSED | NO_ANSWER | (frozenset({200}) if name == "two spaces" else frozenset())
        yield Case(f"line: {name}", (line + b"\r\nHost: HOST\r\n\r\n",), allowed)
    for name, line in _FIELDS.items():
        allowed = MALFORMED | frozenset({200}) if "folded" in name else MALFORMED
        yield Case(f"field: {name}", (_GET + line + b"\r\n\r\n",), allowed)
    for name, (fields, body) in _FRAMES.items():
        message = _POST + _JSON + fields + b"\r\n" + body
        yield Case(f"framing: {name}", (message,), REFUSED)


def _hosts() -> Iterator[Case]:
    head = b"GET /api/v1/health/live HTTP/1.1\r\nConnection: close\r\n"
    yield Case("host: missing", (head + b"\r\n",), MALFORMED)
    for name, host in {
        "with a space": b"a b",
        "with a slash": b"a/b",
        "with a user": b"a@b\x01",
        "with a quote": b'a"b',
        "with bytes above 127": b"\xff",
        "with a backslash": b"a\\b",
    }.items():
        yield Case(f"host: {name}", (head + b"Host: " + host + b"\r\n\r\n",), MALFORMED)
    for target in ("/docs/", "/api/v1/jobs/", "/api/v1/health/live/", "/metrics/", "//", "/docs//"):
        foreign = request("GET", target, host="evil.example")
        yield Case(f"host: foreign, {target}", (foreign,), SAFE)


def _sizes() -> Iterator[Case]:
    too_large = frozenset({431})
    for name, pieces in {
        "a long field": (_GET + b"X: " + b"a" * 70_000 + b"\r\n\r\n",),
        "a long name": (_GET + b"X" * 70_000 + b": a\r\n\r\n",),
        "a field without end": (_GET + b"X: ", *(b"a" * 16_384,) * 8),
        "a name without end": (_GET, *(b"a" * 16_384,) * 8),
        "many fields": (_GET + b"a: b\r\n" * 200 + b"\r\n",),
        "fields without end": (_GET, *(b"a:b\r\n" * 4_000,) * 8),
        "many empty fields": (_GET + b"a:\r\n" * 200 + b"\r\n",),
        "a long target": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: HOST\r\n\r\n",),
        "a target without end": (b"GET /", *(b"a" * 16_384,) * 8),
        "a long query": (b"GET /?" + b"a=b&" * 20_000 + b" HTTP/1.1\r\nHost: HOST\r\n\r\n",),
        "a long cookie": (_GET + b"Cookie: " + b"a=b; " * 15_000 + b"\r\n\r\n",),
        "a long bearer": (_GET + b"Authorization: Bearer " + b"a" * 70_000 + b"\r\n\r\n",),
        "empty lines without end": (b"\r\n" * 8_000,) * 8,
        "trailers without end": (
            _POST + _JSON + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n",
            *(b"t: x\r\n" * 4_000,) * 8,
        ),
    }.items():
        yield Case(f"size: {name}", pieces, too_large | frozenset({404, 422}) if "trailers" in name else too_large)  # fmt: skip
    body = (
        _POST + _JSON + b"Transfer-Encoding: chunked\r\n\r\n",
        *(b"4000\r\n" + b" " * 16_384 + b"\r\n",) * 64,
    )
    # Who has no such operation says 404 without reading.
    too_long = frozenset({413, 404})
    yield Case("size: a body without end", body, too_long)
    declared = _POST + _JSON + b"Content-Length: 1000000000\r\n\r\n"
    yield Case("size: a large body is announced", (declared,), too_long)
    waits = _POST + _JSON + b"Content-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n"
    yield Case("size: a large body waits for a word", (waits,), too_long)
    extensions = b"2;" + b"a=b;" * 100_000 + b"\r\n{}\r\n0\r\n\r\n"
    chunked = _POST + _JSON + b"Transfer-Encoding: chunked\r\n\r\n" + extensions
    yield Case("size: long chunk extensions", (chunked,), REFUSED)


def _manners() -> Iterator[Case]:
    yield Case("manners: nothing at all", (), NO_ANSWER, half_close=True)
    yield Case("manners: half a head", (_GET,), frozenset({400, 408, 0}), half_close=True)
    short = _POST + _JSON + b"Content-Length: 50\r\n\r\n{}"
    yield Case("manners: half a body", (short,), frozenset({400, 404, 408, 0}), half_close=True)
    for name, fields in {
        "websocket": b"Connection: upgrade\r\nUpgrade: websocket\r\n",
        "h2c": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
        "unknown": b"Connection: upgrade\r\nUpgrade: hostile-marker/9\r\n",
    }.items():
        head = b"GET /api/v1/health/live HTTP/1.1\r\nHost: HOST\r\n" + fields
        yield Case(f"manners: upgrade to {name}", (head + b"\r\n",), frozenset({200, 400}))
    for name, value in {"unknown": "hostile-marker", "twice": "100-continue, 100-continue"}.items():
        yield Case(
            f"manners: expects {name}",
            (request("GET", LIVE, {"Expect": value}),),
            frozenset({200, 417}),
        )
    for name, value in {
        "overlapping": "bytes=0-,0-,0-,0-,0-,0-,0-,0-",
        "negative": "bytes=-99999999999",
        "reversed": "bytes=9-1",
        "nonsense": "hostile-marker",
    }.items():
        asked = request("GET", "/openapi.json", {"Range": value})
        yield Case(f"manners: range {name}", (asked,), SAFE)
    for name in ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded",
                 "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Real-IP"):  # fmt: skip
        asked = request("GET", LIVE, {name: "evil.example"})
        yield Case(f"manners: {name}", (asked,), frozenset({200, 400}))


def cases() -> Iterator[Case]:
    yield from _refused_messages()
    yield from _hosts()
    yield from _sizes()
    yield from _manners()
