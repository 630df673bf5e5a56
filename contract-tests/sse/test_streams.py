"""What streams promise beyond the standards and the kit's claims: jobs, reasons, snapshots and words of refusal.

They run against any origin: ``pytest contract-tests/sse --base-url https://… --email … --password …`` (the provider behind it should be the
simulator, because the tests order environments); without ``--base-url`` against an embedded stack.
"""

import json

import aio_pika
import httpx
import pytest

from sse.frames import EVENTS
from traffic.broker_tap import FOREIGN


def data(block):
    return json.loads(block.event.data)


def messages(blocks):
    return [block for block in blocks if block.event.name == "message"]


async def finished(order, open_stream):
    """A job that is over, with everything its stream told."""
    accepted = await order()
    job = {"job_id": accepted["job_id"], "last_event_id": accepted["last_event_id"]}
    async with open_stream(**job) as stream:
        return accepted, await stream.until("end")


async def test_a_jobs_stream_tells_it_once_in_order_ends_and_goes_on_after_any_position(
    order, open_stream
):
    accepted, told = await finished(order, open_stream)
    bodies = [data(block) for block in messages(told)]
    assert [body["status"] for body in bodies] == ["queued", "started", "polling", "completed"]
    assert {body["job_id"] for body in bodies} == {accepted["job_id"]}
    assert data(told[-1]) == {"job_id": accepted["job_id"], "status": "completed"}

    assert all((block.own_id is not None) == (block.event.name == "message") for block in told)
    ids = [block.own_id for block in messages(told)]
    assert len({event_id.rpartition(".")[0] for event_id in ids}) == 1
    positions = [int(event_id.rpartition(".")[2]) for event_id in ids]
    assert positions == sorted(set(positions))

    async with open_stream(ids[1], job_id=accepted["job_id"]) as stream:
        again = await stream.until("end")
    assert (data(again[0])["status"], data(again[0])["from"]) == ("resumed", ids[1])
    assert [block.own_id for block in messages(again)] == ids[2:]


async def test_a_first_stream_is_told_that_it_is_fresh(open_stream):
    async with open_stream() as stream:
        first = await stream.next()
    assert (first.event.name, data(first)["status"]) == ("sync", "fresh")


async def test_a_useless_position_gets_its_reason_and_what_is_so_now(order, open_stream):
    accepted, _ = await finished(order, open_stream)
    epoch = accepted["last_event_id"].rpartition(".")[0]
    for position, reason in (
        ("otherepoch.3", "unknown_epoch"),
        (f"{epoch}.999999999", "future"),
        ("nonsense", "malformed"),
        (f"{epoch}.-1", "malformed"),
        (f"{epoch}.99999999999999999999999", "malformed"),
    ):
        async with open_stream(position) as stream:
            sync, reset = await stream.next(), await stream.next()
        assert data(sync)["status"] == "reset"
        assert (reset.event.name, data(reset)["reason"]) == ("reset", reason)
        jobs = {job["id"]: job["status"] for job in data(reset)["snapshot"]["jobs"]}
        assert jobs[accepted["job_id"]] == "completed"


async def test_a_page_and_a_stream_join_without_a_hole(client, order, open_stream):
    before = (await client.get("/api/v1/jobs")).json()
    accepted = await order()
    async with open_stream(last_event_id=before["last_event_id"]) as stream:
        assert data(await stream.next())["status"] == "resumed"
        while (first := data(await stream.next()))["job_id"] != accepted["job_id"]:
            pass  # what other tests ordered
    assert first["status"] == "queued"


async def test_waits_of_several_clients_differ_so_that_they_do_not_come_back_at_once(open_stream):
    waits = set()
    for _ in range(8):
        async with open_stream() as stream:
            waits.add((await stream.next()).retry)
    assert len(waits) > 1


async def test_another_programs_text_is_one_event_whatever_lines_it_has(
    client, origin, open_stream
):
    """UTF-8, line breaks of all sorts between tokens, and the separators that only JavaScript minds."""
    if origin.amqp_url is None:
        pytest.skip("--amqp-url does not say which broker is behind --base-url")
    team_id = (await client.get("/api/v1/auth/me")).json()["team"]["id"]
    body = {
        "type": "job_status",
        "job_id": 999_999,
        "team_id": team_id,
        "status": "polling",
        "message": "Grüße an 船\u2028\u2029\x85 🚢: data: id: 7",
        "env_name": "x",
        "occurred_at": 1,
    }
    text = json.dumps(body, indent=2, ensure_ascii=False).replace("\n", "\r\n")
    async with open_stream() as stream:
        assert (await stream.next()).event.name == "sync"
        connection = await aio_pika.connect(origin.amqp_url)
        async with connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange("events.topic")
            message = aio_pika.Message(
                text.encode(), content_type="application/json", app_id=FOREIGN
            )
            await exchange.publish(message, routing_key=f"team.{team_id}.job.999999.status")
        while (block := await stream.next()).event.name != "message" or data(block) != body:
            pass
    assert block.own_id is None


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"team_id": 999_999}, 403, "team_forbidden"),
        ({"job_id": 999_999_999}, 404, "not_found"),
        ({"job_id": "x"}, 422, "invalid_request"),
    ],
)
async def test_a_refusal_says_why(client, query, status, code):
    response = await client.get(EVENTS, params=query)
    assert_problem(response, status, code)


async def test_a_refusal_says_that_nobody_is_signed_in(origin):
    async with httpx.AsyncClient(base_url=origin.base_url) as stranger:
        assert_problem(await stranger.get(EVENTS), 401, "not_authenticated")


def assert_problem(response, status, code):
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code
