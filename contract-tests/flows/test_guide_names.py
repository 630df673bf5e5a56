"""The names of the guide hold: programs that know nothing of Slipway's code work with its broker."""

import asyncio
import json

import aio_pika
from celery import Celery
from httpx_sse import aconnect_sse

from flows.orders import follow, shortdomain, statuses
from generated.messaging.contract import CONTRACT_VERSION
from slipway import demo
from slipway.dead_letters import Choice, browse, requeue

TASK = "domains.environments.create_environment"


def plain_celery(stack):
    app = Celery(broker=stack.origin.amqp_url, set_as_current=False)
    app.conf.update(broker_transport_options={"confirm_publish": True})
    return app


async def send_task(stack, payload):
    """As any program sends it; in a thread, because Celery blocks."""

    def send():
        app = plain_celery(stack)
        with app.connection_for_write() as connection:
            app.send_task(
                TASK,
                kwargs={"payload": payload},
                connection=connection,
                exchange="jobs.direct",
                routing_key="jobs.env.create",
                # The queue exists; a declaration of another shape would be refused by the broker.
                declare=[],
                app_id="contract-tests",
            )

    await asyncio.to_thread(send)


async def dead(stack, queue):
    for _ in range(100):
        letters = await browse(stack.origin.amqp_url, [queue])
        if letters:
            return letters
        await asyncio.sleep(0.1)
    raise AssertionError(f"nothing arrived in {queue}")


async def test_a_plain_script_on_the_topic_exchange_sees_the_events(client, channel):
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind("events.topic", "team.*.job.*.status")
    accepted = await demo.order(client, shortdomain())
    seen = []
    async with queue.iterator(timeout=30) as messages:
        async for message in messages:
            async with message.process():
                body = json.loads(message.body)
            if body["job_id"] != accepted["job_id"]:
                continue
            assert message.routing_key == f"team.{body['team_id']}.job.{body['job_id']}.status"
            assert {"team_id", "status", "message", "env_name", "occurred_at"} <= body.keys()
            seen.append(body["status"])
            if body["status"] == "completed":
                break
    assert seen == ["queued", "started", "polling", "completed"]


async def test_a_plain_send_task_is_executed(client, stack):
    """A job whose own message came first is done once; the second message is acknowledged."""
    accepted = await demo.order(client, shortdomain("slow"))
    job = (await client.get(f"/api/v1/jobs/{accepted['job_id']}")).json()
    await send_task(
        stack,
        {
            "job_id": job["id"],
            "team_id": job["team_id"],
            "user_id": job["user_id"],
            "shortdomain": job["env_name"],
            "nodes": [{"node_type": "nginxphp"}],
        },
    )
    frames = await follow(client, accepted)
    assert statuses(frames).count("completed") == 1
    assert await browse(stack.origin.amqp_url, ["jobs.dead"]) == []


async def test_an_invalid_task_is_dead_lettered_with_its_reason(client, stack):
    await send_task(stack, {"job_id": "many", "team_id": 1, "surprise": True})
    letters = await dead(stack, "jobs.dead")
    letter = letters[-1]
    assert letter.pointer.startswith("/")
    assert letter.rule
    assert letter.contract_version == CONTRACT_VERSION
    assert (letter.exchange, letter.routing_key) == ("jobs.direct", "jobs.env.create")
    # The consumer lives on, and what is sent again comes back with the same reason.
    assert (
        statuses(await follow(client, await demo.order(client, shortdomain())))[-1] == "completed"
    )
    await requeue(stack.origin.amqp_url, "jobs.dead", Choice({letter.number}))
    again = await dead(stack, "jobs.dead")
    assert again[-1].rule == letter.rule
    await purge(stack, "jobs.dead")


async def test_an_event_that_fails_its_contract_is_put_aside(client, stack, channel):

    exchange = await channel.get_exchange("events.topic")
    body = json.dumps({"type": "job_status", "job_id": 1, "team_id": 1, "status": "dancing"})
    await exchange.publish(
        aio_pika.Message(body.encode(), content_type="application/json", app_id="contract-tests"),
        "team.1.job.1.status",
    )
    letter = (await dead(stack, "events.dead"))[-1]
    assert letter.pointer
    assert (letter.exchange, letter.routing_key) == ("events.topic", "team.1.job.1.status")
    assert json.loads(letter.body)["status"] == "dancing"
    assert (
        statuses(await follow(client, await demo.order(client, shortdomain())))[-1] == "completed"
    )
    await purge(stack, "events.dead")


async def test_an_event_of_another_program_is_delivered_live_without_an_id(client, channel):

    me = (await client.get("/api/v1/auth/me")).json()
    team = me["team"]["id"]
    event = {
        "type": "job_status",
        "job_id": 0,
        "team_id": team,
        "status": "polling",
        "message": "from elsewhere: “grüße”",
        "env_name": "x",
        "occurred_at": 1,
        "extra": {"tolerated": True},
    }

    async with aconnect_sse(client, "GET", "/api/v1/events") as source:
        frames = source.aiter_sse()
        assert (await anext(frames)).event == "sync"
        exchange = await channel.get_exchange("events.topic")
        await exchange.publish(
            aio_pika.Message(
                json.dumps(event, indent=2).encode(),
                content_type="application/json",
                app_id="contract-tests",
            ),
            f"team.{team}.job.0.status",
        )
        async for frame in frames:
            if frame.json().get("message") == event["message"]:
                assert frame.id == ""
                # What the contract does not know stays behind: it was written by nobody we trust.
                assert frame.json() == {key: event[key] for key in event if key != "extra"}
                return


async def purge(stack, queue):

    connection = await aio_pika.connect(stack.origin.amqp_url)
    async with connection:
        await (await (await connection.channel()).get_queue(queue)).purge()
