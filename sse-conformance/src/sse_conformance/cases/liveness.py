"""Idle streams: heartbeat comments, and what a stream costs."""

import contextlib
import sys
from pathlib import Path

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.clauses import AUTHORING, CLAIM
from sse_conformance.errors import CaseSkipped
from sse_conformance.stream import Stream

IDLE = 200
PERIODS = 4
FLOOD = 500


def _wait_for_comments(bench: Bench, stream: Stream, count: int) -> None:
    """Wait for comments, some periods longer than claimed: late is allowed, missing is not."""
    had = sum(len(block.comments) for block in stream.parser.blocks)
    enough = max(bench.wait_seconds, PERIODS * bench.claims.heartbeat)
    bench.wait_seconds = enough
    bench.wait(
        lambda: sum(len(block.comments) for block in stream.parser.blocks) >= had + count,
        f"{count} comments on a silent stream",
    )


@case("heartbeat.comes", AUTHORING)
def comes(bench: Bench) -> None:
    """A silent stream gets comments, more than one."""
    stream = bench.listen()
    _wait_for_comments(bench, stream, 2)


@case("heartbeat.dispatches-nothing", AUTHORING)
def dispatches_nothing(bench: Bench) -> None:
    """A heartbeat is a comment, and dispatches no event."""
    stream = bench.listen()
    before = len(stream.events)
    _wait_for_comments(bench, stream, 2)
    new = [(event.name, event.data[:40]) for event in stream.events[before:]]
    bench.need(not new, f"with the comments came {new}")


@case("heartbeat.keeps-position", CLAIM)
def keeps_position(bench: Bench) -> None:
    """A heartbeat leaves the client's position alone."""
    stream = bench.listen()
    before, blocks = stream.cursor, len(stream.parser.blocks)
    _wait_for_comments(bench, stream, 2)
    touched = [block for block in stream.parser.blocks[blocks:] if block.own_id is not None]
    bench.need(not touched and stream.cursor == before, f"the position went to {stream.cursor!r}")


@case("heartbeat.then-events", AUTHORING)
def then_events(bench: Bench) -> None:
    """After silence, events come as before."""
    stream = bench.listen()
    _wait_for_comments(bench, stream, 1)
    bench.exchange(stream, bench.text(), bench.text())


def resident(pids: list[int]) -> int:
    """Give the processes' private memory in bytes."""
    total = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Private"):
                    total += int(line.split()[1]) * 1024
    return total


def _pids(bench: Bench) -> list[int]:
    pids = bench.target.pids()
    if not pids:
        raise CaseSkipped("the target does not name the server's processes")
    if sys.platform != "linux":
        raise CaseSkipped("memory is read from /proc, as Linux has it")
    return pids


def _open_many(bench: Bench) -> list[Stream]:
    streams = [bench.open() for _ in range(IDLE)]
    bench.join(streams)
    return streams


@case("memory_per_stream.idle", CLAIM)
def idle(bench: Bench) -> None:
    """An idle stream takes no more memory than claimed."""
    pids = _pids(bench)
    # The first streams allocate what all share.
    for stream in _open_many(bench):
        stream.close()
    bench.streams.clear()
    bench.listen()
    before = resident(pids)
    _open_many(bench)
    each = (resident(pids) - before) // IDLE
    limit = bench.claims.memory_per_stream
    bench.need(each <= limit, f"{each:,} bytes for each of {IDLE} streams; {limit:,} are claimed")


@case("memory_per_stream.given-back", CLAIM)
def given_back(bench: Bench) -> None:
    """Closed streams release their connections."""
    pids = _pids(bench)
    remaining = bench.listen()
    before = _descriptors(pids)
    for stream in _open_many(bench):
        stream.close()
        bench.streams.remove(stream)

    # Some servers notice only when they write.
    def back() -> bool:
        bench.publish()
        return _descriptors(pids) <= before + IDLE // 10

    bench.wait(back, f"the end of {IDLE} closed connections in the server")
    bench.need(not remaining.ended, "the stream that stayed was ended, too")


@case("memory_per_stream.bounded-for-stalled", CLAIM)
def bounded(bench: Bench) -> None:
    """The memory that a client which reads nothing costs the server is bounded."""
    pids = _pids(bench)
    lazy = bench.open(receive_buffer=4096)
    lazy.stalled = True
    stream = bench.listen()
    text = "x" * min(16_384, bench.target.max_text - 40)

    def flood() -> None:
        texts = [f"{bench.text()} {text}" for _ in range(FLOOD)]
        bench.publish_many(texts)
        bench.wait(lambda: texts[-1] in stream.texts, "the burst at a client that reads")

    flood()
    before = resident(pids)
    flood()
    grown, sent = resident(pids) - before, FLOOD * len(text)
    # What was published for all to resume over may grow; a copy per reader may not.
    allowed = max(bench.claims.memory_per_stream, sent) + 16_777_216
    bench.need(
        grown <= allowed,
        f"{grown:,} bytes more for {sent:,} bytes published and one stalled reader",
    )


def _descriptors(pids: list[int]) -> int:
    count = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, PermissionError):
            count += len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return count
