"""Connections that begin with a plain request for a stream, and those that turn out to be others.

How streams go on is shown by test_protocol.py, whose servers include this one.
"""

import asyncio
import json

import pytest
from structlog.testing import capture_logs

from backbone.errors import NotAuthenticated
from backbone.http.limits import HttpLimits
from gateway.outgoing.detached import DetachedConnection
from tests.gateway.event_source import EventSource
from tests.gateway.served import Served, served

pytestmark = pytest.mark.enable_socket

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


async def said(world: Served, *pieces: bytes) -> bytes:
    """Send pieces, each by itself, and return all that is answered until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)
    try:
        async with asyncio.timeout(20):
            return await reader.read()
    finally:
        writer.close()


async def until(done) -> None:
    async with asyncio.timeout(20):
        while not done():
            await asyncio.sleep(0.01)


async def test_a_plain_request_does_not_reach_the_application() -> None:
    async with served("fast path") as world:
        reader = await world.get("/?job_id=1")
        await reader.got(1, "sync")
        assert world.asked == 0
        [connection] = world.server.server_state.connections
        assert isinstance(connection, DetachedConnection)
        assert world.server.server_state.total_requests == 1
        assert world.hub.interruptible == set()


@pytest.mark.parametrize("request_", [{"Origin": "http://a"}, {"method": "POST"}])
async def test_whatever_is_not_plain_is_the_application_s(request_) -> None:
    async with served("fast path") as world:
        reader = await world.get(**request_)
        await reader.got(1, "sync")
        assert world.asked == 1


async def test_a_head_that_comes_in_pieces_is_read_by_the_server() -> None:
    async with served("fast path") as world:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        for piece in (HEAD[:9], HEAD[9:], b"\r\n"):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        assert (await reader.readuntil(b"event: sync")).startswith(b"HTTP/1.1 200 OK\r\n")
        assert world.asked == 1
        writer.close()


async def test_what_is_refused_is_answered_by_the_application_for_the_same_reason() -> None:
    async with served("fast path") as world:
        world.refusal = LookupError("nobody knows you")
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        for asked in (1, 2):
            # The connection stays, and what it asks next is not refused for that reason.
            writer.write(HEAD + b"\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            if asked == 1:
                assert head.startswith(b"HTTP/1.1 403 ")
                assert await reader.readexactly(16) == b"nobody knows you"
            else:
                assert head.startswith(b"HTTP/1.1 200 ")
            assert world.asked == asked
        writer.close()


async def test_whoever_leaves_before_the_stream_begins_is_forgotten() -> None:
    async with served("fast path") as world:
        world.authenticating.clear()
        _, writer = await asyncio.open_connection("127.0.0.1", world.port)
        writer.write(HEAD + b"\r\n")
        await until(lambda: world.hub.interruptible)
        writer.transport.abort()
        await until(lambda: not world.server.server_state.connections)
        world.authenticating.set()
        await until(lambda: not world.server.server_state.tasks)
        assert world.idle
        assert world.hub.opening == 0
        assert world.asked == 0


async def test_a_second_request_behind_the_first_ends_the_stream_or_is_answered() -> None:
    async with served("fast path") as world:
        world.authenticating.clear()
        asking = asyncio.create_task(said(world, HEAD + b"\r\n", HEAD + b"\r\n"))
        await until(lambda: world.hub.interruptible)
        await asyncio.sleep(0.05)
        world.refusal = LookupError("no")
        world.authenticating.set()
        await until(lambda: world.asked == 2)
        await until(world.hub.clients)
        await world.hub.drain_all(1.0)
        answered = await asking
        assert answered.count(b"HTTP/1.1 ") == 2
        assert answered.startswith(b"HTTP/1.1 403 ")


async def test_a_gateway_that_stops_says_when_to_come_back() -> None:
    async with served("fast path") as world:
        world.authenticating.clear()
        source = EventSource()
        asking = asyncio.create_task(world.get(source=source))
        await until(lambda: world.hub.interruptible)
        await world.hub.drain_all(1.0)
        reader = await asking
        await reader.got(1, "drain")
        assert reader.status == 200
        assert json.loads(source.dispatched[-1].data) == {"reason": "shutdown"}
        assert source.retry
        assert reader.headers["x-content-type-options"] == "nosniff"
        assert world.hub.interruptible == set()


async def test_a_connection_that_asks_for_nothing_is_closed() -> None:
    async with served("fast path", HttpLimits(head_seconds=0.2)) as world:
        assert await said(world) == b""
        assert (await said(world, HEAD)).startswith(b"HTTP/1.1 408 ")
        await until(lambda: not world.server.server_state.connections)


async def test_one_connection_too_many_is_refused_and_the_others_keep_their_slots() -> None:
    async with served("fast path", HttpLimits(connections=2, linger_seconds=0.5)) as world:
        first, second = [await asyncio.open_connection("127.0.0.1", world.port) for _ in range(2)]
        await until(lambda: len(world.server.server_state.connections) == 2)
        third = await asyncio.open_connection("127.0.0.1", world.port)
        third[1].write(HEAD + b"\r\n")
        assert (await third[0].readline()).startswith(b"HTTP/1.1 503 ")
        # Handed over while one too many is still there.
        first[1].write(HEAD + b"Origin: a\r\n\r\n")
        second[1].write(HEAD + b"\r\n")
        for reader, _ in (first, second):
            assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        assert world.asked == 1
        for _, writer in (first, second, third):
            writer.close()
        await until(lambda: not world.server.server_state.connections)
        again = await world.get()
        assert again.status == 200, "all slots came back"


async def test_an_answer_that_is_no_stream_is_said_without_asking_again() -> None:
    async with served("fast path") as world:
        reader = await world.get("/?job_id=1")
        world.tell(job_id=1, status="completed")
        await reader.end()
        again = await world.get("/?job_id=1", source=reader.source)
        assert again.status == 204
        assert again.headers["x-content-type-options"] == "nosniff"
        assert world.asked == 0


async def test_whoever_leaves_with_a_bad_token_leaves_no_error() -> None:
    async with served("fast path") as world:
        world.refusal = NotAuthenticated()
        world.authenticating.clear()
        _, writer = await asyncio.open_connection("127.0.0.1", world.port)
        writer.write(HEAD + b"\r\n")
        await until(lambda: world.hub.interruptible)
        writer.transport.abort()
        await until(lambda: not world.server.server_state.connections)
        with capture_logs() as logs:
            world.authenticating.set()
            await until(lambda: not world.server.server_state.tasks)
        assert logs == []


async def test_a_stream_whose_opening_fails_is_cut_and_told_of(monkeypatch) -> None:
    async with served("fast path") as world:

        def broken(*_: object) -> None:
            raise LookupError("nobody foresaw it")

        monkeypatch.setattr(world.hub, "open", broken)
        with capture_logs() as logs:
            assert await said(world, HEAD + b"\r\n") == b""
            await until(lambda: not world.server.server_state.connections)
        assert [entry["event"] for entry in logs] == ["gateway_opening_failed"]
        assert world.hub.opening == 0
