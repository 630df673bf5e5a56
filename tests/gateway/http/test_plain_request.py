"""Which requests are plain, and that a parser of HTTP reads the same in them."""

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.http.limits import HttpLimits
from gateway.http.plain_request import PlainRequest, read

PATH = b"/api/v1/events"
HOST = ("Host", "127.0.0.1:8000")


def request(query: str = "", *headers: tuple[str, str], line: str = "GET {} HTTP/1.1") -> bytes:
    target = PATH.decode() + (query and f"?{query}")
    fields = [f"{name}: {value}" for name, value in headers or (HOST,)]
    return "\r\n".join([line.format(target), *fields, "", ""]).encode("latin-1")


def plain(data: bytes, **limits: int) -> PlainRequest | None:
    return read(data, PATH, HttpLimits(**limits))


@pytest.mark.parametrize(
    ("query", "headers", "asked"),
    [
        ("", [], (None, None, None)),
        ("team_id=7", [("accept", "a, b"), ("Accept", "c")], (7, None, None)),
        ("job_id=0", [("LAST-EVENT-ID", "e1.3")], (None, 0, "e1.3")),
        ("team_id=7&job_id=42", [("Last-Event-ID", "")], (7, 42, "")),
        ("job_id=42&team_id=7", [("Cookie", "a=b; c=d"), ("Authorization", "c")], (7, 42, None)),
    ],
)
def test_a_plain_request_is_read(query, headers, asked) -> None:
    found = plain(request(query, HOST, *headers))
    assert found is not None
    assert found[2:] == asked
    assert found.query == query.encode()
    assert found.headers[1:] == [(n.lower().encode(), v.encode()) for n, v in headers]


@pytest.mark.parametrize(
    "query",
    [
        "team_id=",
        "team_id=07",
        "team_id=-7",
        "team_id=%37",
        "team_id=9007199254740993",
        "team_id=7&team_id=8",
        "team_id=7&",
        "team_id=7;job_id=1",
        "last_event_id=e1.3",
        "x=1",
    ],
)
def test_an_unusual_query_is_for_the_application(query) -> None:
    assert plain(request(query)) is None


@pytest.mark.parametrize(
    "headers",
    [
        [HOST, ("Origin", "https://example.com")],
        [HOST, ("Authorization", "a"), ("authorization", "b")],
        [HOST, ("Cookie", "a=1"), ("Cookie", "b=2")],
        [HOST, ("Last-Event-ID", "e1.1"), ("Last-Event-ID", "e1.2")],
        [HOST, HOST],
        [("Host", "a b")],
        [("Accept", "a")],
        [HOST, ("Content-Length", "0")],
        [HOST, ("Transfer-Encoding", "chunked")],
        [HOST, ("Expect", "100-continue")],
        [HOST, ("Upgrade", "h2c")],
        [HOST, ("Last-Event-ID", "\xfc")],
        [HOST, ("X", "a\tb")],
        [HOST, ("X", " a")],
        [HOST, ("X", "a ")],
        [HOST, ("X ", "a")],
        [HOST, (" X", "a")],
        [HOST, ("X", "a\r\n b")],
        [HOST, ("X", "a\nb")],
        [HOST, ("X", "a\x00b")],
    ],
)
def test_an_unusual_head_is_for_the_application(headers) -> None:
    assert plain(request("", *headers)) is None


@pytest.mark.parametrize(
    "data",
    [
        request(line="HEAD {} HTTP/1.1"),
        request(line="get {} HTTP/1.1"),
        request(line="GET {} HTTP/1.0"),
        request(line="GET  {} HTTP/1.1"),
        request(line="GET http://a{} HTTP/1.1"),
        request(line="GET {}/ HTTP/1.1"),
        request(line="GET {}#x HTTP/1.1"),
        request()[:-1],
        request() + b"G",
        request() + request(),
        b"\r\n" + request(),
        request().replace(b"\r\n", b"\n"),
        b"\x16\x03\x01",
        b"GET",
        f"GET {PATH.decode()} HTTP/1.1\r\n\r\n".encode(),
    ],
)
def test_whatever_is_not_one_whole_head_is_for_the_server(data) -> None:
    assert plain(data) is None


def test_the_limits_hold() -> None:
    many = request("", HOST, *[("X", "y")] * 9)
    assert plain(many, fields=10) is not None
    assert plain(many, fields=9) is None
    assert plain(many, head=len(many)) is not None
    assert plain(many, head=len(many) - 1) is None


class Parsed:
    """What a parser of HTTP reads."""

    def __init__(self, data: bytes) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.requests = 0
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_message_complete(self) -> None:
        self.requests += 1


BYTES = st.sampled_from(
    [
        *(b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b"\x00", b"a", b"?", b"/", b"%2f", b"\xff"),
        *(b"\r\n\r\n", b"&team_id=1", b"GET ", b"Host: b\r\n", b"Cookie: d\r\n"),
        b"Content-Length: 1\r\n",
    ]
)


@given(st.lists(st.tuples(st.integers(0, 130), st.integers(0, 3), BYTES), max_size=3))
def test_what_is_read_is_what_a_parser_reads(changes) -> None:
    data = request("team_id=7&job_id=4", HOST, ("Cookie", "a=b"), ("Last-Event-ID", "e1.3"))
    for place, cut, put in changes:
        data = data[:place] + put + data[place + cut :]
    found = plain(data)
    if found is not None:
        parsed = Parsed(data)
        assert parsed.requests == 1
        assert parsed.parser.get_method() == b"GET"
        assert parsed.parser.get_http_version() == "1.1"
        assert parsed.url == PATH + (b"?" + found.query if found.query else b"")
        assert parsed.headers == found.headers
