"""What a job that has not ended is told to expect, over HTTP and rounded for people."""

from typing import Any

import pytest

from backbone.jobs.durations import FEWEST, Usual
from generated.models.job import UsualSeconds
from service.jobs.expectations import rounded
from tests.service.jobs.test_api import PATH, order, set_job
from tests.service.world import World


@pytest.mark.parametrize(
    ("usual", "said"),
    [
        ((0.2, 0.4), (0, 5)),
        ((12.3, 14.0), (10, 15)),
        ((41.0, 95.0), (40, 120)),
        ((125.0, 175.5), (120, 180)),
        ((310.0, 611.0), (300, 660)),
        ((2_000.0, 9_000.0), (1_800, 9_000)),
        # What is said already is not widened.
        ((120.0, 180.0), (120, 180)),
        # A clock that was set back, and one that was set far on.
        ((-3.0, -1.0), (0, 5)),
        ((1e9, 1e9), (604_800, 604_800)),
    ],
)
def test_durations_are_widened_to_what_people_say(
    usual: tuple[float, float], said: tuple[int, int]
) -> None:
    assert rounded(Usual(*usual)) == UsualSeconds(low=said[0], high=said[1])


async def test_a_job_at_work_tells_what_is_usual_once_enough_was_seen(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        await ended(world, http, FEWEST, seconds=130)
        job_id = await order(http, "shop-42")
        shown = (await http.get(f"{PATH}/{job_id}")).json()
        assert shown["usual_seconds"] == {"low": 120, "high": 150}
        page = (await http.get(PATH)).json()["items"]
        assert [job["id"] for job in page if "usual_seconds" in job] == [job_id]
        await set_job(world, job_id, status="failed", ended_at=world.clock())
        assert "usual_seconds" not in (await http.get(f"{PATH}/{job_id}")).json()


async def test_nothing_is_usual_of_what_was_seldom_seen(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        await ended(world, http, FEWEST - 1, seconds=130)
        job_id = await order(http, "shop-42")
        assert "usual_seconds" not in (await http.get(f"{PATH}/{job_id}")).json()


async def test_a_job_that_nobody_has_begun_tells_its_place(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        first, second = await order(http, "shop-1"), await order(http, "shop-2")
        page = (await http.get(PATH)).json()["items"]
        assert {job["id"]: job["queue"] for job in page} == {
            first: {"place": 1, "length": 2},
            second: {"place": 2, "length": 2},
        }
        await set_job(world, first, status="started", attempt=1)
        assert "queue" not in (await http.get(f"{PATH}/{first}")).json()
        # Between two attempts it has its time, and no place.
        await set_job(world, first, status="queued", attempt=1)
        assert "queue" not in (await http.get(f"{PATH}/{first}")).json()


async def test_other_teams_are_counted_and_not_shown(world: World) -> None:
    await world.team(8)
    async with world.client(await world.member(8)) as http:
        await order(http, "theirs")
    async with world.client(await world.member(7)) as http:
        job_id = await order(http, "ours")
        (shown,) = (await http.get(PATH)).json()["items"]
    assert shown["id"] == job_id
    assert shown["queue"] == {"place": 2, "length": 2}


async def ended(world: World, http: Any, count: int, *, seconds: float) -> None:
    """Let so many jobs have completed after so long."""
    now = world.clock()
    for number in range(count):
        job_id = await order(http, f"done-{number}")
        took = {"started_at": now, "ended_at": now + seconds}
        await set_job(world, job_id, status="completed", attempt=1, **took)
