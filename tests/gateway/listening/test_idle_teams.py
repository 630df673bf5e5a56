"""A team whose last stream has ended is kept for a while, and goes when that costs anything."""

import asyncio

from gateway.listening.idle_teams import IdleTeams
from tests.gateway.event_source import EventSource
from tests.gateway.world import World, turns, virtual


async def left(world: World, events: int = 3) -> EventSource:
    """A browser that heard of some events and has gone; its cursor is at the first."""
    source = EventSource()
    sink = await world.listen(source)
    for _ in range(events):
        world.tell()
        await turns()
    sink.lose()
    source.last_event_id = "e1.1"
    return source


def ids(source: EventSource) -> list[str]:
    return [frame.last_event_id for frame in source.frames("message")]


@virtual
async def test_who_comes_back_soon_is_resumed_without_a_reading() -> None:
    world = World()
    source = await left(world)
    reads = list(world.log.reads)
    world.tell()
    await world.listen(source)
    assert ids(source) == ["e1.1", "e1.2", "e1.3", "e1.2", "e1.3", "e1.4"]
    assert world.log.reads == reads
    assert world.metrics.refills["log"] == 0


@virtual
async def test_who_has_heard_of_it_all_and_who_wants_one_job_only_is_resumed_from_memory() -> None:
    world = World()
    await left(world)
    world.tell(job_id=2)
    world.tell(kind="concurrent_login_requested", user_id=9)
    of_user, of_job = EventSource(), EventSource()
    of_user.last_event_id = "e1.2"
    of_job.last_event_id = "e1.2"
    await world.listen(of_user)
    await world.listen(of_job, job_id=2)
    assert ids(of_user) == ["e1.3", "e1.4"], "not of another user"
    assert ids(of_job) == ["e1.4"]
    assert not [read for read in world.log.reads if read.startswith("page")]


@virtual
async def test_after_a_while_the_team_is_let_go() -> None:
    world = World(idle_team=10.0)
    await left(world)
    for _ in range(9):
        await asyncio.sleep(1)
        world.hub.tick()
    assert 7 in world.hub.teams
    await asyncio.sleep(1)
    world.hub.tick()
    assert world.hub.teams == {}
    assert world.hub._tails.size == 0


@virtual
async def test_a_team_that_has_a_stream_again_is_not_let_go() -> None:
    world = World(idle_team=10.0)
    source = await left(world)
    await asyncio.sleep(8)
    sink = await world.listen(source)
    await asyncio.sleep(8)
    world.hub.tick()
    assert 7 in world.hub.teams
    sink.lose()
    await asyncio.sleep(8)
    world.hub.tick()
    assert 7 in world.hub.teams, "its time begins anew"


@virtual
async def test_nothing_is_read_for_a_team_without_streams() -> None:
    """It is let go instead: who comes next reads the log."""
    world = World()
    await left(world)
    reads = list(world.log.reads)
    world.log.append(7)
    world.tell()  # the one before it was not pushed
    await turns()
    assert world.hub.teams == {}
    assert world.log.reads == reads
    source = EventSource()
    source.last_event_id = "e1.3"
    await world.listen(source)
    await turns()
    assert ids(source) == ["e1.4", "e1.5"]


@virtual
async def test_a_team_that_lags_behind_its_log_is_let_go_at_the_comparison() -> None:
    world = World()
    await left(world)
    team = world.hub.teams[7]
    known = team.told.known()
    heads = await world.log.heads([7])
    assert not world.hub.observe(team, heads[7], known)
    assert world.hub.teams == {7: team}
    world.log.append(7)
    heads = await world.log.heads([7])
    assert not world.hub.observe(team, heads[7], known), "nobody misses anything"
    assert world.hub.teams == {}


@virtual
async def test_what_was_trimmed_is_not_told_once_that_is_known() -> None:
    world = World()
    source = await left(world)
    world.log.trim(7, 2)
    team = world.hub.teams[7]
    world.hub.observe(team, (await world.log.heads([7]))[7], team.told.known())
    await world.listen(source)
    assert [frame.json["reason"] for frame in source.frames("reset")] == ["trimmed"]


@virtual
async def test_a_cursor_from_before_the_gateway_s_memory_fills_it_for_those_behind() -> None:
    world = World()
    for _ in range(9):
        world.log.append(7)
    await world.listen(EventSource())
    sources = [EventSource() for _ in range(5)]
    for source in sources:
        source.last_event_id = "e1.4"
        await world.listen(source)
    assert all(ids(source) == [f"e1.{n}" for n in range(5, 10)] for source in sources)
    assert world.log.reads == ["ends", "ends"], "the first stream's, and the first cursor's"


def test_there_are_not_too_many() -> None:
    idle = IdleTeams(10.0, most=2)
    first, second, third = object(), object(), object()
    assert idle.add(first, 1.0) == []  # type: ignore[arg-type]
    assert idle.add(second, 2.0) == []  # type: ignore[arg-type]
    assert idle.add(third, 3.0) == [first]  # type: ignore[arg-type]
    assert IdleTeams(0.0).add(first, 1.0) == [first]  # type: ignore[arg-type]
