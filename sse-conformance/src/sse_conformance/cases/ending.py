"""Streams that are over, and servers that stop. These cases come last: they end the server."""

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.cases.resume import history, positions
from sse_conformance.clauses import CLAIM, COMPLETE, NO_CONTENT, PROCESSING
from sse_conformance.stream import Stream

CLIENTS = 5


def _finished(bench: Bench) -> Stream:
    """Follow a stream to its end."""
    stream = bench.open(request=bench.target.ending())
    bench.target.finish()
    bench.wait(lambda: bool(stream.ended), "the end of a stream that is over")
    return stream


@case("end.is-told", CLAIM)
def told(bench: Bench) -> None:
    """The last event of a stream that is over is the claimed one, and comes once."""
    stream = _finished(bench)
    names = [event.name for event in stream.events]
    name = bench.claims.end
    bench.need(names.count(name) == 1 and names[-1] == name, f"events: {names}")


@case("end.is-whole", COMPLETE)
def whole(bench: Bench) -> None:
    """The body ends properly, not as a broken connection."""
    stream = _finished(bench)
    bench.need(stream.ended == "whole", "the connection broke")
    bench.need(not stream.parser.rest, f"after the last event came {stream.parser.rest[:100]!r}")


@case("end.no-content", NO_CONTENT, "resume_header")
def no_content(bench: Bench) -> None:
    """A reconnect after the end is answered by 204, and so stops."""
    request = bench.target.ending()
    stream = bench.open(request=request)
    bench.target.finish()
    bench.wait(lambda: bool(stream.ended), "the end of a stream that is over")
    answer = bench.request(request, last_event_id=stream.cursor)
    bench.need(answer.head.status == 204, f"status {answer.head.status}")  # noqa: PLR2004
    bench.need(not answer.body, f"204 with a body: {bytes(answer.body[:100])!r}")


@case("end.keeps-position", PROCESSING, "ids")
def keeps_position(bench: Bench) -> None:
    """The last event has no id of its own, or the position would name no published event."""
    stream = _finished(bench)
    event = stream.named(bench.claims.end)
    bench.need(event is not None, "the last event did not come")
    bench.need(
        event is not None and event.own_id is None, f"its id is {event.own_id if event else ''!r}"
    )


def _drained(bench: Bench, streams: list[Stream]) -> None:
    bench.target.terminate()
    bench.wait(
        lambda: all(stream.ended for stream in streams), "the end of all streams after SIGTERM"
    )


def _again(bench: Bench) -> None:
    bench.close()
    bench.target.stop()
    bench.target.start()


@case("drain.ends-whole", COMPLETE)
def ends_whole(bench: Bench) -> None:
    """After SIGTERM each stream ends properly."""
    streams = [bench.open() for _ in range(CLIENTS)]
    bench.join(streams)
    try:
        _drained(bench, streams)
        cut = [stream for stream in streams if stream.ended != "whole"]
        bench.need(not cut, f"{len(cut)} of {CLIENTS} streams were cut")
    finally:
        _again(bench)


@case("drain.exits", CLAIM)
def exits(bench: Bench) -> None:
    """After SIGTERM the process ends, although clients listen and some read nothing."""
    streams = [bench.open() for _ in range(CLIENTS)]
    bench.join(streams)
    streams[0].stalled = True
    try:
        bench.target.terminate()
        bench.wait(bench.target.exited, "the end of the process")
    finally:
        _again(bench)


@case("drain.whole-events", COMPLETE)
def whole_events(bench: Bench) -> None:
    """What was published before SIGTERM comes before the end, in whole events."""
    streams = [bench.open() for _ in range(CLIENTS)]
    bench.join(streams)
    texts = bench.publish(*(bench.text() for _ in range(20)))
    try:
        bench.wait(lambda: all(texts[0] in stream.texts for stream in streams), "the first event")
        _drained(bench, streams)
        for stream in streams:
            bench.need(not stream.parser.rest, f"half an event: {stream.parser.rest[:100]!r}")
            bench.need(stream.texts == texts[: len(stream.texts)], f"{stream.texts}")
            if not bench.claims.resume_header:
                bench.expect(stream, texts)
    finally:
        _again(bench)


@case("drain.nothing-lost", CLAIM, "durable", "resume_header")
def nothing_lost(bench: Bench) -> None:
    """A client that reconnects after SIGTERM has missed nothing."""
    stream, texts = history(bench, 3)
    positions(stream)
    texts += bench.publish(*(bench.text() for _ in range(20)))
    try:
        _drained(bench, [stream])
        got = list(stream.texts)
    finally:
        bench.target.stop()
        bench.target.start()
    again = bench.open(last_event_id=stream.cursor)
    texts += bench.publish()
    bench.wait(lambda: texts[-1] in again.texts, "what was published after the restart")
    got += again.texts
    bench.need(got == texts, f"{len(got)} of {len(texts)} events came, or another order")


@case("drain_event.comes-last", CLAIM, "drain")
def says_so(bench: Bench) -> None:
    """Before a stream ends because of SIGTERM, an event announces it, once, and nothing follows."""
    streams = [bench.open() for _ in range(CLIENTS)]
    bench.join(streams)
    try:
        _drained(bench, streams)
        name = bench.claims.drain_event
        for stream in streams:
            names = [event.name for event in stream.events]
            bench.need(
                names.count(name) == 1 and names[-1] == name, f"the last events: {names[-3:]}"
            )
    finally:
        _again(bench)


@case("drain_event.keeps-position", PROCESSING, "drain")
def drain_keeps_position(bench: Bench) -> None:
    """That event has no id."""
    stream = bench.listen()
    try:
        _drained(bench, [stream])
        event = stream.named(bench.claims.drain_event)
        bench.need(event is not None, "it did not come")
        bench.need(
            event is not None and event.own_id is None,
            f"its id is {event.own_id if event else ''!r}",
        )
    finally:
        _again(bench)
