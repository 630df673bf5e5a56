"""The contract's operation: whose events, from where."""

from dataclasses import replace

import pytest

from backbone.errors import Overloaded, TeamForbidden, TeamInactive
from gateway.http.api import Events
from tests.gateway.event_source import EventSource
from tests.gateway.world import World, principal, turns, virtual


@virtual
async def test_the_header_wins_over_the_query_which_is_older() -> None:
    world = World()
    for _ in range(4):
        world.log.append(7)
    source = EventSource()
    source.last_event_id = "e1.3"
    await world.listen(source, query="e1.1")
    assert source.frames("sync")[0].json["from"] == "e1.3"
    assert [d.last_event_id for d in source.frames("message")] == ["e1.4"]


@virtual
async def test_a_position_in_the_query_alone_is_no_reconnect() -> None:
    world = World(streams=0)
    with pytest.raises(Overloaded):
        await world.respond(EventSource(), query="e1.1")


async def ask(world: World, who, team_id: int | None):
    return await Events(world.hub).stream_events(
        who, team_id=team_id, job_id=None, last_event_id=None, last_event_id_header=None
    )


@virtual
async def test_only_the_sessions_own_team_is_heard_and_only_while_it_may_listen() -> None:
    world = World()
    await ask(world, principal(), 7)
    with pytest.raises(TeamForbidden):
        await ask(world, principal(), 8)
    with pytest.raises(TeamInactive):
        await ask(world, replace(principal(), team_status="SUSPENDED"), 7)
    await turns()
