"""Ids: what a browser keeps as its position."""

import re

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.clauses import CORS_SAFE, INTERPRETING, LAST_EVENT_ID, WPT_ID_CORS

UNSAFE = re.compile(r'[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]')
"""Fetch calls these CORS-unsafe: a browser asks by a preflight before it reconnects."""
LONGEST = 128


@case("ids.on-every-event", INTERPRETING)
def on_every_event(bench: Bench) -> None:
    """Every published event carries an id."""
    stream = bench.listen()
    bench.exchange(stream, *(bench.text() for _ in range(5)))
    without = [event.data[:60] for event in stream.own_events if not event.own_id]
    bench.need(not without, f"without an id: {without[:3]}")


@case("ids.distinct", INTERPRETING)
def distinct(bench: Bench) -> None:
    """No two events have one id."""
    stream = bench.listen()
    bench.exchange(stream, *(bench.text() for _ in range(50)))
    ids = [event.own_id for event in stream.own_events if event.own_id]
    bench.need(bool(ids), "no ids came")
    bench.need(len(set(ids)) == len(ids), f"{len(ids)} events have {len(set(ids))} ids")


@case("ids.same-for-all", LAST_EVENT_ID)
def same_for_all(bench: Bench) -> None:
    """Two clients see the same event under the same id."""
    streams = [bench.open(), bench.open()]
    bench.join(streams)
    texts = bench.publish(*(bench.text() for _ in range(5)))
    for stream in streams:
        bench.expect(stream, texts)
    one, other = ([event.own_id for event in stream.own_events] for stream in streams)
    bench.need(all(one), "no ids came")
    bench.need(one == other, f"one client saw {one[:2]}, another {other[:2]}")


@case("ids.safe-across-origins", CORS_SAFE)
def safe(bench: Bench) -> None:
    """Ids have no character that makes a browser's reconnection to another origin ask first."""
    stream = bench.listen()
    bench.exchange(stream)
    ids = [event.own_id for event in stream.own_events if event.own_id]
    bench.need(bool(ids), "no ids came")
    bad = [id_ for id_ in ids if UNSAFE.search(id_)]
    bench.need(not bad, f"ids such as {bad[:2]}")


@case("ids.short", WPT_ID_CORS)
def short(bench: Bench) -> None:
    """Ids have at most 128 bytes, beyond which a browser asks first."""
    stream = bench.listen()
    bench.exchange(stream)
    ids = [event.own_id for event in stream.own_events if event.own_id]
    bench.need(bool(ids), "no ids came")
    long = [id_ for id_ in ids if len(id_.encode()) > LONGEST]
    bench.need(not long, f"an id of {max((len(i) for i in long), default=0)} bytes")


@case("ids.no-nul", INTERPRETING)
def no_nul(bench: Bench) -> None:
    """No id holds NUL, or it would be ignored."""
    stream = bench.listen()
    bench.exchange(stream, *(bench.text() for _ in range(5)))
    bench.no_faults(stream)
