"""What the console asks for: lists that join a stream, a retry, the team's account, dead letters."""

import asyncio
import json
import time

import aio_pika

from flows.orders import follow, shortdomain, statuses
from flows.test_administration import PASSWORD, a_team
from flows.test_administration import signed_in as signed_in_as
from fuzzing.messages import APP_ID

API = "/api/v1"
LONGEST = 60.0
JSON = {"content-type": "application/json"}


async def get(client, path, expected=200, /, **query):
    answer = await client.get(f"{API}{path}", params=query)
    assert answer.status_code == expected, answer.text
    return answer.json() if answer.content else None


async def test_a_failed_job_is_explained_and_retried(client):
    offer = await get(client, "/node-types")
    size = offer["sizes"][0]
    body = {
        "shortdomain": shortdomain("fail-quota"),
        "region": "default_hn_group",
        "nodes": [
            {
                "node_type": offer["types"][0]["node_type"],
                "fixed_cloudlets": size["fixed_cloudlets"],
                "flexible_cloudlets": size["flexible_cloudlets"],
            }
        ],
    }
    accepted = (await client.post(f"{API}/environments", json=body)).json()
    frames = await follow(client, accepted)
    assert statuses(frames)[-1] == "failed"
    job = await get(client, f"/jobs/{accepted['job_id']}")
    assert job["error_code"] == "quota_exceeded"
    assert job["input"]["nodes"] == body["nodes"]
    told = [(frame.id, frame.data) for frame in frames if frame.event == "message"]
    assert {data["attempt"] for _, data in told} == {0, 1}

    history = await get(client, f"/jobs/{job['id']}/events")
    assert [(item["id"], item["event"]) for item in history["items"]] == told
    assert history["complete"] is True

    answer = await client.post(f"{API}/jobs/{job['id']}/retry")
    assert answer.status_code == 202, answer.text
    again = await client.post(f"{API}/jobs/{job['id']}/retry")
    assert again.json()["job_id"] == answer.json()["job_id"]
    assert statuses(await follow(client, answer.json()))[-1] == "failed"
    retry = await get(client, f"/jobs/{answer.json()['job_id']}")
    assert retry["retry_of"] == job["id"]
    assert (await get(client, f"/jobs/{job['id']}"))["retried_by"] == retry["id"]

    listed = await get(client, "/jobs", status="failed", env_name=body["shortdomain"])
    assert [item["id"] for item in listed["items"]] == [retry["id"], job["id"]]
    activity = await get(client, "/activity", limit=100)
    assert {retry["id"], job["id"]} <= {item["event"].get("job_id") for item in activity["items"]}
    assert activity["items"][0]["id"] == activity["last_event_id"]


async def test_what_did_not_fail_is_not_retried(client):
    accepted = (
        await client.post(f"{API}/environments", json={"shortdomain": shortdomain()})
    ).json()
    assert statuses(await follow(client, accepted))[-1] == "completed"
    answer = await client.post(f"{API}/jobs/{accepted['job_id']}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "job_not_retryable")
    assert (await client.post(f"{API}/jobs/999999999/retry")).status_code == 404
    await get(client, "/jobs/999999999/events", 404)
    await get(client, "/jobs/0x1/events", 422)
    await get(client, "/activity", 422, limit=0)
    await get(client, "/jobs", 422, status="flying")


async def test_an_owner_sets_the_account_at_the_provider(stack, operator):
    email, _, team_id = await a_team(operator)
    async with signed_in_as(stack.origin.base_url, email, PASSWORD) as owner:
        path = f"/teams/{team_id}/provider"
        assert await get(owner, path) == {"has_password": False, "has_session_key": False}
        body = {"login": "harbour@example.com", "password": "secret", "node_group": "eu-1"}
        answer = await owner.put(f"{API}{path}", json=body)
        assert answer.status_code == 200, answer.text
        assert "secret" not in answer.text
        assert (await owner.put(f"{API}{path}", json={"login": "a@b"})).status_code == 422
        assert (await owner.put(f"{API}{path}", content=b"{", headers=JSON)).status_code == 400
        await get(owner, f"/teams/{team_id + 1}/provider", 403)
        other = await owner.put(f"{API}/teams/{team_id + 1}/provider", json={})
        assert other.status_code == 403


async def letters(operator, wanted, queue="jobs"):
    """Wait until the queue holds the letter that has `wanted` in its body; return it whole."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        for item in (await get(operator, "/platform/dead-letters", queue=queue, limit=100))[
            "items"
        ]:
            answer = await operator.get(f"{API}/platform/dead-letters/{queue}/{item['id']}")
            # It may have gone back to its queue between the two.
            if answer.status_code == 200 and wanted in answer.json().get("body", ""):
                return answer.json()
        await asyncio.sleep(0.1)
    raise AssertionError(f"no dead letter with {wanted}")


async def gone(operator, path):
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        if (await operator.get(path)).status_code == 404:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{path} is still there")


async def test_an_operator_looks_into_dead_letters_sends_them_again_and_drops_them(
    operator, client, channel
):
    await get(client, "/platform/dead-letters", 403, queue="jobs")
    await get(operator, "/platform/dead-letters", 422, queue="nowhere")
    name = shortdomain("dead")
    exchange = await channel.get_exchange("jobs.direct")
    body = json.dumps([[], {"payload": {"shortdomain": name, "password": "hunter2"}}, {}])
    headers = {"task": "domains.environments.create_environment", "id": name}
    await exchange.publish(
        aio_pika.Message(
            body.encode(), headers=headers, content_type="application/json", app_id=APP_ID
        ),
        "jobs.env.create",
    )
    letter = await letters(operator, name)
    assert "hunter2" not in json.dumps(letter)
    assert letter["routing_key"] == "jobs.env.create"
    path = f"{API}/platform/dead-letters/jobs/{letter['id']}"
    assert (await operator.post(f"{path}/requeue")).status_code == 204
    # The worker refuses it as before.
    again = await letters(operator, name)
    path = f"{API}/platform/dead-letters/jobs/{again['id']}"
    assert (await operator.delete(path)).status_code == 204
    await gone(operator, path)
    assert (await operator.delete(path)).status_code == 404
    assert (await operator.post(f"{path}/requeue")).status_code == 404
    acts = (await get(operator, "/platform/audit", limit=20))["items"]
    assert {"dead-letter.requeue", "dead-letter.drop"} <= {act["action"] for act in acts}


async def test_a_dead_letter_without_an_origin_stays(operator, channel):
    name = shortdomain("lost")
    body = json.dumps({"shortdomain": name}).encode()
    message = aio_pika.Message(body, app_id=APP_ID)
    await channel.default_exchange.publish(message, "events.dead")
    letter = await letters(operator, name, "events")
    path = f"{API}/platform/dead-letters/events/{letter['id']}"
    answer = await operator.post(f"{path}/requeue")
    assert (answer.status_code, answer.json()["code"]) == (409, "dead_letter_unrouted")
    assert (await operator.delete(path)).status_code == 204


async def test_a_job_at_work_tells_how_long_such_jobs_take(client):
    # Too few have completed when a stack is new.
    for _ in range(2):
        body = {"shortdomain": shortdomain()}
        accepted = (await client.post(f"{API}/environments", json=body)).json()
        assert statuses(await follow(client, accepted))[-1] == "completed"
    body = {"shortdomain": shortdomain("stuck")}
    job_id = (await client.post(f"{API}/environments", json=body)).json()["job_id"]
    until = time.monotonic() + LONGEST
    while "usual_seconds" not in (job := await get(client, f"/jobs/{job_id}")):
        assert time.monotonic() < until, job
        await asyncio.sleep(0.2)
    assert 0 <= job["usual_seconds"]["low"] <= job["usual_seconds"]["high"]
    (listed,) = (await get(client, "/jobs", env_name=body["shortdomain"]))["items"]
    assert listed["usual_seconds"] == job["usual_seconds"]
    assert (await client.post(f"{API}/jobs/{job_id}/cancel")).status_code == 202
