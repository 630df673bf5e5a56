"""Positions that a server cannot resume from, and how far back it can."""

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.cases.resume import history, positions
from sse_conformance.clauses import CLAIM, LAST_EVENT_ID
from sse_conformance.errors import CaseFailed
from sse_conformance.stream import Stream

ODD = (
    "nonsense",
    "a b(c)",
    "-1",
    "0",
    "99999999999999999999999999",
    "größe",
    "%00",
    "../..",
    "x" * 2000,
)
REFUSED = range(400, 500)


def _told(bench: Bench, position: str) -> Stream:
    """Connect with a position that is not usable: the reset comes, and before it no event."""
    name = bench.claims.reset
    stream = bench.open(last_event_id=position)
    # What was published before the reset was made may be covered by it, and is not sent again.
    bench.join([stream])
    bench.need(
        stream.named(name) is not None,
        f"no {name} was sent; came: {[e.name for e in stream.events]}",
    )
    read = bench.target.read
    names = [e.name for e in stream.events if e.name == name or read(e.name, e.data) is not None]
    bench.need(names[0] == name, f"an event came before {name}")
    return stream


@case("resume_header.odd-positions", LAST_EVENT_ID)
def odd(bench: Bench) -> None:
    """Whatever Last-Event-ID contains, the server answers and keeps serving."""
    stream = bench.listen()
    for position in ODD:
        answer = bench.request(bench.target.stream(), last_event_id=position)
        status = answer.head.status
        if status not in {200, 204} and status not in REFUSED:
            raise CaseFailed(f"Last-Event-ID {position[:30]!r} was answered by {status}")
        answer.close()
    bench.exchange(stream, bench.text())


@case("resume_header.odd-position-hears-on", LAST_EVENT_ID)
def odd_hears_on(bench: Bench) -> None:
    """A client with a position of another server receives new events."""
    stream = bench.open(last_event_id="nonsense")
    bench.join([stream])
    bench.exchange(stream, bench.text())


@case("reset.unknown", CLAIM)
def unknown(bench: Bench) -> None:
    """A position that was never issued gets the reset."""
    stream, _ = history(bench, 2)
    _told(bench, bench.target.unknown_position(positions(stream)[0]))


@case("reset.future", CLAIM)
def future(bench: Bench) -> None:
    """A position after all others gets the reset."""
    stream, _ = history(bench, 2)
    _told(bench, bench.target.future_position(positions(stream)[0]))


@case("reset.malformed", CLAIM)
def malformed(bench: Bench) -> None:
    """A malformed position gets the reset."""
    for position in ("nonsense", "a b(c)", "999999999999999999999999999999"):
        _told(bench, position).close()


@case("reset.not-otherwise", CLAIM)
def not_otherwise(bench: Bench) -> None:
    """A valid position, and none at all, get no reset."""
    stream, texts = history(bench, 3)
    again = bench.open(last_event_id=positions(stream)[0])
    texts += bench.publish()
    bench.expect(again, texts[1:])
    for one in (stream, again):
        bench.need(one.named(bench.claims.reset) is None, "a reset without need")


@case("reset.goes-on", CLAIM)
def goes_on(bench: Bench) -> None:
    """After the reset, new events come, once and in order."""
    stream, _ = history(bench, 2)
    again = _told(bench, bench.target.unknown_position(positions(stream)[0]))
    seen = len(again.texts)
    new = bench.publish(*(bench.text() for _ in range(4)))
    bench.wait(lambda: new[-1] in again.texts, "what came after the reset")
    bench.need(again.texts[seen:] == new, f"{again.texts[seen:]} instead of {new}")


@case("snapshot.has-a-position", CLAIM, "reset")
def snapshot_position(bench: Bench) -> None:
    """The reset's snapshot has a position, from which exactly the newer events follow."""
    stream, _ = history(bench, 3)
    told = bench.open(last_event_id=bench.target.unknown_position(positions(stream)[0]))
    bench.wait(lambda: told.named(bench.claims.reset) is not None, "the reset")
    reset = told.named(bench.claims.reset)
    position = bench.target.snapshot_position(reset.data if reset else "")
    new = bench.publish(bench.text(), bench.text())
    again = bench.open(last_event_id=position)
    bench.expect(again, new)


@case("snapshot.joins-live", CLAIM, "reset")
def snapshot_joins(bench: Bench) -> None:
    """What follows the snapshot on the same stream is exactly what is newer than it."""
    stream, _ = history(bench, 3)
    told = bench.open(last_event_id=bench.target.unknown_position(positions(stream)[0]))
    bench.wait(lambda: told.named(bench.claims.reset) is not None, "the reset")
    new = bench.publish(bench.text(), bench.text())
    bench.expect(told, new)


@case("snapshot.position-is-newest", CLAIM, "reset")
def snapshot_newest(bench: Bench) -> None:
    """The snapshot's position is that of the newest event before it."""
    stream, _ = history(bench, 3)
    ids = positions(stream)
    told = bench.open(last_event_id=bench.target.unknown_position(ids[0]))
    bench.wait(lambda: told.named(bench.claims.reset) is not None, "the reset")
    reset = told.named(bench.claims.reset)
    position = bench.target.snapshot_position(reset.data if reset else "")
    bench.need(position == ids[-1], f"the newest event is {ids[-1]}, the snapshot says {position}")


@case("retention.within", CLAIM, "resume_header")
def within(bench: Bench) -> None:
    """As many events as are claimed can be resumed over."""
    stream, texts = history(bench, 1)
    position = positions(stream)[0]
    new = bench.publish(*(bench.text() for _ in range(bench.claims.retention)))
    bench.target.trim()
    again = bench.open(last_event_id=position)
    bench.expect(again, new)
    del texts


@case("retention.trimmed-is-told", CLAIM, "resume_header", "reset")
def trimmed(bench: Bench) -> None:
    """A position before what is kept gets the reset; the loss is not silent."""
    stream, _ = history(bench, 1)
    position = positions(stream)[0]
    bench.publish(*(bench.text() for _ in range(2 * bench.claims.retention + 5)))
    bench.target.trim()
    _told(bench, position)


@case("retention.edge", CLAIM, "resume_header")
def edge(bench: Bench) -> None:
    """After far more events than are kept, the newest can still be resumed over."""
    stream, _ = history(bench, 1)
    kept = bench.claims.retention
    texts = bench.publish(*(bench.text() for _ in range(2 * kept + 5)))
    bench.expect(stream, [*stream.texts[:1], *texts])
    bench.target.trim()
    ids = positions(stream)
    again = bench.open(last_event_id=ids[-kept])
    bench.expect(again, texts[-kept + 1 :] if kept > 1 else bench.publish())
