"""The load generator must notice what a server does wrong, however the bytes are cut."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fanout.compiler import NoCompilerError, compile_program
from benchmarks.fanout.load import Load, LoadError
from benchmarks.fanout.workload import Event, line, make_events, write_events

pytestmark = pytest.mark.enable_socket

Tell = Callable[[int, str, str], list[bytes]]
"""Sequence, event id and JSON of an event to the pieces of body that a client is sent."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return compile_program("sse_load", tmp_path_factory.mktemp("sse_load"))
    except NoCompilerError as error:
        pytest.skip(str(error))


def frame(event_id: str, text: str) -> bytes:
    return f"id: {event_id}\nevent: message\ndata: {text}\n\n".encode()


def chunked(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def faithful(sequence: int, event_id: str, text: str) -> list[bytes]:
    return [chunked(frame(event_id, text))]


@asynccontextmanager
async def server(tell: Tell, *, chunks: bool = True) -> AsyncIterator[tuple[int, int]]:
    clients: list[asyncio.StreamWriter] = []
    heads: list[bytes] = []

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        coding = b"Transfer-Encoding: chunked\r\n" if chunks else b""
        writer.write(b"HTTP/1.1 200 OK\r\n" + coding + b"\r\n")
        clients.append(writer)
        await reader.read()
        writer.close()

    async def feed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sequence = 0
        while data := await reader.readline():
            sequence += 1
            _, _, event_id, text = data.decode().rstrip("\n").split(" ", 3)
            for piece in tell(sequence, event_id, text):
                for client in clients:
                    client.write(piece)
                    await client.drain()
                # Pieces shall arrive one by one.
                await asyncio.sleep(0)
        writer.close()

    async with (
        await asyncio.start_server(stream, "127.0.0.1", 0) as streams,
        await asyncio.start_server(feed, "127.0.0.1", 0) as feeds,
    ):
        yield streams.sockets[0].getsockname()[1], feeds.sockets[0].getsockname()[1]


async def run(
    program: Path, directory: Path, tell: Tell, events: list[Event], *, chunks: bool = True
) -> dict[str, Any]:
    load = Load(program, None, directory)
    path = directory / "events"
    write_events(path, events, lambda event: line(event, f"log.{event.sequence}"))
    async with server(tell, chunks=chunks) as (port, feed_port):
        arguments: list[object] = ["--port", port, "--clients", 3, "--feed-port", feed_port]
        arguments += ["--requests", load.requests(["/events?team_id=1\tAuthorization: Bearer x"])]
        arguments += ["--events", path, "--window", 4, "--drain-seconds", 0.3, "--seconds", 1]
        arguments += ["--process", os.getpid()]
        reports = await asyncio.to_thread(load.run, arguments, at={}, limit=30)
    done: dict[str, Any] = reports["done"]
    return done


async def test_a_faithful_server_has_no_faults(program: Path, tmp_path: Path) -> None:
    done = await run(program, tmp_path, faithful, make_events(1, 20))
    assert done["deliveries"] == 60
    assert done["completed"] == done["published"] == 20
    faults = ("missing", "holes", "repeated", "id_errors", "refused", "dropped")
    assert not any(done[fault] for fault in faults)
    assert 0 < done["p50_ms"] <= done["p99_ms"] <= done["max_ms"]


async def test_bytes_may_be_cut_anywhere(program: Path, tmp_path: Path) -> None:
    def tell(sequence: int, event_id: str, text: str) -> list[bytes]:
        data = frame(event_id, text)
        # Two chunks for one frame, and every byte of the stream by itself. The comment comes first:
        # the run ends with the last event, and what follows it may not be read any more.
        stream = chunked(b": heartbeat\r\n\r\n" + data[:7]) + chunked(data[7:])
        return [stream[at : at + 1] for at in range(len(stream))]

    done = await run(program, tmp_path, tell, make_events(1, 3))
    assert done["deliveries"] == 9
    assert done["comments"] == 9
    assert not done["holes"]


async def test_a_plain_body_is_read_too(program: Path, tmp_path: Path) -> None:
    def tell(sequence: int, event_id: str, text: str) -> list[bytes]:
        return [frame(event_id, text)]

    done = await run(program, tmp_path, tell, make_events(1, 5), chunks=False)
    assert done["deliveries"] == 15


async def test_a_lost_event_is_missed(program: Path, tmp_path: Path) -> None:
    def tell(sequence: int, event_id: str, text: str) -> list[bytes]:
        return [] if sequence == 3 else faithful(sequence, event_id, text)

    done = await run(program, tmp_path, tell, make_events(1, 6))
    assert done["missing"] == 3
    assert done["holes"] == 3
    assert done["id_errors"] == 3
    assert done["completed"] == 5


async def test_a_repeated_event_is_noticed(program: Path, tmp_path: Path) -> None:
    def tell(sequence: int, event_id: str, text: str) -> list[bytes]:
        return faithful(sequence, event_id, text) * (2 if sequence == 2 else 1)

    done = await run(program, tmp_path, tell, make_events(1, 6))
    assert done["repeated"] == 3
    assert done["deliveries"] == 18


async def test_a_wrong_position_is_noticed(program: Path, tmp_path: Path) -> None:
    def tell(sequence: int, event_id: str, text: str) -> list[bytes]:
        return faithful(sequence, "log.9" if sequence == 4 else event_id, text)

    done = await run(program, tmp_path, tell, make_events(1, 6))
    assert done["id_errors"] == 6
    assert not done["missing"]


async def test_lagged_stands_for_what_was_left_out(program: Path, tmp_path: Path) -> None:
    def tell(sequence: int, event_id: str, text: str) -> list[bytes]:
        if sequence in {3, 4}:
            return []
        if sequence == 5:
            lagged = b'event: lagged\ndata: {"from":"log.2","to":"log.5","snapshot":{}}\n\n'
            return [chunked(lagged)]
        return faithful(sequence, event_id, text)

    done = await run(program, tmp_path, tell, make_events(1, 6))
    assert done["lagged"] == 3
    assert not done["holes"]
    assert not done["id_errors"]


async def test_a_generator_that_cannot_begin_says_why(program: Path, tmp_path: Path) -> None:
    load = Load(program, None, tmp_path)
    with pytest.raises(LoadError, match="--clients"):
        await asyncio.to_thread(load.run, ["--port", 1], at={}, limit=5)
