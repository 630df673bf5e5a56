"""What a connection may ask for, at a real server on a real socket."""

import asyncio
import socket
from contextlib import suppress

import pytest
import uvicorn

from backbone.http.limits import HttpLimits
from backbone.http.server import server_config
from tests.backbone.http.served import CLOSE, GET, POST, QUICK, no_signals, served

pytestmark = pytest.mark.enable_socket


async def refused(*pieces: bytes, **limits) -> tuple[int, str]:
    async with served(**limits) as world:
        ((status, problem),) = await world.talk(*pieces)
    assert problem["status"] == status
    return status, problem["code"]


async def test_an_ordinary_request_passes():
    async with served() as world:
        assert await world.talk(POST + b"Content-Length: 3\r\n" + CLOSE + b"abc") == [(200, {})]


@pytest.mark.parametrize(
    ("fields", "status"), [(98, 200), (99, 431)], ids=["as many as allowed", "one more"]
)
async def test_the_fields_of_a_head_are_counted(fields, status):
    async with served() as world:
        ((found, _),) = await world.talk(GET + b"a:b\r\n" * fields + CLOSE)
    assert found == status


async def test_a_field_that_is_too_long():
    assert await refused(GET + b"X: " + b"a" * 65_536 + b"\r\n\r\n") == (431, "head_too_large")


async def test_a_field_that_never_ends():
    pieces = (GET + b"X: ", *[b"a" * 10_000] * 7)
    assert await refused(*pieces) == (431, "head_too_large")


async def test_a_target_that_is_too_long():
    assert await refused(b"GET /" + b"a" * 70_000) == (431, "head_too_large")


async def test_empty_lines_without_end():
    assert await refused(*[b"\r\n" * 10_000] * 4) == (431, "head_too_large")


async def test_trailers_are_counted_like_fields():
    body = b"1\r\na\r\n0\r\n" + b"t: x\r\n" * 200 + b"\r\n"
    status = await refused(POST + b"Transfer-Encoding: chunked\r\n\r\n" + body)
    assert status == (431, "head_too_large")


async def test_a_head_that_comes_too_slowly():
    assert await refused(GET, **QUICK) == (408, "request_timeout")


async def test_a_body_that_comes_too_slowly():
    status = await refused(POST + b"Content-Length: 9\r\n\r\nabc", **QUICK)
    assert status == (408, "request_timeout")


async def test_a_connection_that_says_nothing_is_closed_without_a_word():
    async with served(**QUICK) as world:
        assert await world.talk() == []


async def test_an_answer_may_take_longer_than_a_request():
    """The deadlines are the peer's; what the application takes is its own business."""
    async with served(**QUICK) as world:
        for head in (GET, POST + b"Content-Length: 3\r\n"):
            body = b"abc" if head is not GET else b""
            assert await world.talk(head + b"X-Slow: 1\r\n" + CLOSE + body) == [(200, {})]


async def test_a_body_with_more_framing_than_a_body_may_cost():
    status = await refused(
        POST + b"Transfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"a" * 1024 + b"\r\n", message=64,
        head=512, **QUICK,
    )  # fmt: skip
    assert status == (413, "payload_too_large")


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        GET + b"Host: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT a.b:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        POST + b"Content-Length: -1\r\n\r\n",
        GET + b"X: a\x00b\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_a_problem(request_):
    assert await refused(request_) == (400, "malformed_request")


async def test_garbage_behind_a_request_does_not_come_between_its_answer():
    async with served() as world:
        assert await world.talk(GET + b"\r\n" + b"\x00garbage\r\n\r\n") == [(200, {})]


async def test_an_answer_before_the_body_has_come_is_not_lost():
    """The peer goes on sending; a reset would take the answer from it."""
    async with served() as world:
        for _ in range(20):
            request = (
                b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 400000\r\n\r\n"
            )
            assert await world.talk(request, *[b"x" * 20_000] * 20) == [(200, {})]


async def test_pipelining_has_an_end():
    async with served(pipelined=4) as world:
        answers = await world.talk((GET + b"\r\n") * 50)
    assert 0 < len(answers) <= 6
    assert {status for status, _ in answers} == {200}


async def test_an_upgrade_that_is_not_offered_is_ignored():
    async with served() as world:
        upgrade = GET + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n"
        assert await world.talk(upgrade) == [(200, {})]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"connections": 2}, (503, "overloaded")),
        ({"connections_per_address": 2, "uncounted": ()}, (429, "rate_limited")),
    ],
    ids=["process", "address"],
)
async def test_too_many_connections(limits, expected):
    async with served(**limits) as world:
        held = [await asyncio.open_connection("127.0.0.1", world.port) for _ in range(2)]
        ((status, problem),) = await world.talk(GET + b"\r\n")
        assert (status, problem["code"]) == expected
        # A browser's EventSource would never come back after another status.
        assert await world.talk(GET + b"Last-Event-ID: a.1\r\n\r\n") == [(200, {})]
        for _, writer in held:
            writer.close()
            await writer.wait_closed()
        for _ in range(200):
            ((status, _),) = await world.talk(GET + CLOSE)
            if status == 200:
                break
            await asyncio.sleep(0.01)
        assert status == 200


async def test_far_too_many_connections_are_not_even_answered():
    async with served(connections=1) as world:
        held = [await asyncio.open_connection("127.0.0.1", world.port) for _ in range(5)]
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        for each in (writer, *(w for _, w in held)):
            each.close()


async def test_a_reader_that_takes_nothing_is_cut():
    done = asyncio.Event()

    async def endless(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while (await asyncio.sleep(0)) is None and not done.is_set():
                await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
                if transport_closed(send):
                    break
        finally:
            done.set()

    def transport_closed(send) -> bool:
        return send.__self__.disconnected

    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    config = server_config(endless, HttpLimits(send_seconds=0.3), lifespan="off")
    server = uvicorn.Server(config)
    server.capture_signals = no_signals
    task = asyncio.create_task(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0)
    _, writer = await asyncio.open_connection("127.0.0.1", listener.getsockname()[1], limit=1024)
    writer.write(GET + b"\r\n")
    await asyncio.wait_for(done.wait(), 30)
    writer.close()
    server.should_exit = True
    await task


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_a_client_of_http_1_0_gets_a_body_that_ends_with_the_connection(method: str) -> None:
    async with served() as world:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        body = b"ab" if method == "POST" else b""
        writer.write(f"{method} / HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
    assert b" 200 OK" in head
    assert b"transfer-encoding" not in head.lower()
    assert answer == (b"" if method == "HEAD" else str(len(body)).encode())
