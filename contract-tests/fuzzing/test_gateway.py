"""Every message that the gateway may receive, good and bad: it is relayed, or put aside with the reason.

The gateway must go on in each case; no message is judged by the time it takes.
"""

import asyncio
import json

import aio_pika
from httpx_sse import aconnect_sse

from flows.orders import follow, shortdomain, statuses
from fuzzing.dead_letters import collect
from fuzzing.messages import APP_ID, Fuzzer
from generated.models.event import JobStatusEvent
from slipway import demo

DEAD = "events.dead"


def fuzzers(contract, run, operation_id, **own):
    for operation in contract.messaging.operations:
        if operation.operation_id == operation_id:
            yield Fuzzer(contract.documents, operation, own, f"{run}-{operation.operation_id}")


async def publish(channel, messages):
    for message in messages:
        exchange = await channel.get_exchange(message.exchange, ensure=False)
        await exchange.publish(message.message(), message.routing_key)


def last_words(whole, run, count=8):
    """Bad messages that come after all others; when they are put aside, so is all before them."""
    for number in range(count):
        yield type(whole)(
            id=f"{run}-last-{number}", name="last", exchange=whole.exchange, body=b"{",
            routing_key=whole.routing_key, headers={}, pointers=frozenset({""}),
        )  # fmt: skip


async def test_every_keyword_of_every_message(contract, channel, client, team, run):
    # Changes of access would end our own streams, so they tell of a team that nobody listens to.
    teams = {"receiveJobStatus": team, "receiveAuthEvent": team + 1_000_000}
    for operation, of_team in teams.items():
        (fuzzer,) = fuzzers(contract, run, operation, team_id=of_team)
        messages = list(fuzzer.messages())
        end = list(last_words(messages[0], f"{run}{messages[0].id}"))
        async with aconnect_sse(client, "GET", "/api/v1/events") as source:
            frames = source.aiter_sse()
            assert (await anext(frames)).event == "sync"
            await publish(channel, [*messages, *end])
            bad = {message.id: message for message in messages if not message.valid}
            letters = await collect(channel, DEAD, {*bad, *(one.id for one in end)})

            wrong = [
                f"{message.name}: {letters[key].rule} at {letters[key].pointer!r}, "
                f"expected one of {sorted(message.pointers)}"
                for key, message in bad.items()
                if letters[key].pointer not in message.pointers
            ]
            assert not wrong, "\n".join(wrong)
            for key, message in bad.items():
                letter = letters[key]
                assert letter.version == contract.messaging.version
                assert (letter.exchange, letter.routing_key) == (
                    message.exchange, message.routing_key,
                )  # fmt: skip
                assert letter.queue.startswith("events.sse.")
                assert letter.body == message.body, "put aside, it must be what was sent"
            refused = [
                message.name for message in messages if message.valid and message.id in letters
            ]
            assert not refused, refused

            # Other programs' events are told with the contract's members only.
            known = JobStatusEvent.model_fields
            expected = [
                {name: value for name, value in message.payload.items() if name in known}
                for message in messages
                if message.valid and message.payload["team_id"] == team
            ]
            told = []
            while len(told) < len(expected):
                frame = await asyncio.wait_for(anext(frames), 30)
                # A bare `retry` has no data; browsers dispatch nothing for it either.
                if frame.event == "message" and frame.data:
                    told.append(frame.json())
            assert sorted(map(json.dumps, told)) == sorted(map(json.dumps, expected))
        await works(client)


def test_every_receive_operation_of_the_gateway_is_fuzzed(contract):
    assert {
        operation.operation_id
        for operation in contract.messaging.operations
        if operation.action == "receive" and operation.app == "gateway"
    } == {"receiveJobStatus", "receiveAuthEvent"}


async def works(client):
    assert (
        statuses(await follow(client, await demo.order(client, shortdomain())))[-1] == "completed"
    )


async def test_routing_keys_of_nobody(contract, channel, client, team, run):
    """Bound by pattern, so they arrive; but they say otherwise than the body, or are none of ours."""
    whole = next(fuzzers(contract, run, "receiveJobStatus", team_id=team)).whole()
    job, auth = "team.{}.job.{}.status", "team.{}.user.{}.auth.{}"
    keys = [
        (job.format(team + 1, whole.payload["job_id"]), {"/team_id"}),
        (job.format(team, whole.payload["job_id"] + 1), {"/job_id"}),
        (job.format("x", "y"), {"/team_id"}),
        (job.format(f"0{team}", whole.payload["job_id"]), {"/team_id"}),
        (auth.format(team, 1, "no_such_event"), {"", "/type"}),
        (auth.format(team, 1, "session_revoked"), {"", "/type"}),
    ]
    exchange = await channel.get_exchange(whole.exchange)
    for number, (key, _) in enumerate(keys):
        message = whole.message()
        message.message_id = f"{run}-key-{number}"
        await exchange.publish(message, key)
    letters = await collect(channel, DEAD, {f"{run}-key-{number}" for number in range(len(keys))})
    for number, (key, pointers) in enumerate(keys):
        letter = letters[f"{run}-key-{number}"]
        assert letter.pointer in pointers, (key, letter)
        assert letter.routing_key == key
    await works(client)


async def test_duplicates_and_reordered_events_are_told_once_in_order(channel, client, run):
    """What the relay published arrives again, backwards and twice; the streams hear nothing of it."""
    copies = await channel.declare_queue(exclusive=True)
    await copies.bind("events.topic", "#")
    accepted = await demo.order(client, shortdomain())
    frames = await follow(client, accepted)
    published = []
    async with copies.iterator(timeout=30) as messages:
        async for message in messages:
            await message.ack()
            body = json.loads(message.body)
            if body.get("job_id") == accepted["job_id"]:
                published.append(message)
                if body["status"] == "completed":
                    break
    assert len(published) == 4

    exchange = await channel.get_exchange("events.topic")
    async with aconnect_sse(
        client, "GET", "/api/v1/events", params={"last_event_id": frames[-2].id}
    ) as source:
        stream = source.aiter_sse()
        assert (await anext(stream)).event == "sync"
        for message in [*reversed(published), *reversed(published)]:
            again = aio_pika.Message(
                message.body,
                headers=message.headers,
                content_type=message.content_type,
                content_encoding=message.content_encoding,
                type=message.type,
                app_id=APP_ID,
            )
            await exchange.publish(again, message.routing_key)
        following = await demo.order(client, shortdomain())
        told = []
        while not told or told[-1]["status"] != "completed":
            frame = await asyncio.wait_for(anext(stream), 30)
            if frame.event == "message" and frame.data and frame.json()["type"] == "job_status":
                told.append(frame.json())
    assert [body["job_id"] for body in told] == [following["job_id"]] * 4
    assert [body["status"] for body in told] == ["queued", "started", "polling", "completed"]
