"""Operators change what a team may do; the team hears of it and feels it at once."""

import pytest

from backbone.database.tables import outbox, teams
from tests.service.world import World


async def operator(world: World) -> str:
    await world.team(1)
    return await world.member(1, operator=True)


async def test_a_change_and_its_event_are_one(world: World) -> None:
    async with world.client(await operator(world)) as http:
        answer = await http.patch("/api/v1/teams/7/status", json={"status": "SUSPENDED"})
    assert answer.status_code == 200
    assert answer.json() == {"id": 7, "name": "Team 7", "status": "SUSPENDED"}
    (event,) = await world.log(7)
    assert event["type"] == "team_status_changed"
    assert event["status"] == "SUSPENDED"
    assert event["user_id"] == 101
    assert await world.outgoing() == ["team.7.user.101.auth.team_status_changed"]


async def test_the_same_status_again_tells_nothing(world: World) -> None:
    async with world.client(await operator(world)) as http:
        answer = await http.patch("/api/v1/teams/7/status", json={"status": "ACTIVE"})
    assert answer.status_code == 200
    assert answer.json()["status"] == "ACTIVE"
    assert await world.rows(outbox) == []


async def test_the_team_feels_it_with_its_next_request(world: World) -> None:
    async with (
        world.client(await operator(world)) as boss,
        world.client(await world.member(7)) as http,
    ):
        order = {"shortdomain": "shop-42"}
        assert (await http.get("/api/v1/auth/me")).json()["team"]["status"] == "ACTIVE"
        await boss.patch("/api/v1/teams/7/status", json={"status": "PAST_DUE"})
        assert (await http.get("/api/v1/auth/me")).json()["team"]["status"] == "PAST_DUE"
        refused = await http.post("/api/v1/environments", json=order)
        assert refused.json()["code"] == "team_inactive"
        await boss.patch("/api/v1/teams/7/status", json={"status": "ACTIVE"})
        assert (await http.post("/api/v1/environments", json=order)).status_code == 202


async def test_only_operators_may(world: World) -> None:
    async with world.client(await world.member(7, ["teams:manage", "jobs:read"])) as http:
        answer = await http.patch("/api/v1/teams/7/status", json={"status": "SUSPENDED"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "permission_missing"
    assert {row["status"] for row in await world.rows(teams)} <= {"ACTIVE"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/v1/teams/999/status", {"status": "ACTIVE"}, 404),
        ("/api/v1/teams/7/status", {"status": "active"}, 422),
        ("/api/v1/teams/7/status", {}, 422),
        ("/api/v1/teams/7/status", {"status": "ACTIVE", "name": "x"}, 422),
    ],
)
async def test_what_is_refused_changes_nothing(
    world: World, path: str, body: dict[str, str], status: int
) -> None:
    async with world.client(await operator(world)) as http:
        answer = await http.patch(path, json=body)
    assert answer.status_code == status
    assert await world.rows(outbox) == []
