"""What a provider does to a connection arrives as the httpx error that says the same."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from worker.virtuozzo.connections import AiohttpTransport
from worker.virtuozzo.sending import before_sending

pytestmark = pytest.mark.enable_socket

Act = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
QUICK = httpx.Timeout(connect=0.3, read=0.3, write=0.3, pool=0.3)


async def ask(act: Act, *, requests: int = 1) -> list[httpx.Response]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await act(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        gone.set()

    gone = asyncio.Event()
    try:
        return await _ask(serve, requests)
    finally:
        await gone.wait()


async def _ask(serve: Act, requests: int) -> list[httpx.Response]:
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with httpx.AsyncClient(transport=AiohttpTransport()) as client:
            return [
                await client.post(
                    f"http://127.0.0.1:{port}/1.0/x", data={"session": "key"}, timeout=QUICK
                )
                for _ in range(requests)
            ]


async def request_of(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if b"content-length" in line
    )
    return head, await reader.readexactly(length)


async def test_a_form_arrives_and_its_answer_comes_back_on_one_connection() -> None:
    heads, connections = [], set()

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(writer)
        while not reader.at_eof():
            head, body = await request_of(reader)
            heads.append(head)
            assert body == b"session=key"
            packed = gzip.compress(b'{"result": 0}')
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
                b"Set-Cookie: a=b\r\nContent-Length: %d\r\n\r\n%b" % (len(packed), packed)
            )
            if len(heads) == 2:
                return

    answers = await ask(act, requests=2)
    assert [answer.json() for answer in answers] == [{"result": 0}] * 2
    assert len(connections) == 1
    assert b"application/x-www-form-urlencoded" in heads[0]
    assert heads[0].startswith(b"POST /1.0/x HTTP/1.1\r\n")


@pytest.mark.parametrize("direct", [False, True])
async def test_a_proxy_of_the_environment_is_asked_unless_the_host_is_excepted(
    monkeypatch: pytest.MonkeyPatch, direct: bool, tmp_path: Path
) -> None:
    heads = []

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                heads.append((await request_of(reader))[0])
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    async with await asyncio.start_server(act, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        host = f"127.0.0.1:{port}" if direct else "provider.test"
        monkeypatch.setenv("http_proxy", f"http://me:pw@127.0.0.1:{1 if direct else port}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        async with httpx.AsyncClient(transport=AiohttpTransport()) as client:
            for _ in range(2):
                answer = await client.post(f"http://{host}/x", data={"a": "b"}, timeout=QUICK)
                assert answer.json() == {}
    target = b"/x" if direct else b"http://provider.test/x"
    assert [head.split()[1] for head in heads] == [target] * 2
    assert all((b"Proxy-Authorization: Basic" in head) is not direct for head in heads)
    assert not any(b"\r\nAuthorization" in head for head in heads), "a .netrc has no say"


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with httpx.AsyncClient(transport=AiohttpTransport()) as client:
        with pytest.raises(httpx.ConnectError):
            await client.post(f"http://127.0.0.1:{port}/", timeout=QUICK)


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    await reader.read()


async def leaves(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)


async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def breaks_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


async def stalls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    await reader.read()


async def babbles(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(b"what?\r\n\r\n")


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (silent, httpx.ReadTimeout),
        (stalls, httpx.ReadTimeout),
        (leaves, httpx.RemoteProtocolError),
        (resets, httpx.ReadError),
        (breaks_off, httpx.ReadError),
        (babbles, httpx.ReadError),
    ],
)
async def test_a_request_that_may_have_arrived_says_so(
    act: Act, error: type[httpx.TransportError]
) -> None:
    with pytest.raises(error) as raised:
        await ask(act)
    # What the call carries is secret, and nothing of it is in the error's words.
    assert "key" not in str(raised.value)


async def test_a_full_backlog_is_not_reached_in_time() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        async with httpx.AsyncClient(transport=AiohttpTransport()) as client:
            with pytest.raises(httpx.ConnectTimeout):
                await client.post(f"http://127.0.0.1:{address[1]}/", timeout=QUICK)
        for each in waiting:
            each.close()


async def test_what_may_not_be_sent_any_more_is_not_sent_when_the_connection_is_there() -> None:
    arrived = bytearray()

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.extend(await reader.read())
        writer.close()

    asked = 0

    def refuse() -> None:
        nonlocal asked
        asked += 1
        raise LookupError("the lease ran out")

    token = before_sending.set(refuse)
    try:
        with pytest.raises(LookupError, match="ran out"):
            await ask(act, requests=1)
    finally:
        before_sending.reset(token)
    assert (asked, arrived) == (1, b"")
