"""Jobs over HTTP: what a team sees of its own, and how it ends one early."""

from typing import Any

import pytest
from sqlalchemy import update

from backbone.database.engine import transaction
from backbone.database.tables import job_logs
from tests.service.world import World

PATH = "/api/v1/jobs"


async def order(http: Any, shortdomain: str) -> int:
    answer = await http.post("/api/v1/environments", json={"shortdomain": shortdomain})
    return int(answer.json()["job_id"])


async def set_job(world: World, job_id: int, **values: Any) -> None:
    async with transaction(world.engine) as conn:
        await conn.execute(update(job_logs).where(job_logs.c.id == job_id).values(**values))


async def test_a_job_is_shown_as_it_stands(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        job_id = await order(http, "shop-42")
        shown = (await http.get(f"{PATH}/{job_id}")).json()
    now = int(world.clock())
    assert shown == {
        "id": job_id,
        "team_id": 7,
        "user_id": 701,
        "kind": "environment.create",
        "status": "queued",
        "message": shown["message"],
        "env_name": "shop-42",
        "attempt": 0,
        "cancel_requested": False,
        "user_name": "User 701",
        "input": {
            "shortdomain": "shop-42",
            "display_name": "shop-42",
            "nodes": [{"node_type": "nginxphp"}],
        },
        "queue": {"place": 1, "length": 1},
        "last_event_id": "epoch7.1",
        "created_at": now,
        "updated_at": now,
    }


async def test_pages_know_the_position_they_are_true_at(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        empty = (await http.get(PATH)).json()
        assert empty == {"items": [], "next_cursor": None, "last_event_id": "epoch7.0"}
        ids = [await order(http, f"shop-{number}") for number in range(5)]
        first = (await http.get(PATH, params={"limit": 3})).json()
        rest = (await http.get(PATH, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert first["last_event_id"] == rest["last_event_id"] == "epoch7.5"
    assert [job["id"] for job in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None


async def test_a_full_last_page_is_the_last(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        for number in range(2):
            await order(http, f"shop-{number}")
        assert (await http.get(PATH, params={"limit": 2})).json()["next_cursor"] is None


async def test_jobs_stay_within_their_team(world: World) -> None:
    await world.team(8)
    async with world.client(await world.member(8)) as http:
        theirs = await order(http, "theirs")
    async with world.client(await world.member(7)) as http:
        assert (await http.get(PATH)).json()["items"] == []
        for answer in (
            await http.get(f"{PATH}/{theirs}"),
            await http.post(f"{PATH}/{theirs}/cancel"),
            await http.get(f"{PATH}/{theirs + 1000}"),
            await http.post(f"{PATH}/{theirs + 1000}/cancel"),
        ):
            assert answer.status_code == 404
            assert answer.json()["code"] == "not_found"
    assert [event["status"] for event in await world.log(8)] == ["queued"]


async def test_a_job_that_nobody_began_is_cancelled_at_once(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        job_id = await order(http, "shop-42")
        answer = await http.post(f"{PATH}/{job_id}/cancel")
        assert answer.status_code == 202
        assert answer.json()["status"] == "cancelled"
        assert answer.json() == (await http.get(f"{PATH}/{job_id}")).json()
        again = await http.post(f"{PATH}/{job_id}/cancel")
        assert again.status_code == 409
        assert again.json()["code"] == "job_not_cancellable"
    assert [event["status"] for event in await world.log(7)] == ["queued", "cancelled"]


async def test_a_job_at_work_is_asked_to_end(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        job_id = await order(http, "shop-42")
        await set_job(world, job_id, status="polling", attempt=1, lease_until=world.clock() + 60)
        for _ in range(2):
            answer = await http.post(f"{PATH}/{job_id}/cancel")
            assert answer.status_code == 202
            assert answer.json()["status"] == "polling"
            assert answer.json()["cancel_requested"] is True
    assert [event["status"] for event in await world.log(7)] == ["queued"]


async def test_a_verdict_is_not_shown_before_the_end(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        job_id = await order(http, "shop-42")
        before = (await http.get(f"{PATH}/{job_id}")).json()
        await set_job(world, job_id, failure_code="provider_broken", failure_message="It broke")
        assert (await http.get(f"{PATH}/{job_id}")).json() == before
        (listed,) = (await http.get(PATH)).json()["items"]
        assert {**before, **listed} == before
    assert "error_code" not in before


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
async def test_an_ended_job_can_not_be_cancelled(world: World, status: str) -> None:
    async with world.client(await world.member(7)) as http:
        job_id = await order(http, "shop-42")
        await set_job(world, job_id, status=status, ended_at=world.clock(), error_code="quota")
        answer = await http.post(f"{PATH}/{job_id}/cancel")
        assert answer.status_code == 409
        shown = (await http.get(f"{PATH}/{job_id}")).json()
    assert shown["status"] == status
    assert shown["ended_at"] == int(world.clock())
    assert shown["cancel_requested"] is False


async def test_permissions_are_asked_for(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        job_id = await order(http, "shop-42")
    async with world.client(await world.member(7, ["environments:read"], user_id=702)) as http:
        for answer in (
            await http.get(PATH),
            await http.get(f"{PATH}/{job_id}"),
            await http.post(f"{PATH}/{job_id}/cancel"),
        ):
            assert answer.status_code == 403
            assert answer.json()["code"] == "permission_missing"
    async with world.client(await world.member(7, ["jobs:read"], user_id=703)) as http:
        assert (await http.get(f"{PATH}/{job_id}")).status_code == 200
        assert (await http.post(f"{PATH}/{job_id}/cancel")).status_code == 403


@pytest.mark.parametrize("job_id", ["x", "-1", "1.5", str(2**53)])
async def test_an_id_of_another_shape_is_refused(world: World, job_id: str) -> None:
    async with world.client(await world.member(7)) as http:
        answer = await http.get(f"{PATH}/{job_id}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/path/job_id"
