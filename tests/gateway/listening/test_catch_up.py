"""Reading what was not pushed: one reading of a team at a time, ever slower while it fails."""

import asyncio

from gateway.history.log import Head
from gateway.listening import catch_up
from tests.gateway.event_source import EventSource
from tests.gateway.world import World, turns, virtual


def pages(world: World) -> list[str]:
    return [read for read in world.log.reads if read.startswith("page")]


def ids(source: EventSource) -> list[str]:
    return [d.last_event_id for d in source.frames("message")]


@virtual
async def test_who_asks_while_a_reading_runs_gets_that_one() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    team = world.hub.teams[7]
    for _ in range(3):
        world.log.append(7)
    first = world.hub.catch_up.start(team)
    assert world.hub.catch_up.start(team) is first
    await first
    await turns()
    assert ids(source) == ["e1.1", "e1.2", "e1.3"]
    assert len(pages(world)) == 1
    assert world.hub.catch_up.start(team) is not first


@virtual
async def test_several_pages_are_read_to_the_end() -> None:
    world = World(page=2)
    source = EventSource()
    await world.listen(source)
    for _ in range(5):
        world.log.append(7)
    await world.hub.catch_up.start(world.hub.teams[7])
    await turns()
    assert ids(source) == [f"e1.{n}" for n in range(1, 6)]


@virtual
async def test_a_log_that_fails_is_asked_again_ever_slower() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    world.log.append(7)
    world.log.down = True
    clock = asyncio.get_running_loop().time
    began = clock()
    reading = world.hub.catch_up.start(world.hub.teams[7])
    while len(pages(world)) < 8:
        await asyncio.sleep(0.01)
    longest = catch_up.LONGEST_PAUSE
    assert clock() - began > 2 * longest, "the pauses doubled up to the longest"
    world.log.down = False
    await reading
    assert clock() - began < 8 * longest
    await turns()
    assert ids(source) == ["e1.1"]


@virtual
async def test_only_a_difference_is_read() -> None:
    world = World()
    await world.listen()
    world.tell()
    team = world.hub.teams[7]
    assert not world.hub.catch_up.observe(team, Head("e1", 1, 0), team.told.known())
    assert pages(world) == []
    world.log.append(7)
    assert world.hub.catch_up.observe(team, Head("e1", 2, 0), team.told.known())
    await turns()
    assert len(pages(world)) == 1


@virtual
async def test_reaching_a_position_waits_until_the_team_was_told() -> None:
    world = World()
    source = EventSource()
    await world.listen(source)
    for _ in range(2):
        world.log.append(7)
    await world.hub.catch_up.reach(world.hub.teams[7], 2)
    await turns()
    assert ids(source) == ["e1.1", "e1.2"]


@virtual
async def test_doubts_are_bundled() -> None:
    """Whoever sends unsigned events cannot make the gateway read for each of them."""
    world = World()
    await world.listen()
    team = world.hub.teams[7]
    clock = asyncio.get_running_loop().time
    began = clock()
    while clock() - began < 1.0:
        world.hub.catch_up.confirm(team)
        await asyncio.sleep(0.001)
    assert 2 <= len(pages(world)) <= 1.0 / catch_up.CONFIRM_PAUSE + 2


@virtual
async def test_nobody_is_read_for_who_has_left() -> None:
    world = World()
    sink = await world.listen()
    team = world.hub.teams[7]
    world.log.down = True
    reading = world.hub.catch_up.start(team)
    await turns()
    sink.lose()
    async with asyncio.timeout(10 * catch_up.LONGEST_PAUSE):
        await reading
    assert team.idle
