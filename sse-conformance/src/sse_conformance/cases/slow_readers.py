"""A client that reads nothing for a while: what it loses, and whether it is informed."""

import time

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.clauses import CLAIM
from sse_conformance.errors import CaseFailed
from sse_conformance.stream import Stream

AGAIN = 1.0
MUCH = 6 * 1024 * 1024
"""More bytes than the kernel's socket buffers hold."""


def _stall(bench: Bench) -> Stream:
    """Let a client read nothing while much is published."""
    stream = bench.listen(receive_buffer=4096)
    bench.exchange(stream)
    stream.stalled = True
    size = min(16_384, bench.target.max_text - 40)
    witness = bench.listen()
    bench.expect(
        witness, bench.publish_many([f"{bench.text()} {'x' * size}" for _ in range(MUCH // size)])
    )
    return stream


def _wake(bench: Bench, stream: Stream) -> list[str]:
    """Read on, reconnect as a browser does when the stream ends, and return all texts received.

    What was published before an event that reports a loss may be covered by that event; so texts
    are published until one comes.
    """
    stream.stalled = False
    got: list[str] = []
    end = time.monotonic() + bench.wait_seconds
    while time.monotonic() < end:
        last = bench.publish()[0]
        bench.fulfilled(lambda: last in stream.texts or bool(stream.ended), AGAIN)
        if last in stream.texts:
            return got + stream.texts
        if stream.ended:
            got += stream.texts
            if not bench.claims.resume_header or not stream.cursor:
                return got
            stream = bench.open(last_event_id=stream.cursor)
    raise CaseFailed("a client that reads again receives nothing new")


def _told(bench: Bench, policy: str) -> bool:
    return any(
        stream.named(name) is not None
        for stream in bench.streams
        for name in (bench.claims.lagged, bench.claims.reset)
        if name
    ) or (policy == "closed" and any(stream.ended for stream in bench.streams))


@case("slow_reader.no-silent-hole", CLAIM)
def no_silent_hole(bench: Bench) -> None:
    """What a stalled client did not receive is sent later or reported as lost, as claimed."""
    stream = _stall(bench)
    got = _wake(bench, stream)
    wanted = bench.owed(stream)
    missing = set(wanted) - set(got)
    policy = bench.claims.slow_reader
    if missing and (policy == "kept" or not _told(bench, policy)):
        raise CaseFailed(
            f"{len(missing)} of {len(wanted)} events are missing; {policy!r} is claimed"
        )


@case("slow_reader.in-order", CLAIM)
def in_order(bench: Bench) -> None:
    """What it receives in the end is in order, and nothing twice."""
    stream = _stall(bench)
    got = _wake(bench, stream)
    wanted = bench.owed(stream)
    places = {text: place for place, text in enumerate(wanted)}
    came = [places[text] for text in got if text in places]
    bench.need(len(came) == len(got), "texts that nobody published")
    bench.need(came == sorted(set(came)), "doubled, or out of order")


@case("slow_reader.whole-events", CLAIM)
def whole_events(bench: Bench) -> None:
    """It receives whole events, however often its buffers were full."""
    stream = _stall(bench)
    _wake(bench, stream)
    bench.no_faults(*bench.streams)


@case("slow_reader.hears-again", CLAIM)
def hears_again(bench: Bench) -> None:
    """Once it reads again, or has reconnected, it receives new events."""
    stream = _stall(bench)
    _wake(bench, stream)
    current = bench.streams[-1] if stream.ended else stream
    if current.ended:
        current = bench.open(last_event_id=current.cursor)
    bench.join([current])
    bench.exchange(current, bench.text())
