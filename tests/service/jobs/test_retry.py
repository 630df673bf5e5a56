"""Retrying a failed job: one new job that names the old one, whoever asks how often."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import update

from backbone.database.engine import transaction
from backbone.database.tables import environments, job_logs, outbox
from tests.service.jobs.test_api import order, set_job
from tests.service.world import World

PATH = "/api/v1/jobs"


async def fail(world: World, job_id: int) -> None:
    await set_job(world, job_id, status="failed", ended_at=world.clock(), error_code="quota")


async def test_a_failed_job_is_done_again_by_a_new_one(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        body = {"shortdomain": "shop-42", "nodes": [{"node_type": "nginx", "count": 2}]}
        failed = (await http.post("/api/v1/environments", json=body)).json()["job_id"]
        await fail(world, failed)
        answer = await http.post(f"{PATH}/{failed}/retry")
        assert answer.status_code == 202, answer.text
        new = answer.json()["job_id"]
        assert answer.json() == {"job_id": new, "status": "queued", "last_event_id": "epoch7.1"}
        assert answer.headers["location"] == f"{PATH}/{new}"
        shown = (await http.get(f"{PATH}/{new}")).json()
        assert shown["retry_of"] == failed
        assert shown["input"] == {**body, "display_name": "shop-42"}
        old = (await http.get(f"{PATH}/{failed}")).json()
        assert (old["status"], old["retried_by"]) == ("failed", new)
        again = await http.post(f"{PATH}/{failed}/retry")
        assert again.json() == answer.json()
    assert [event["status"] for event in await world.log(7)] == ["queued", "queued"]
    sent = [row for row in await world.rows(outbox) if row["routing_key"].startswith("jobs")]
    payload = json.loads(sent[-1]["body"])[1]["payload"]
    assert payload["job_id"] == new
    assert payload["nodes"] == body["nodes"]
    assert sent[-1]["properties"]["headers"]["id"] == f"job-{new}-1"


async def test_many_at_once_make_one(world: World) -> None:
    token = await world.member(7)
    colleague = await world.member(7, user_id=702)
    async with world.client(token) as http, world.client(colleague) as other:
        failed = await order(http, "shop-42")
        await fail(world, failed)
        answers = await asyncio.gather(
            *(who.post(f"{PATH}/{failed}/retry") for who in (http, other) * 4)
        )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["job_id"] for answer in answers}) == 1
    assert len(await world.rows(job_logs)) == 2


async def test_a_retry_that_failed_is_retried_in_turn(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        first = await order(http, "shop-42")
        chain = [first]
        for _ in range(2):
            await fail(world, chain[-1])
            chain.append((await http.post(f"{PATH}/{chain[-1]}/retry")).json()["job_id"])
        assert len(set(chain)) == 3
        assert (await http.post(f"{PATH}/{first}/retry")).json()["job_id"] == chain[1]


@pytest.mark.parametrize("status", ["queued", "started", "polling", "completed", "cancelled"])
async def test_only_a_failed_job_is_retried(world: World, status: str) -> None:
    async with world.client(await world.member(7)) as http:
        job_id = await order(http, "shop-42")
        await set_job(world, job_id, status=status)
        answer = await http.post(f"{PATH}/{job_id}/retry")
    assert answer.status_code == 409
    assert answer.json()["code"] == "job_not_retryable"
    assert len(await world.rows(job_logs)) == 1


async def test_a_name_that_was_taken_since_is_told(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        job_id = await order(http, "shop-42")
        await fail(world, job_id)
        await order(http, "shop-42")
        answer = await http.post(f"{PATH}/{job_id}/retry")
    assert answer.status_code == 409
    assert answer.json()["code"] == "shortdomain_taken"


async def test_a_failed_deletion_is_retried_while_its_environment_is_there(world: World) -> None:
    environment = await world.environment(7, "shop")
    async with world.client(await world.member(7)) as http:
        deletion = (await http.delete(f"/api/v1/environments/{environment}")).json()["job_id"]
        await fail(world, deletion)
        # It is still `deleting` here; a worker gives it back in the commit that ends the job.
        busy = await http.post(f"{PATH}/{deletion}/retry")
        assert busy.json()["code"] == "environment_busy"
        await set_environment(world, environment, status="running")
        new = (await http.post(f"{PATH}/{deletion}/retry")).json()["job_id"]
        shown = (await http.get(f"{PATH}/{new}")).json()
        assert (shown["kind"], shown["environment_id"]) == ("environment.delete", environment)
        assert (await http.get(f"/api/v1/environments/{environment}")).json()["status"] == (
            "deleting"
        )


async def set_environment(world: World, environment_id: int, **values: Any) -> None:
    async with transaction(world.engine) as conn:
        await conn.execute(
            update(environments).where(environments.c.id == environment_id).values(**values)
        )


async def test_who_may_not_order_may_not_retry(world: World) -> None:
    await world.team(8)
    async with world.client(await world.member(7)) as http:
        job_id = await order(http, "shop-42")
        await fail(world, job_id)
    async with world.client(await world.member(7, ["jobs:read"], user_id=703)) as http:
        assert (await http.post(f"{PATH}/{job_id}/retry")).status_code == 403
    async with world.client(await world.member(8)) as http:
        assert (await http.post(f"{PATH}/{job_id}/retry")).status_code == 404
    await world.team(9, "SUSPENDED")
    async with world.client(await world.member(9)) as http:
        assert (await http.post(f"{PATH}/{job_id}/retry")).json()["code"] == "team_inactive"
    assert len(await world.rows(job_logs)) == 1
