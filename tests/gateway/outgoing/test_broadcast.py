"""The same bytes to many: through their sockets in one call, through their sinks where that fails."""

import asyncio
import socket
from array import array
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from gateway.listening.client import Client
from gateway.outgoing import broadcast
from gateway.outgoing.broadcast import Broadcast
from gateway.outgoing.frame import LAST_CHUNK
from testing.missing import ServiceMissing, skip_or_fail
from tests.gateway.event_source import EventSource
from tests.gateway.served import served

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def send_all():
    if broadcast.send_all is None:
        skip_or_fail(ServiceMissing("the C part is not compiled (scripts/extension.py says why)"))
    return broadcast.send_all


@pytest.fixture(params=["together", "one by one"])
def together(request, monkeypatch) -> bool:
    """Whether sockets are sent to in one call."""
    if request.param == "together":
        request.getfixturevalue("send_all")
        return True
    monkeypatch.setattr(broadcast, "send_all", None)
    return False


class Pair:
    """A sink with a socket of its own; `rest` is what it was given by `write`."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.ours.setblocking(False)
        self.socket: int | None = self.ours.fileno()
        self.rest = b""

    def attach(self, listener) -> None: ...

    def write(self, chunk: bytes) -> None:
        self.rest += chunk

    def finish(self) -> None: ...

    def abort(self) -> None: ...

    def fill(self) -> int:
        """Leave no room in the socket; give how many bytes it took."""
        taken = 0
        try:
            while True:
                taken += self.ours.send(b"x" * 65536)
        except BlockingIOError:
            return taken

    def arrived(self) -> bytes:
        self.theirs.setblocking(False)
        data = b""
        try:
            while piece := self.theirs.recv(1 << 20):
                data += piece
        except BlockingIOError:
            pass
        return data

    def close(self) -> None:
        self.ours.close()
        self.theirs.close()


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    with ExitStack() as stack:
        made = [Pair() for _ in range(3)]
        for pair in made:
            stack.callback(pair.close)
        yield made


def sockets(*pairs: Pair) -> array:
    return array("i", [pair.socket for pair in pairs])


def test_each_socket_gets_the_data(send_all, pairs) -> None:
    assert not send_all(sockets(*pairs), b"data")
    assert [pair.arrived() for pair in pairs] == [b"data"] * 3


def test_more_sockets_than_are_sent_to_under_the_lock(send_all, pairs) -> None:
    assert not send_all(sockets(*pairs * 100), b"data")
    assert [pair.arrived() for pair in pairs] == [b"data" * 100] * 3
    taken = pairs[1].fill()
    missed = send_all(sockets(*pairs * 100), b"data")
    assert list(missed) == [(index, 0) for index in range(1, 300, 3)]
    assert len(pairs[1].arrived()) == taken


def test_what_a_socket_did_not_take_is_told(send_all, pairs) -> None:
    full, gone, good = pairs
    full.fill()
    gone.theirs.close()
    assert send_all(sockets(full, gone, good), b"data") == [(0, 0), (1, 0)]
    assert good.arrived() == b"data"
    large = b"y" * (32 << 20)
    [(index, taken)] = send_all(sockets(good), large)
    assert index == 0
    assert 0 < taken < len(large)
    assert send_all(array("i", [-1]), b"data") == [(0, 0)]
    assert not send_all(array("i"), b"data")


@pytest.mark.parametrize(
    "bad", [(), (array("i"),), (array("l"), b""), (b"abcd", b""), (array("i"), "")]
)
def test_other_arguments_are_refused(send_all, bad) -> None:
    with pytest.raises(TypeError):
        send_all(*bad)


def test_everybody_gets_every_byte_once(pairs, together: bool) -> None:
    full, without_socket, good = pairs
    taken, without_socket.socket = full.fill(), None
    many = Broadcast(pairs)
    assert many.size == 3
    assert many.write(b"data") == 0
    assert (full.rest, len(full.arrived())) == (b"data", taken)
    assert (without_socket.rest, without_socket.arrived()) == (b"data", b"")
    assert (good.arrived(), good.rest) == ((b"data", b"") if together else (b"", b"data"))
    # As the transport took some, another broadcast is made, without it.
    large = b"z" * (4 << 20)
    assert Broadcast(pairs[1:]).write(large) == 0
    for pair in pairs[1:]:
        whole = (pair.arrived() + pair.rest).removeprefix(b"data") == large
        assert whole


def test_a_sink_that_raises_is_counted(pairs, together: bool) -> None:
    def refuse(chunk: bytes) -> None:
        raise RuntimeError("closed")

    pairs[0].fill()
    pairs[0].write = refuse
    assert Broadcast(pairs).write(b"data") == 1
    assert [pair.arrived() + pair.rest for pair in pairs[1:]] == [b"data", b"data"]


async def test_streams_of_this_gateway_are_sent_to_together(send_all, monkeypatch) -> None:
    calls = []

    def counted(sockets: array, data: bytes):
        calls.append(len(sockets))
        return send_all(sockets, data)

    async with served("detach") as world:
        monkeypatch.setattr(broadcast, "send_all", counted)
        readers = [await world.get() for _ in range(3)]
        for reader in readers:
            await reader.got(1, "sync")
        world.tell()
        for reader in readers:
            await reader.got(1, "message")
        assert calls == [3]


async def test_a_full_stream_is_left_out_until_it_was_brought_up(send_all) -> None:
    async with served("detach", refill=10**9) as world:
        slow, quick = await world.get(receive_buffer=1024), await world.get()
        await slow.got(1, "sync")
        await quick.got(1, "sync")
        slow.stop_reading()
        told = 0
        behind = ()
        while not behind:
            world.tell(status="x" * 20_000)
            told += 1
            await quick.got(told, "message")
            behind = [client for client in world.hub.clients() if client.paused]
        # The transport holds a rest: whatever went to the socket now would stand within a frame.
        for _ in range(3):
            world.tell()
            told += 1
        await quick.got(told, "message")
        slow.read_on()
        await slow.got(told, "message")
        async with asyncio.timeout(5):
            while behind[0] not in world.channel_of(behind[0]).active:
                await asyncio.sleep(0.001)
        world.tell()
        for reader in (slow, quick):
            await reader.got(told + 1, "message")
            ids = [frame.last_event_id for frame in reader.source.frames("message")]
            assert ids == [f"e1.{n}" for n in range(1, told + 2)]


class Idler:
    """A browser that takes nothing off its socket but when it is told to."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", port))
        self.socket.send(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        self.socket.setblocking(False)
        self.data = b""
        self.ended = False

    def read(self) -> None:
        """Take what is there, within this turn of the loop."""
        try:
            while piece := self.socket.recv(1 << 20):
                self.data += piece
            self.ended = True
        except BlockingIOError:
            pass

    async def read_until(self, done) -> None:
        async with asyncio.timeout(20):
            while not done():
                self.read()
                await asyncio.sleep(0.001)

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def source(self) -> EventSource:
        """What it has been told; raises where the body is not made of whole chunks."""
        source, rest = EventSource(), self.body
        while rest and rest != LAST_CHUNK:
            size = int(rest[: rest.index(b"\r\n")], 16)
            begin = rest.index(b"\r\n") + 2
            if len(rest) < begin + size + 2:
                break
            assert rest[begin + size : begin + size + 2] == b"\r\n"
            source.feed(rest[begin : begin + size])
            rest = rest[begin + size + 2 :]
        return source


async def idle_until_full(world) -> tuple[Idler, Client, int]:
    """Open a stream, and tell it events until its transport has bytes waiting."""
    idler = Idler(world.port)
    async with asyncio.timeout(5):
        while not (clients := world.hub.clients()):
            await asyncio.sleep(0.001)
        while clients[0] not in world.channel_of(clients[0]).active:
            await asyncio.sleep(0.001)
    told = 0
    while not clients[0].sink._transport.get_write_buffer_size():
        world.tell(status="x" * 20_000)
        told += 1
        await asyncio.sleep(0.001)
    return idler, clients[0], told


async def test_a_lost_connection_has_no_socket() -> None:
    async with served("detach") as world:
        reader = await world.get()
        await reader.got(1, "sync")
        (client,) = world.hub.clients()
        assert client.sink.socket is not None
        await reader.close()
        async with asyncio.timeout(5):
            while world.metrics.subscribers_active:
                await asyncio.sleep(0.001)
        assert client.sink.socket is None
        assert world.idle


@pytest.mark.parametrize("path", ["detach", "detach, one by one"])
async def test_no_event_overtakes_what_waits_in_the_transport(path: str) -> None:
    async with served(path, refill=10**9) as world:
        idler, _, told = await idle_until_full(world)
        with idler.socket:
            idler.read()  # the socket has room now, and the transport does not know it yet
            world.tell()
            await idler.read_until(lambda: len(idler.source.frames("message")) > told)
            ids = [frame.last_event_id for frame in idler.source.frames("message")]
            assert ids == [f"e1.{n}" for n in range(1, told + 2)]


@pytest.mark.parametrize("path", ["detach", "detach, one by one"])
async def test_a_body_that_was_ended_while_full_stays_ended(path: str) -> None:
    async with served(path, refill=10**9) as world:
        idler, client, _ = await idle_until_full(world)
        with idler.socket:
            idler.socket.send(b"?")
            async with asyncio.timeout(5):
                while not client.sink._transport.is_closing():
                    await asyncio.sleep(0.001)
            world.tell()
            await idler.read_until(lambda: idler.ended)
            assert idler.body.endswith(b"\r\n" + LAST_CHUNK)
            assert idler.body.count(LAST_CHUNK) == 1
            assert idler.source.frames("message")
            assert world.metrics.subscribers_active == 0


@pytest.mark.parametrize("path", ["detach", "detach, one by one"])
async def test_nothing_is_written_behind_the_end_of_a_body(path: str) -> None:
    async with served(path) as world:
        reader, other = await world.get(), await world.get()
        await reader.got(1, "sync")
        await other.got(1, "sync")
        reader.send(b"?")
        async with asyncio.timeout(5):
            while not any(client.paused for client in world.hub.clients()):
                world.tell()
                await asyncio.sleep(0)
        world.tell()
        await reader.end()
        assert reader.complete
