"""Every message that the worker may receive, good and bad: it is done, or put aside with the reason.

A valid order for a job that nobody recorded is put aside too, by the rule `unknown_job`: it passed its contract.
"""

import json

import aio_pika
import httpx

from flows.orders import follow, shortdomain, statuses
from fuzzing.dead_letters import collect
from fuzzing.messages import APP_ID, Fuzzer
from slipway import demo

DEAD = "jobs.dead"
NOBODY = 9_007_199_254_740_000
"""A job that no order recorded."""


def fuzzers(contract, run, **own):
    for operation in contract.messaging.operations:
        if operation.action == "receive" and operation.app == "worker":
            yield (
                operation,
                Fuzzer(contract.documents, operation, own, f"{run}-{operation.operation_id}"),
            )


async def publish(channel, messages):
    for message in messages:
        exchange = await channel.get_exchange(message.exchange, ensure=False)
        await exchange.publish(message.message(), message.routing_key)


async def test_every_keyword_of_every_message(contract, channel, client, team, run):
    for operation, fuzzer in fuzzers(contract, run, team_id=team, job_id=NOBODY):
        messages = {message.id: message for message in fuzzer.messages()}
        await publish(channel, messages.values())
        letters = await collect(channel, DEAD, set(messages), seconds=30)
        wrong = []
        for key, message in messages.items():
            letter = letters[key]
            if message.valid:
                if (letter.rule, letter.pointer) != ("unknown_job", "/job_id"):
                    wrong.append(f"{message.name}: valid, but {letter.rule} at {letter.pointer!r}")
            elif letter.rule == "unknown_job" or letter.pointer not in message.pointers:
                wrong.append(
                    f"{message.name}: {letter.rule} at {letter.pointer!r}, expected one of {sorted(message.pointers)}"
                )
            assert letter.version == contract.messaging.version
            assert (letter.exchange, letter.routing_key) == (message.exchange, message.routing_key)
            assert letter.queue == operation.channel.queue.name
        assert not wrong, "\n".join(wrong)
    await works(client)


async def works(client):
    assert (
        statuses(await follow(client, await demo.order(client, shortdomain())))[-1] == "completed"
    )


async def test_tasks_of_nobody_and_delays(contract, channel, client, team, run):
    _, fuzzer = next(fuzzers(contract, run, team_id=team, job_id=NOBODY))
    whole = fuzzer.whole()
    changes = {
        "unknown": ({"task": "domains.environments.no_such_task"}, "unknown_task"),
        "delayed": ({"eta": "2036-01-01T00:00:00+00:00"}, "delayed_task"),
        "limits": ({"timelimit": ["soon", None]}, "not_a_task"),
    }
    exchange = await channel.get_exchange(whole.exchange)
    for name, (headers, _) in changes.items():
        message = whole.message()
        message.message_id = f"{run}-{name}"
        message.headers |= {"id": message.message_id} | headers
        await exchange.publish(message, whole.routing_key)
    letters = await collect(channel, DEAD, {f"{run}-{name}" for name in changes})
    assert {name: letters[f"{run}-{name}"].rule for name in changes} == {
        name: rule for name, (_, rule) in changes.items()
    }
    await works(client)


async def test_arguments_of_another_shape(contract, channel, client, team, run):
    _, fuzzer = next(fuzzers(contract, run, team_id=team, job_id=NOBODY))
    whole = fuzzer.whole()
    _, kwargs, embed = json.loads(whole.body)
    bodies = {
        "positional": [[whole.payload], {}, embed],
        "none": [[], {}, embed],
        "both": [[1], kwargs, embed],
        "more": [[], {**kwargs, "extra": 1}, embed],
        "two-parts": [[], kwargs],
        "object": kwargs,
    }
    exchange = await channel.get_exchange(whole.exchange)
    for name, body in bodies.items():
        message = aio_pika.Message(
            json.dumps(body).encode(),
            headers={**whole.headers, "id": f"{run}-{name}"},
            content_type="application/json",
            content_encoding="utf-8",
            message_id=f"{run}-{name}",
            app_id=APP_ID,
        )
        await exchange.publish(message, whole.routing_key)
    letters = await collect(channel, DEAD, {f"{run}-{name}" for name in bodies})
    assert {name: letters[f"{run}-{name}"].rule for name in bodies} == {
        **dict.fromkeys(("positional", "none", "both", "more"), "arguments"),
        **dict.fromkeys(("two-parts", "object"), "malformed_body"),
    }
    await works(client)


async def as_it_stands(client, job_id):
    """A job but for the log's position, which moves on with other jobs."""
    job = (await client.get(f"/api/v1/jobs/{job_id}")).json()
    del job["last_event_id"]
    return job


async def test_duplicates_and_reordered_jobs_are_done_once(stack, channel, client):
    """The messages of a creation and of a deletion arrive again, backwards and twice."""
    copies = await channel.declare_queue(exclusive=True)
    for key in ("jobs.env.create", "jobs.env.delete"):
        await copies.bind("jobs.direct", key)
    name = shortdomain("twice")
    created = await demo.order(client, name)
    assert statuses(await follow(client, created))[-1] == "completed"
    job = (await client.get(f"/api/v1/jobs/{created['job_id']}")).json()
    deleted = (await client.delete(f"/api/v1/environments/{job['environment_id']}")).json()
    assert statuses(await follow(client, deleted))[-1] == "completed"
    wanted = {created["job_id"], deleted["job_id"]}
    published = []
    async with copies.iterator(timeout=30) as messages:
        async for message in messages:
            await message.ack()
            if json.loads(message.body)[1]["payload"]["job_id"] in wanted:
                published.append(message)
            if len(published) == len(wanted):
                break
    before = [await as_it_stands(client, one) for one in sorted(wanted)]
    exchange = await channel.get_exchange("jobs.direct")
    for message in [*reversed(published), *reversed(published)]:
        again = aio_pika.Message(
            message.body, headers=message.headers, content_type=message.content_type,
            content_encoding=message.content_encoding, correlation_id=message.correlation_id,
            message_id=message.message_id, app_id=APP_ID,
        )  # fmt: skip
        await exchange.publish(again, message.routing_key)
    # Each queue is worked on in order: once these are over, so are the copies before them.
    other = await demo.order(client, shortdomain("after"))
    assert statuses(await follow(client, other))[-1] == "completed"
    made = (await client.get(f"/api/v1/jobs/{other['job_id']}")).json()
    gone = (await client.delete(f"/api/v1/environments/{made['environment_id']}")).json()
    assert statuses(await follow(client, gone))[-1] == "completed"

    after = [await as_it_stands(client, one) for one in sorted(wanted)]
    assert after == before
    async with httpx.AsyncClient(base_url=stack.run.simulator_url) as provider:
        state = (await provider.get("/simulator/state")).json()
    assert len([one for one in state["created"] if one["env_name"] == name]) == 1
