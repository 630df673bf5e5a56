"""Filters, order and search of the lists of jobs and environments, and that pages join."""

from typing import Any

import pytest

from backbone.database.tables import job_logs
from service import page
from tests.service.jobs.test_api import order, set_job
from tests.service.world import World

JOBS = "/api/v1/jobs"
ENVIRONMENTS = "/api/v1/environments"


async def ids(http: Any, path: str, **params: Any) -> list[int]:
    """Return the ids of all pages of two, and see that no page repeats or leaves out one."""
    found: list[int] = []
    cursor = None
    while True:
        query = {**params, "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = await http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        found += [item["id"] for item in told["items"]]
        cursor = told["next_cursor"]
        if cursor is None:
            assert len(found) == len(set(found))
            return found


@pytest.fixture(autouse=True, params=[page.SEARCHED, 2])
def _searched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages find all the same, however few rows each goes through."""
    monkeypatch.setattr(page, "SEARCHED", request.param)


@pytest.fixture
async def jobs(world: World) -> dict[str, int]:
    """Jobs of user 701 in every status, and one of user 702."""
    made = {}
    async with world.client(await world.member(7)) as http:
        for status in ("completed", "failed", "polling", "queued", "cancelled"):
            made[status] = await order(http, f"shop-{status}")
            ended = {"ended_at": world.clock()} if status[-2:] == "ed" else {}
            if status == "queued":
                ended = {}
            if status == "failed":
                ended["error_code"] = "quota_exceeded"
            if status == "cancelled":
                ended["cancel_requested_at"] = world.clock()
            await set_job(world, made[status], status=status, **ended)
    async with world.client(await world.member(7, user_id=702)) as http:
        made["other"] = await order(http, "blog")
    return made


async def test_jobs_are_filtered_by_status_kind_who_name_and_text(
    world: World, jobs: dict[str, int]
) -> None:
    everything = sorted(jobs.values(), reverse=True)
    async with world.client(await world.session(701, 7)) as http:
        assert await ids(http, JOBS) == everything
        assert await ids(http, JOBS, order="oldest") == everything[::-1]
        for status in ("completed", "failed", "polling", "cancelled"):
            assert await ids(http, JOBS, status=status) == [jobs[status]]
        assert await ids(http, JOBS, status=["failed", "queued"]) == sorted(
            (jobs["failed"], jobs["queued"], jobs["other"]), reverse=True
        )
        assert await ids(http, JOBS, status=["failed", "completed"], order="oldest") == [
            jobs["completed"],
            jobs["failed"],
        ]
        assert await ids(http, JOBS, user_id=702) == [jobs["other"]]
        assert await ids(http, JOBS, user_id=701) == [i for i in everything if i != jobs["other"]]
        assert await ids(http, JOBS, env_name="blog") == [jobs["other"]]
        assert await ids(http, JOBS, kind="environment.create") == everything
        assert await ids(http, JOBS, kind="environment.delete") == []
        assert await ids(http, JOBS, text="SHOP-f") == [jobs["failed"]]
        assert await ids(http, JOBS, text=str(jobs["polling"])) == [jobs["polling"]]
        for nothing in ("%", "_", "9" * 64, "\\", "\0", "nothing"):
            assert await ids(http, JOBS, text=nothing) == []
        assert await ids(http, JOBS, text="o", status="failed", user_id=701) == [jobs["failed"]]


async def test_lists_of_another_team_are_empty_under_every_filter(
    world: World, jobs: dict[str, int]
) -> None:
    await world.team(8)
    async with world.client(await world.member(8)) as http:
        for query in ({}, {"user_id": 701}, {"env_name": "blog"}, {"text": "o"}):
            assert await ids(http, JOBS, **query) == []
    assert jobs


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"status": "flying"}, "/query/status/0"),
        ({"order": "random"}, "/query/order"),
        ({"text": ""}, "/query/text"),
        ({"text": "x" * 65}, "/query/text"),
        ({"user_id": "-1"}, "/query/user_id"),
        ({"env_name": "X"}, "/query/env_name"),
    ],
)
async def test_a_filter_of_another_shape_is_refused_with_its_place(
    world: World, query: dict[str, str], pointer: str
) -> None:
    async with world.client(await world.member(7)) as http:
        answer = await http.get(JOBS, params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_environments_are_filtered_and_ordered(world: World) -> None:
    running = await world.environment(7, "zebra", display_name="Striped")
    deleting = await world.environment(7, "apple", status="deleting")
    deleted = await world.environment(7, "melon", status="deleted", deleted_at=world.clock())
    async with world.client(await world.member(7)) as http:
        assert await ids(http, ENVIRONMENTS) == [deleting, running]
        assert await ids(http, ENVIRONMENTS, order="oldest") == [running, deleting]
        assert await ids(http, ENVIRONMENTS, order="name") == [deleting, running]
        assert await ids(http, ENVIRONMENTS, status="deleted") == [deleted]
        every = ["running", "deleting", "deleted"]
        assert await ids(http, ENVIRONMENTS, status=every, order="name") == [
            deleting,
            deleted,
            running,
        ]
        assert await ids(http, ENVIRONMENTS, text="STRIPE") == [running]
        assert await ids(http, ENVIRONMENTS, text="e", status="running") == [running]
        assert await ids(http, ENVIRONMENTS, text=str(deleting)) == [deleting]


async def test_who_ordered_is_told_by_name(world: World, jobs: dict[str, int]) -> None:
    async with world.client(await world.session(701, 7)) as http:
        page = (await http.get(JOBS, params={"status": "failed"})).json()
        shown = (await http.get(f"{JOBS}/{jobs['other']}")).json()
    assert page["items"][0]["user_name"] == "User 701"
    assert shown["user_name"] == "User 702"
    assert {event["user_id"] for event in await world.log(7)} == {701, 702}
    assert {event["attempt"] for event in await world.log(7)} == {0}
    assert len(await world.rows(job_logs)) == len(jobs)
