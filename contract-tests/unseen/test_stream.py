"""Frames that the session's stacks have no cause to send, from a gateway in memory, held against the contract."""

import asyncio

import pytest

from backbone.authorization import Cause, Grant
from gateway.outgoing.frame import unchunk
from tests.gateway.event_source import EventSource
from tests.gateway.world import World, turns, virtual
from traffic.book import Answer, Book

STREAM = "specs/schemas/stream.yaml#/$defs"


async def lagged():
    """A reader falls further behind than is read again for it."""
    world = World(queue_size=10, refill=100)
    sink = await world.listen()
    sink.stall(capacity=0)
    for _ in range(200):
        world.tell()
        await turns(2)
    sink.go_on()
    await turns()
    return _text(sink)


async def trimmed():
    """A reader comes back with a position whose followers are gone."""
    world = World()
    for _ in range(5):
        world.log.append(7)
    world.log.trim(7, 2)
    return _text(await world.listen(_back("e1.1")))


async def max_age():
    """A stream gets as old as streams may get."""
    world = World(max_age=5)
    sink = await world.listen()
    for _ in range(5):
        await asyncio.sleep(1)
        world.hub.tick()
    return _text(sink)


async def overloaded():
    """A reader comes back to a gateway that has as many streams as it may have."""
    world = World(streams=1)
    await world.listen()
    _, _, body = await world.respond(_back("e1.0"))
    return body


async def shutdown():
    """A reader comes back to a gateway that is about to end."""
    world = World()
    await world.hub.drain_all(1.0)
    _, _, body = await world.respond(_back("e1.0"))
    return body


async def withdrawn():
    """Access ends for every reason, one after the other."""
    said = b""
    for cause in Cause:
        world = World()
        sink = await world.listen()
        world.hub.withdraw(Grant("s", 7), cause)
        said += _text(sink)
    return said


@pytest.mark.parametrize(
    ("said", "things"),
    [
        (lagged, {"frame lagged", *(f"property {STREAM}/Lagged/properties/{name}" for name in ("from", "to", "snapshot"))}),
        (trimmed, {f"keyword {STREAM}/ResetReason/enum/trimmed"}),
        (max_age, {f"keyword {STREAM}/DrainReason/enum/max_age", f"absent {STREAM}/Drain/properties/cause"}),
        (withdrawn, {f"keyword {STREAM}/WithdrawalCause/enum/{cause.value}" for cause in Cause}),
        (overloaded, {f"keyword {STREAM}/DrainReason/enum/overloaded"}),
        (shutdown, {f"keyword {STREAM}/DrainReason/enum/shutdown"}),
    ],
)  # fmt: skip
def test_what_a_stream_seldom_says(said, things, seen):
    text = virtual(said)()
    answer = Answer(
        "GET", "/api/v1/events", b"", 200, {"content-type": "text/event-stream"}, _controls(text),
        authorized=True,
    )  # fmt: skip
    assert things <= seen(Book([answer]))


def _back(position):
    source = EventSource()
    source.last_event_id = position
    return source


def _text(sink):
    return b"".join(unchunk(chunk) for chunk in sink.chunks)


def _controls(text):
    """Without the events: those of the log in memory are shorter than the contract's."""
    blocks = text.split(b"\n\n")
    return b"\n\n".join(block for block in blocks if b"event: message" not in block)
