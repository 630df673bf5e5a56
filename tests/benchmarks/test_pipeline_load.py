import asyncio
import json
from contextlib import suppress

import pytest

from backbone.secret_keys import load_cipher
from backbone.settings import load_settings
from benchmarks.pipeline import open_loop
from benchmarks.pipeline.connection import LoadError
from benchmarks.pipeline.listener import listening
from benchmarks.pipeline.orders import Address, Session, job_of, order, post
from benchmarks.pipeline.rounds import percentile
from benchmarks.pipeline.stacks import SharedServices

pytestmark = pytest.mark.enable_socket

SESSIONS = [Session(1, "one"), Session(2, "two")]


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


class Server:
    """Answers each order with the next job; counts tokens and names."""

    def __init__(self, status: str = "202 Accepted") -> None:
        self.status = status
        self.tokens: list[str] = []
        self.names: list[str] = []
        self.connections = 0
        self.handlers: list[asyncio.Task] = []

    async def __aenter__(self) -> Address:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return Address(*self.server.sockets[0].getsockname()[:2])

    async def __aexit__(self, *_) -> None:
        self.server.close()
        await asyncio.gather(*self.handlers)

    async def serve(self, reader, writer) -> None:
        self.connections += 1
        self.handlers.append(asyncio.current_task())
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:-2])
                body = json.loads(await reader.readexactly(int(headers["Content-Length"])))
                self.tokens.append(headers["Authorization"])
                self.names.append(body["shortdomain"])
                answer = json.dumps({"job_id": len(self.names)}).encode()
                writer.write(f"HTTP/1.1 {self.status}\r\nX-A: b\r\n".encode())
                await writer.drain()
                writer.write(f"content-length: {len(answer)}\r\n\r\n".encode() + answer[:3])
                await writer.drain()
                writer.write(answer[3:])
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        await closed(writer)


async def test_every_order_has_a_name_of_its_own_and_teams_take_turns():
    server = Server()
    async with server as address:
        posted = await post(address, SESSIONS, concurrency=4, count=20)
    assert sorted(posted.job_ids) == list(range(1, 21))
    assert len(posted.latencies) == 20
    assert len(set(server.names)) == 20
    assert set(server.tokens) == {"Bearer one", "Bearer two"}
    assert server.connections == 4, "connections are kept"


STALL_SECONDS = 0.1


async def test_at_a_fixed_rate_a_stall_counts_for_every_order_that_was_due(monkeypatch):
    """A closed loop would tell of one late order, as it sends nothing meanwhile."""
    monkeypatch.setattr(open_loop, "CONNECTIONS", 1)

    class Stalling(Server):
        async def serve(self, reader, writer) -> None:
            await asyncio.sleep(STALL_SECONDS)
            await super().serve(reader, writer)

    async with Stalling() as address:
        posted = await open_loop.post_at(address, SESSIONS, rate=1000, seconds=0.005)
    assert posted.job_ids == [1, 2, 3, 4, 5]
    assert min(posted.latencies) > STALL_SECONDS / 2, "the last one was due 4 ms after the first"


async def test_a_refusal_ends_the_measurement():
    async with Server("503 Service Unavailable") as address:
        with pytest.raises(LoadError, match="503"):
            await post(address, SESSIONS, concurrency=2, count=3)


def test_only_a_202_names_a_job():
    assert job_of(202, b'{"job_id": 7}') == 7
    with pytest.raises(LoadError, match="429"):
        job_of(429, b"{}")


def test_an_order_tells_the_length_of_its_body():
    head, _, body = order(Address("h", 1), SESSIONS[0]).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head


@pytest.mark.parametrize("chunked", [True, False])
async def test_the_listener_notes_frames_however_they_are_cut(chunked):
    frames = [
        b": hello\n\n",
        b'event: message\ndata: {"job_id": 1, "status": "queued"}\n\n',
        b'event: sync\ndata: {"status": "fresh"}\n\n',
        b'event: message\ndata: {"job_id": 1, "status": "completed"}\n\n',
    ]

    async def serve(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for frame in frames:
            sent = b"%x\r\n%b\r\n" % (len(frame), frame) if chunked else frame
            writer.write(sent[:9])
            await writer.drain()
            writer.write(sent[9:])
            await writer.drain()
        await reader.read()
        await closed(writer)
        done.set()

    done = asyncio.Event()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        address = Address(*server.sockets[0].getsockname()[:2])
        async with listening(address, SESSIONS[0]) as listener:
            queued = await listener.when(1, "queued")
            assert await listener.when(1, "completed") >= queued
        await done.wait()


def test_a_percentile_is_one_of_the_values():
    assert percentile([5, 1, 4, 2, 3], 0.99) == 5
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3


def test_a_stack_s_processes_find_all_that_they_need_in_its_environment(tmp_path):
    place = SharedServices(tmp_path, "http://127.0.0.1:1", "key")
    urls = {"DATABASE_URL": "postgresql://u@h/d", "RABBITMQ_URL": "amqp://h"}
    load_cipher(load_settings(place.environment("slipway", **urls)))
    assert not list(tmp_path.iterdir()), "the key must come from the environment, not from a file"
