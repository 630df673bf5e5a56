"""A team's place in the log: what is next, what was told, what means that the log is another."""

import asyncio

from gateway.history.log import Head
from gateway.outgoing.entry import JOB_STATUS, Entry
from tests.gateway.event_source import EventSource
from tests.gateway.world import World, turns, virtual


def ids(source: EventSource) -> list[str]:
    return [d.last_event_id for d in source.frames("message")]


@virtual
async def test_a_log_that_is_shorter_than_what_was_told_resets_every_stream() -> None:
    world = World()
    sources = [EventSource(), EventSource()]
    for source in sources:
        await world.listen(source)
    for _ in range(5):
        world.tell()
    world.log.lose(7, 3)
    team = world.hub.teams[7]
    world.hub.catch_up.observe(team, Head("e1", 3, 0), team.told.known())
    await turns()
    for source in sources:
        (reset,) = source.frames("reset")
        assert reset.json["reason"] == "future"
        assert reset.json["snapshot"]["last_event_id"] == "e1.3"
        assert source.last_event_id == "e1.3"  # nobody comes back with what was lost
    world.tell()
    await turns()
    assert ids(sources[0]) == ["e1.1", "e1.2", "e1.3", "e1.4", "e1.5", "e1.4"]


@virtual
async def test_a_head_that_was_read_before_an_event_was_told_means_nothing() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    world.tell()
    team = world.hub.teams[7]
    before = team.told.known()
    world.tell()
    assert not world.hub.catch_up.observe(team, Head("e1", 1, 0), before)
    await turns()
    assert source.frames("reset") == []


@virtual
async def test_a_log_that_has_another_event_under_a_told_number_went_back() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    for _ in range(3):
        world.tell()
    world.log.lose(7, 2)
    world.tell()  # as long as what was told, before anybody compared
    await turns()
    (reset,) = source.frames("reset")
    assert reset.json["snapshot"]["last_event_id"] == "e1.3"
    world.tell()
    await turns()
    assert ids(source)[-1] == "e1.4"


@virtual
async def test_the_same_event_twice_does_not_mean_that_the_log_went_back() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    written = [world.tell() for _ in range(3)]
    for each in written:
        world.push(each)
    await turns()
    assert source.frames("reset") == []


@virtual
async def test_who_waits_for_a_position_that_was_lost_does_not_wait_for_ever() -> None:
    world = World()
    await world.listen()
    for _ in range(3):
        world.tell()
    team = world.hub.teams[7]
    world.log.lose(7, 1)
    async with asyncio.timeout(60):
        await world.hub.catch_up.reach(team, 5)
    assert team.position == 1


@virtual
async def test_a_pushed_event_that_the_log_knows_not_yet_is_waited_for() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    body = b'{"n":2}'
    world.offer(7, Entry(JOB_STATUS, body, "e1.2", "polling", 1))
    await asyncio.sleep(1)
    assert ids(source) == []
    world.log.append(7)
    await asyncio.sleep(3)
    assert ids(source) == ["e1.1", "e1.2"]
