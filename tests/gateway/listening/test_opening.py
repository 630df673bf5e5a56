"""How a stream begins, decided by what the browser came with and what the log has."""

import pytest

from backbone.errors import NotFound
from gateway.listening.client import Gap
from gateway.listening.opening import Opening, decide
from tests.gateway.world import World, virtual


async def decided(world: World, came: str | None, job_id: int | None = None) -> Opening | None:
    team = await world.hub.enter(7)
    try:
        return await decide(world.hub, team, job_id, came)
    finally:
        world.hub.leave(team)


def written(count: int = 5, **last: object) -> World:
    world = World()
    for _ in range(count - 1):
        world.log.append(7)
    world.log.append(7, **last)
    return world


@virtual
async def test_without_a_cursor_it_begins_at_the_log_s_end() -> None:
    assert await decided(written(), None) == Opening("fresh", "e1")


@virtual
async def test_behind_a_cursor_of_the_log_it_resumes_there() -> None:
    for position in (0, 3, 5):
        came = f"e1.{position}"
        assert await decided(written(), came) == Opening("resumed", "e1", came, position)


@virtual
async def test_a_cursor_that_can_t_be_resumed_is_told_why() -> None:
    world = written()
    world.log.trim(7, 2)
    for came, reason, kept in (
        ("nonsense", "malformed", None),
        ("e0.3", "unknown_epoch", "e0.3"),
        ("e1.6", "future", "e1.6"),
        ("e1.1", "trimmed", "e1.1"),
    ):
        assert await decided(world, came) == Opening("reset", "e1", kept, None, Gap(reason)), came
    assert (await decided(world, "e1.2")) == Opening("resumed", "e1", "e1.2", 2), "just kept"


@virtual
async def test_a_job_of_another_team_is_none() -> None:
    with pytest.raises(NotFound):
        await decided(written(), None, job_id=100)


@virtual
async def test_a_job_that_is_over_is_told_once_more_and_then_no_more() -> None:
    world = written(5, status="completed")
    assert await decided(world, None, job_id=1) == Opening("fresh", "e1", None, 4)
    assert await decided(world, "e1.4", job_id=1) == Opening("resumed", "e1", "e1.4", 4)
    assert await decided(world, "e1.5", job_id=1) is None, "its end was delivered"
    world.log.append(7, job_id=2)
    world.log.trim(7, 5)
    assert await decided(world, None, job_id=1) == Opening(
        "reset", "e1", None, None, Gap("trimmed")
    )
