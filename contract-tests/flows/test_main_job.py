"""The main job, from the order over HTTP to the last frame, on both stacks."""

import asyncio

import httpx

from flows.orders import STATUSES, follow, shortdomain, statuses
from slipway import demo


async def test_an_order_becomes_an_environment_and_every_step_arrives(client, stack):
    name = shortdomain()
    response = await client.post(
        "/api/v1/environments",
        json={
            "shortdomain": name,
            "display_name": "Flow",
            "nodes": [{"node_type": "nginxphp", "count": 2}],
            "metadata": {"project": "flow"},
        },
    )
    assert response.status_code == 202
    accepted = response.json()
    assert response.headers["location"] == f"/api/v1/jobs/{accepted['job_id']}"
    assert accepted["status"] == "queued"

    frames = await follow(client, accepted)
    assert [frame.event for frame in frames] == ["sync", *["message"] * 4, "end"]
    assert statuses(frames) == STATUSES
    assert all(frame.data["env_name"] == name for frame in frames[1:-1])
    assert frames[-2].data["app_id"]

    job = (await client.get(response.headers["location"])).json()
    assert (job["status"], job["attempt"]) == ("completed", 1)
    environment = (await client.get(f"/api/v1/environments/{job['environment_id']}")).json()
    assert environment["shortdomain"] == name
    assert environment["status"] == "running"
    assert environment["metadata"] == {"project": "flow"}
    page = (await client.get("/api/v1/environments")).json()
    assert environment["id"] in [item["id"] for item in page["items"]]

    async with httpx.AsyncClient(base_url=stack.run.simulator_url) as provider:
        state = (await provider.get("/simulator/state")).json()
    assert name in str(state)


async def test_a_deleted_environment_is_gone_at_the_provider(client, stack):
    name = shortdomain()
    created = await demo.order(client, name)
    await follow(client, created)
    job = (await client.get(f"/api/v1/jobs/{created['job_id']}")).json()
    response = await client.delete(f"/api/v1/environments/{job['environment_id']}")
    assert response.status_code == 202
    assert statuses(await follow(client, response.json()))[-1] == "completed"
    environment = await client.get(f"/api/v1/environments/{job['environment_id']}")
    assert environment.status_code == 404 or environment.json()["status"] == "deleted"


async def test_a_job_at_work_is_cancelled_and_what_it_made_is_removed(client):
    accepted = await demo.order(client, shortdomain("slow"))
    frames = []
    async for frame in demo.follow(client, accepted["job_id"], accepted["last_event_id"]):
        frames.append(frame)
        if frame.event == "message" and frame.data["status"] == "polling":
            response = await client.post(f"/api/v1/jobs/{accepted['job_id']}/cancel")
            assert response.status_code == 202
    assert statuses(frames)[-1] == "cancelled"
    again = await client.post(f"/api/v1/jobs/{accepted['job_id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "job_not_cancellable")


async def test_the_provider_s_refusal_is_the_end_of_the_story(client):
    accepted = await demo.order(client, shortdomain("fail-quota"))
    frames = await follow(client, accepted)
    assert statuses(frames)[-1] == "failed"
    job = (await client.get(f"/api/v1/jobs/{accepted['job_id']}")).json()
    assert (job["status"], job["error_code"]) == ("failed", "quota_exceeded")


async def test_a_broken_environment_fails_the_job(client):
    accepted = await demo.order(client, shortdomain("fail-broken"))
    assert statuses(await follow(client, accepted))[-1] == "failed"


async def test_a_moody_provider_is_asked_again(client):
    accepted = await demo.order(client, shortdomain("flaky"))
    frames = await follow(client, accepted)
    assert statuses(frames)[-1] == "completed"
    job = (await client.get(f"/api/v1/jobs/{accepted['job_id']}")).json()
    assert job["attempt"] > 1


async def test_an_answer_that_was_lost_does_not_make_a_second_environment(client, stack):
    name = shortdomain("lost")
    assert statuses(await follow(client, await demo.order(client, name)))[-1] == "completed"
    async with httpx.AsyncClient(base_url=stack.run.simulator_url) as provider:
        state = (await provider.get("/simulator/state")).json()
    created = [item for item in state["created"] if item["env_name"] == name]
    assert len(created) == 1


async def test_many_orders_at_once_each_tell_their_whole_story(client):
    accepted = await asyncio.gather(*(demo.order(client, shortdomain("many")) for _ in range(8)))
    stories = await asyncio.gather(*(follow(client, each) for each in accepted))
    assert [statuses(frames) for frames in stories] == [STATUSES] * 8
