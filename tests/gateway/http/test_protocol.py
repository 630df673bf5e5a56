"""Streams over real sockets: the detached path, and plain ASGI where a server offers no more."""

import asyncio
import gc

import pytest

from gateway.http.protocol import DetachingProtocol
from gateway.outgoing.detached import DetachedConnection
from tests.gateway.event_source import EventSource
from tests.gateway.served import SERVERS, served

pytestmark = pytest.mark.enable_socket

every_server = pytest.mark.parametrize("path", list(SERVERS))


def ids(source: EventSource) -> list[str]:
    return [d.last_event_id for d in source.frames("message")]


@every_server
async def test_a_stream_begins_goes_on_and_is_resumed(path: str) -> None:
    async with served(path) as world:
        reader = await world.get()
        assert reader.status == 200
        assert reader.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert reader.headers["cache-control"] == "no-cache, no-transform"
        assert reader.headers["x-accel-buffering"] == "no"
        assert reader.headers["transfer-encoding"] == "chunked"
        await reader.got(1, "sync")
        for _ in range(3):
            world.tell()
        await reader.got(3, "message")
        await reader.close()
        for _ in range(3):
            world.tell()
        again = await world.get(source=reader.source)
        await again.got(6, "message")
        assert ids(reader.source) == [f"e1.{n}" for n in range(1, 7)]
        await again.close()


@every_server
async def test_a_body_ends_properly(path: str) -> None:
    async with served(path) as world:
        reader = await world.get("/?job_id=1")
        await reader.got(1, "sync")
        world.tell(job_id=1, status="completed")
        await reader.end()
        assert reader.complete
        assert [d.event for d in reader.source.dispatched] == ["sync", "message", "end"]
        again = await world.get("/?job_id=1", source=reader.source)
        assert again.status == 204
        await again.close()


@every_server
async def test_whoever_leaves_is_forgotten(path: str) -> None:
    async with served(path) as world:
        for _ in range(5):
            reader = await world.get()
            await reader.got(1, "sync")
            assert world.metrics.subscribers_active == 1
            await reader.close()
            async with asyncio.timeout(5):
                while world.metrics.subscribers_active:
                    await asyncio.sleep(0.001)
        assert world.idle


@every_server
async def test_a_slow_reader_is_refilled_and_hurts_nobody(path: str) -> None:
    async with served(path, refill=10**9, queue_size=10) as world:
        slow = await world.get(receive_buffer=1024)
        quick = await world.get()
        await slow.got(1, "sync")
        await quick.got(1, "sync")
        slow.stop_reading()
        total, batch = 0, 500
        while not any(client.paused for client in world.hub.clients()):
            for _ in range(batch):
                world.tell(status="x" * 500)
            total += batch
            await quick.got(total, "message")
        for _ in range(batch):
            world.tell(status="x" * 500)
        total += batch
        await quick.got(total, "message")
        slow.read_on()
        await slow.got(total, "message")
        assert ids(slow.source) == ids(quick.source) == [f"e1.{n}" for n in range(1, total + 1)]
        await slow.close()
        await quick.close()


@every_server
async def test_a_stalled_reader_is_cut(path: str) -> None:
    async with served(path, send_timeout=0.2) as world:
        reader = await world.get(receive_buffer=1024)
        await reader.got(1, "sync")
        reader.stop_reading()
        while world.metrics.subscribers_active:
            for _ in range(500):
                world.tell(status="x" * 500)
            await asyncio.sleep(0.01)
            world.hub.tick()
        assert not reader.complete
        await reader.close()


@every_server
async def test_a_drain_is_heard_and_ends_the_body(path: str) -> None:
    async with served(path) as world:
        readers = [await world.get() for _ in range(10)]
        for reader in readers:
            await reader.got(1, "sync")
        await world.hub.drain_all(10.0)
        for reader in readers:
            await reader.end()
            assert reader.complete
            assert reader.source.dispatched[-1].json == {"reason": "shutdown"}
        late = await world.get(source=EventSource(), Last_Event_ID="e1.0")
        await late.got(1, "drain")
        await late.close()


async def test_the_connection_is_handed_over_and_the_protocol_freed() -> None:
    async with served("detach") as world:
        reader = await world.get()
        await reader.got(1, "sync")
        (client,) = world.hub.clients()
        assert isinstance(client.sink, DetachedConnection)
        assert world.server.server_state.connections == {client.sink}
        async with asyncio.timeout(5):
            while world.server.server_state.tasks:
                await asyncio.sleep(0)
        assert not any(isinstance(o, DetachingProtocol) for o in gc.get_objects())
        await reader.close()


async def test_nothing_of_a_connection_is_left_to_the_collector() -> None:
    async with served("detach") as world:
        gc.collect()
        gc.disable()
        try:
            reader = await world.get()
            await reader.got(1, "sync")
            (client,) = world.hub.clients()
            del client
            before = sum(isinstance(o, DetachedConnection) for o in gc.get_objects())
            await reader.close()
            async with asyncio.timeout(5):
                while world.metrics.subscribers_active:
                    await asyncio.sleep(0.001)
            await asyncio.sleep(0.01)
            assert before == 1
            assert not any(isinstance(o, DetachedConnection) for o in gc.get_objects())
        finally:
            gc.enable()


async def test_bytes_on_a_stream_end_it() -> None:
    async with served("detach") as world:
        reader = await world.get()
        await reader.got(1, "sync")
        reader.send(b"GET / HTTP/1.1\r\n\r\n")
        await reader.end()
        assert reader.complete
        await reader.close()


async def test_a_connection_without_chunks_stays_with_asgi() -> None:
    async with served("detach") as world:
        reader = await world.get(version="1.0")
        async with asyncio.timeout(5):
            while not world.metrics.subscribers_active:
                await asyncio.sleep(0.001)
        await reader.close()


async def test_the_server_stops_with_streams_open() -> None:
    async with served("detach") as world:
        readers = [await world.get() for _ in range(3)]
        for reader in readers:
            await reader.got(1, "sync")
        world.server.should_exit = True  # no drain: still each body ends properly
        for reader in readers:
            await reader.end()
            assert reader.complete
