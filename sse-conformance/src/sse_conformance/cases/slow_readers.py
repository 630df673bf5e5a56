"""A reader that takes nothing for a while: what it loses, and whether it is told."""

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.clauses import CLAIM
from sse_conformance.errors import CaseFailed
from sse_conformance.stream import Stream

MUCH = 6 * 1024 * 1024
"""Bytes that no kernel's socket buffers hold."""


def _stall(bench: Bench) -> Stream:
    """Let a reader take nothing while much is published."""
    stream = bench.listen(receive_buffer=4096)
    bench.exchange(stream)
    stream.stalled = True
    size = min(16_384, bench.target.max_text - 40)
    witness = bench.listen()
    bench.expect(
        witness, bench.publish_many([f"{bench.text()} {'x' * size}" for _ in range(MUCH // size)])
    )
    return stream


def _wake(bench: Bench, stream: Stream, last: str) -> list[str]:
    """Read on, and come back as a browser does when the stream ends. Give all texts that came."""
    stream.stalled = False
    got: list[str] = []
    while True:
        bench.wait(lambda: last in stream.texts or bool(stream.ended), "the last event, or the end")
        got += stream.texts
        if last in got or not bench.claims.resume_header or not stream.cursor:
            return got
        stream = bench.open(last_event_id=stream.cursor)


def _told(bench: Bench, policy: str) -> bool:
    return any(
        stream.named(name) is not None
        for stream in bench.streams
        for name in (bench.claims.lagged, bench.claims.reset)
        if name
    ) or (policy == "closed" and any(stream.ended for stream in bench.streams))


@case("slow_reader.no-silent-hole", CLAIM)
def no_silent_hole(bench: Bench) -> None:
    """What a reader that stalled did not get is sent later, or it is told, as claimed."""
    stream = _stall(bench)
    last = bench.publish()[0]
    wanted = bench.owed(stream)
    got = _wake(bench, stream, last)
    missing = set(wanted) - set(got)
    policy = bench.claims.slow_reader
    if missing and (policy == "kept" or not _told(bench, policy)):
        raise CaseFailed(
            f"{len(missing)} of {len(wanted)} events are missing; {policy!r} is claimed"
        )


@case("slow_reader.in-order", CLAIM)
def in_order(bench: Bench) -> None:
    """What it gets in the end is in order, and nothing twice."""
    stream = _stall(bench)
    last = bench.publish()[0]
    wanted = bench.owed(stream)
    got = _wake(bench, stream, last)
    places = {text: place for place, text in enumerate(wanted)}
    came = [places[text] for text in got if text in places]
    bench.need(len(came) == len(got), "texts that nobody published")
    bench.need(came == sorted(set(came)), "doubled, or out of order")


@case("slow_reader.whole-events", CLAIM)
def whole_events(bench: Bench) -> None:
    """Its bytes are whole events, however often its buffers were full."""
    stream = _stall(bench)
    last = bench.publish()[0]
    _wake(bench, stream, last)
    bench.no_faults(*bench.streams)


@case("slow_reader.hears-again", CLAIM)
def hears_again(bench: Bench) -> None:
    """Once it reads, or has come back, it hears new events."""
    stream = _stall(bench)
    last = bench.publish()[0]
    _wake(bench, stream, last)
    current = bench.streams[-1] if stream.ended else stream
    if current.ended:
        current = bench.open(last_event_id=current.cursor)
    bench.join([current])
    bench.exchange(current, bench.text())
