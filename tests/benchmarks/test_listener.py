"""The listener against a server that keeps, or breaks, its promises: the verdict must tell which."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from benchmarks.chaos.listener import Listener
from benchmarks.chaos.verdict import judge

pytestmark = pytest.mark.enable_socket

LOG = [f"e.{number}" for number in range(1, 21)]
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def frame(event: str, data: object, event_id: str | None = None) -> bytes:
    lines = [f"event: {event}", f"data: {json.dumps(data)}"]
    if event_id is not None:
        lines.append(f"id: {event_id}")
    return ("\n".join(lines) + "\n\n").encode()


def chunk(text: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(text), text)


class Server:
    """Tells the log from behind the cursor; `spoil` may change what it tells, `cut_after` ends early."""

    def __init__(self, spoil=lambda ids: ids, cut_after: int = 100) -> None:
        self.spoil = spoil
        self.cut_after = cut_after
        self.cursors: list[str | None] = []
        self.statuses: list[int] = []

    async def answer(self, reader, writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        cursor = next(
            (line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("Last-E")),
            None,
        )
        self.cursors.append(cursor)
        if self.statuses and (status := self.statuses.pop(0)) != 200:
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
            return
        after = int((cursor or "e.0").partition(".")[2])
        writer.write(HEAD + chunk(frame("sync", {"status": "fresh", "to": f"e.{after}"})))
        due = self.spoil([e for e in LOG if int(e[2:]) > after])
        for event_id in due[: self.cut_after]:
            text = frame("message", {"of": event_id}, event_id)
            # In two pieces, in the middle of a line.
            writer.write(chunk(text[:9]) + chunk(text[9:]))
        if len(due) <= self.cut_after:
            writer.write(chunk(b": a comment\n\n" + frame("end", {})) + b"0\r\n\r\n")
        await writer.drain()


@asynccontextmanager
async def heard(server: Server, **options):
    async def serve(reader, writer) -> None:
        await server.answer(reader, writer)
        writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with running:
        listener = Listener(running.sockets[0].getsockname(), "token", silence_seconds=5, **options)
        async with asyncio.timeout(20):
            await listener.run()
        yield listener.account


async def test_hears_everything_through_many_connections():
    server = Server(cut_after=3)
    async with heard(server) as account:
        assert account.ids == LOG
        assert judge(account, LOG).holds
        assert server.cursors[:3] == [None, "e.3", "e.6"]
        assert account.connects == len(server.cursors)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda ids: [e for e in ids if e != "e.7"], "lost"),
        (lambda ids: [*ids[:4], *ids[3:]], "doubled"),
        (lambda ids: [*ids[:4], ids[5], ids[4], *ids[6:]], "reordered"),
        (lambda ids: [*ids, "e.99"], "doubled"),
    ],
)
async def test_a_defective_server_is_found_out(spoil, fault):
    async with heard(Server(spoil)) as account:
        verdict = judge(account, LOG)
        assert getattr(verdict, fault) == 1
        assert not verdict.holds


async def test_a_refusal_is_counted_and_204_is_an_end():
    server = Server()
    server.statuses = [503, 204]
    async with heard(server) as account:
        assert account.refused == {503: 1}
        assert account.ended
        assert judge(account, LOG).lost == len(LOG)


async def test_what_a_gap_frame_says_is_not_asked_for_again():
    class Lagging(Server):
        async def answer(self, reader, writer) -> None:
            if not self.cursors:
                await reader.readuntil(b"\r\n\r\n")
                self.cursors.append(None)
                told = frame("sync", {"to": "e.0"}) + frame("message", {}, "e.1")
                told += frame("lagged", {"from": "e.1", "to": "e.6", "snapshot": {}})
                writer.write(HEAD + chunk(told))
                return
            await super().answer(reader, writer)

    server = Lagging()
    async with heard(server) as account:
        assert server.cursors == [None, "e.6"]
        assert account.gaps == [(2, 6)]
        assert judge(account, LOG).holds
