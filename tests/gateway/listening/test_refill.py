"""Bringing a stream up to date: from memory if it reaches back, else from the log, else told."""

import asyncio

from tests.gateway.event_source import EventSource
from tests.gateway.world import World, turns, virtual


def ids(source: EventSource) -> list[str]:
    return [d.last_event_id for d in source.frames("message")]


def pages(world: World) -> list[str]:
    return [read for read in world.log.reads if read.startswith("page")]


async def stalled(world: World, source: EventSource, events: int):
    """A stream that was up to date and then missed so many events."""
    sink = await world.listen(source)
    sink.stall(10)
    for _ in range(events + 1):  # the first fills it
        world.tell()
        await turns()
    return sink


@virtual
async def test_what_memory_has_is_not_read_from_the_log() -> None:
    world = World(queue_size=10)
    source = EventSource()
    sink = await stalled(world, source, 9)
    before = len(pages(world))
    sink.go_on()
    await turns()
    assert ids(source) == [f"e1.{n}" for n in range(1, 11)]
    assert len(pages(world)) == before


@virtual
async def test_what_memory_dropped_comes_from_the_log_page_by_page() -> None:
    world = World(queue_size=3, page=4)
    source = EventSource()
    sink = await stalled(world, source, 12)
    sink.go_on()
    await turns(200)
    world.tell()
    await turns()
    assert ids(source) == [f"e1.{n}" for n in range(1, 15)]
    assert len(pages(world)) >= 3


@virtual
async def test_who_lags_too_far_is_told_and_goes_on_behind_the_snapshot() -> None:
    world = World(queue_size=2, refill=5)
    source = EventSource()
    sink = await stalled(world, source, 10)
    sink.go_on()
    await turns(200)
    (lagged,) = source.frames("lagged")
    assert (lagged.json["from"], lagged.json["to"]) == ("e1.1", "e1.11")
    world.tell()
    await turns()
    assert ids(source) == ["e1.1", "e1.12"]
    assert world.metrics.lagged_total == 1


@virtual
async def test_a_new_stream_may_be_as_far_behind_as_history_goes() -> None:
    world = World(queue_size=2, refill=5)
    for _ in range(20):
        world.log.append(7)
    source = EventSource()
    source.last_event_id = "e1.0"
    await world.listen(source)
    await turns(200)
    assert ids(source) == [f"e1.{n}" for n in range(1, 21)]
    assert source.frames("lagged") == []


@virtual
async def test_a_log_begun_anew_while_a_stream_is_opened_resets_it() -> None:
    world = World()
    for _ in range(3):
        world.log.append(7)
    team = await world.hub.enter(7)

    async def restored() -> None:
        world.log.restore(7, 2, "e2")
        await world.hub.catch_up.start(team)

    source = EventSource()
    source.last_event_id = "e1.1"
    await world.respond(source, starting=restored)
    await turns()
    world.tell()
    await turns()
    (reset,) = source.frames("reset")
    assert reset.json["reason"] == "unknown_epoch"
    assert ids(source) == ["e2.3"]


@virtual
async def test_while_the_log_is_away_a_stream_waits_and_loses_nothing() -> None:
    world = World(queue_size=2)
    source = EventSource()
    sink = await stalled(world, source, 8)
    world.log.down = True
    sink.go_on()
    await asyncio.sleep(5)
    assert ids(source) == ["e1.1"]
    world.log.down = False
    await asyncio.sleep(5)
    assert ids(source) == [f"e1.{n}" for n in range(1, 10)]


@virtual
async def test_an_unexpected_error_cuts_the_stream_so_that_the_browser_comes_back() -> None:
    world = World(queue_size=2)
    source = EventSource()
    sink = await stalled(world, source, 8)

    async def broken(*_: object, **__: object) -> None:
        raise ValueError("not expected")

    world.hub.replay.page = broken  # type: ignore[method-assign, assignment]
    sink.go_on()
    await turns()
    assert sink.aborted


@virtual
async def test_a_stream_of_a_job_that_ended_while_it_was_behind_ends_with_it() -> None:
    world = World(queue_size=1)
    source = EventSource()
    sink = await world.listen(source, job_id=1)
    sink.stall(10)
    for status in ("polling", "polling", "polling", "completed"):
        world.tell(job_id=1, status=status)
        await turns()
    sink.go_on()
    await turns(200)
    assert ids(source) == [f"e1.{n}" for n in range(1, 5)]
    assert source.frames("end")[0].json == {"job_id": 1, "status": "completed"}
    assert sink.finished
