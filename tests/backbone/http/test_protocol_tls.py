"""The same bounds where the server speaks TLS itself, which has no half-closed connections."""

import asyncio

import pytest

from testing.certificate import certificate
from tests.backbone.http.served import CLOSE, GET, POST, QUICK, served

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize(
    ("pieces", "limits", "expected"),
    [
        ((GET + b"a:b\r\n" * 99 + CLOSE,), {}, (431, "head_too_large")),
        ((GET + b"X: ", *[b"a" * 10_000] * 7), {}, (431, "head_too_large")),
        ((GET,), QUICK, (408, "request_timeout")),
        ((POST + b"Content-Length: 9\r\n\r\nabc",), QUICK, (408, "request_timeout")),
        ((b"\0\r\n\r\n",), QUICK, (400, "malformed_request")),
    ],
    ids=["fields", "a field without end", "a slow head", "a slow body", "no request"],
)
async def test_what_is_refused_is_told(tls, pieces, limits, expected):
    async with served(tls, **QUICK | limits) as world:
        ((status, problem),) = await world.talk(*pieces)
    assert (status, problem["code"]) == expected


async def test_an_answer_before_the_body_has_come_is_not_lost(tls):
    head = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 400000\r\n\r\n"
    async with served(tls, linger_seconds=0.3) as world:
        for _ in range(2):
            assert await world.talk(head, *[b"x" * 20_000] * 20) == [(200, {})]


async def test_a_connection_that_says_nothing_is_closed_without_a_word(tls):
    async with served(tls, **QUICK) as world:
        assert await world.talk() == []


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"connections": 2}, (503, "overloaded")),
        ({"connections_per_address": 2, "uncounted": ()}, (429, "rate_limited")),
    ],
    ids=["process", "address"],
)
async def test_too_many_connections(tls, limits, expected):
    async with served(tls, **limits) as world:
        held = [await world.connect() for _ in range(2)]
        ((status, problem),) = await world.talk(GET + b"\r\n")
        for _, writer in held:
            writer.close()
    assert (status, problem["code"]) == expected


async def test_requests_follow_each_other_on_one_connection(tls):
    async with served(tls) as world:
        reader, writer = await world.connect()
        for _ in range(3):
            writer.write(GET + b"\r\n")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
            assert b" 200 OK" in head
            await reader.readuntil(b"0\r\n\r\n")
        writer.close()
