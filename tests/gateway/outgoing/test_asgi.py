"""The way through plain ASGI: full and empty again, left, stalled, finished, aborted."""

import asyncio
from collections.abc import Awaitable, Callable

from gateway.outgoing.asgi import HIGH_WATER, AsgiSink
from gateway.outgoing.frame import chunk
from testing.virtual_time import virtual
from tests.gateway.outgoing.listener import Listener
from tests.gateway.world import turns


class Peer:
    """The server's two callables."""

    def __init__(self) -> None:
        self.bodies: list[tuple[bytes, bool]] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.left = asyncio.Event()
        self.broken = False

    async def send(self, message: dict) -> None:
        await self.reads.wait()
        if self.broken:
            raise OSError("gone")
        self.bodies.append((message["body"], message["more_body"]))

    async def receive(self) -> dict:
        await self.left.wait()
        return {"type": "http.disconnect"}


def began(timeout: float = 5.0) -> tuple[AsgiSink, Peer, Listener, Callable[[], Awaitable[None]]]:
    peer, listener = Peer(), Listener()
    sink = AsgiSink(peer.send, send_timeout=timeout)
    sink.attach(listener)
    task = asyncio.create_task(sink.run(peer.receive))

    async def over() -> None:
        async with asyncio.timeout(60):
            await task

    return sink, peer, listener, over


@virtual
async def test_what_is_written_is_sent_without_the_chunks_and_the_body_ends() -> None:
    sink, peer, listener, over = began()
    sink.write(chunk(b"one"))
    sink.write(chunk(b"two"))
    await turns()
    assert peer.bodies == [(b"onetwo", True)]
    sink.write(chunk(b"three"))
    sink.finish()
    await over()
    assert peer.bodies == [(b"onetwo", True), (b"three", True), (b"", False)]
    assert listener.heard == ["lose"]


@virtual
async def test_a_slow_reader_is_told_as_full_once_and_as_empty_again() -> None:
    sink, peer, listener, over = began()
    peer.reads.clear()
    for _ in range(4):
        sink.write(chunk(b"x" * (HIGH_WATER // 2)))
        await turns()
    assert listener.heard == ["pause"]
    peer.reads.set()
    await turns()
    assert listener.heard == ["pause", "resume"]
    assert sum(len(body) for body, _ in peer.bodies) == 2 * HIGH_WATER
    peer.left.set()
    await over()


@virtual
async def test_who_leaves_or_fails_or_takes_nothing_is_lost_once() -> None:
    for how in ("left", "broken", "stalled"):
        sink, peer, listener, over = began(timeout=5.0)
        if how == "left":
            peer.left.set()
        elif how == "broken":
            peer.broken = True
        else:
            peer.reads.clear()
        sink.write(chunk(b"never"))
        await over()
        assert listener.heard == ["lose"], how
        sink.write(chunk(b"later"))  # never raises


@virtual
async def test_aborted_it_sends_nothing_more_and_no_end() -> None:
    sink, peer, listener, over = began()
    peer.reads.clear()
    sink.write(chunk(b"waits"))
    await turns()
    sink.abort()
    peer.reads.set()
    await over()
    assert peer.bodies == []
    assert listener.heard == ["lose"]
