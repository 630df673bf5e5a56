"""What fails its contract is set aside with its reason, and an operator can look and send it again."""

import asyncio
import json
import os
from contextlib import AsyncExitStack
from typing import Any

import aio_pika
import pytest

from backbone.cipher import new_key
from generated.messaging.contract import CONTRACT_VERSION
from generated.messaging.topology import Topology, declare
from testing.launch import run
from testing.process import Process
from tests.backbone.rows import make_team
from tests.integration.gateway_world import gateway

EVENT = {
    "type": "job_status",
    "job_id": 42,
    "team_id": 7,
    "status": "polling",
    "message": "m",
    "env_name": "x",
    "occurred_at": 1,
}
TAKES_ALL = {"RABBITMQ_TEAM_BINDINGS": "0"}
"""Nobody listens in these tests."""
TASK = {"task": "domains.environments.create_environment", "id": "job-1-1", "lang": "py"}


async def slipway(amqp_url: str, *arguments: str, status: int = 0) -> str:
    """Run the command as an operator does; gives what it printed."""
    environment = {"PATH": os.environ["PATH"], "RABBITMQ_URL": amqp_url, "COLUMNS": "200"}
    ended, output = await run("slipway", "dead-letters", *arguments, environment=environment)
    assert ended == status, output
    return output


async def listed(amqp_url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(await slipway(amqp_url, "list", "--json"))
    return found


class Wire:
    """A plain channel to the broker, as any program has."""

    def __init__(self, channel: aio_pika.abc.AbstractChannel) -> None:
        self.channel = channel

    async def publish(self, exchange: str, key: str, body: bytes, **properties: Any) -> None:
        target = await self.channel.get_exchange(exchange)
        await target.publish(
            aio_pika.Message(body, content_type="application/json", **properties), routing_key=key
        )

    async def holds(self, queue: str, count: int) -> None:
        """Wait until so many messages are ready in a queue."""
        async with asyncio.timeout(30):
            while True:
                found = await self.channel.declare_queue(queue, passive=True)
                if found.declaration_result.message_count == count:
                    return
                await asyncio.sleep(0.05)


@pytest.fixture
async def wire(amqp_url):
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        await declare(channel, Topology.default())
        yield Wire(channel)


async def test_an_event_can_be_looked_at_and_sent_again(engine, amqp_url, wire) -> None:
    await make_team(engine)
    bad = json.dumps({**EVENT, "status": "nonsense"}).encode()
    async with gateway(engine, amqp_url, **TAKES_ALL) as world:
        await world.pushed()
        await wire.publish("events.topic", "team.7.job.42.status", bad, headers={"x-trace": "t1"})
        await wire.publish("events.topic", "team.7.job.42.status", b"{")
        await wire.holds("events.dead", 2)
        # The consumer lives on.
        await wire.publish("events.topic", "team.7.job.42.status", json.dumps(EVENT).encode())
        async with asyncio.timeout(30):
            while world.gateway.metrics.messages_consumed_total < 1:
                await asyncio.sleep(0.01)
        assert world.gateway.metrics.messages_refused_total == 2

        first, second = await listed(amqp_url)
        assert (first["queue"], first["number"]) == ("events.dead", 1)
        assert first["pointer"] == "/status"
        assert first["rule"] == "enum"
        assert first["contract_version"] == CONTRACT_VERSION
        assert (first["exchange"], first["routing_key"]) == ("events.topic", "team.7.job.42.status")
        assert second["rule"] == "json_invalid"
        assert "team.7.job.42.status" in await slipway(amqp_url, "list")
        shown = json.loads(await slipway(amqp_url, "show", "events.dead", "1"))
        assert json.loads(shown["body"])["status"] == "nonsense"

        # Looking takes nothing away; what was sent again fails again, from its old place.
        assert "1 sent again" in await slipway(amqp_url, "requeue", "events.dead", "1")
        await wire.holds("events.dead", 2)
        again = [letter for letter in await listed(amqp_url) if letter["pointer"] == "/status"]
        assert [letter["routing_key"] for letter in again] == ["team.7.job.42.status"]
        assert world.gateway.metrics.messages_refused_total == 3
        wrong = await slipway(amqp_url, "requeue", "events.dead", "99", status=2)
        assert "there is no number 99" in wrong
        await wire.holds("events.dead", 2)

        # What is dropped is gone, by its rule and nothing else.
        assert "1 dropped" in await slipway(
            amqp_url, "drop", "events.dead", "--reason", "json_invalid", "--yes"
        )
        assert [letter["rule"] for letter in await listed(amqp_url)] == ["enum"]


async def test_of_two_gateways_one_puts_a_bad_event_aside(
    engine, amqp_url, wire, monkeypatch
) -> None:
    monkeypatch.setattr("gateway.incoming.dead_letters.FIRST_PAUSE", 0.2)
    await make_team(engine)
    key = "team.7.job.42.status"
    async with AsyncExitStack() as second:
        one = await second.enter_async_context(gateway(engine, amqp_url, **TAKES_ALL))
        async with AsyncExitStack() as first:
            two = await first.enter_async_context(gateway(engine, amqp_url, **TAKES_ALL))
            await one.pushed()
            await two.pushed()
            await wire.publish("events.topic", key, b"{")
            await wire.publish("events.topic", key, b"x" * 3_000_000)
            await wire.publish("events.topic", key, b"[]")
            writers = [world.gateway.consumer._dead_letters for world in (one, two)]
            async with asyncio.timeout(60):
                # One has put all aside, the other keeps all: nobody has more to write.
                while sorted(len(writer._kept) for writer in writers) != [0, 3] or not any(
                    writer._writes for writer in writers
                ):
                    await asyncio.sleep(0.01)
            await wire.holds("events.dead", 3)
            rules = {letter["rule"]: letter["body"] for letter in await listed(amqp_url)}
            assert set(rules) == {"json_invalid", "too_large", "model_type"}
            assert rules["too_large"] == "x" * 65_536
            if writers[1]._writes:
                survivor = writers[0]
                await first.aclose()
            else:
                survivor = writers[1]
                one.server.should_exit = True
            # Its successor puts aside what comes, and what it had left to the one that is gone.
            async with asyncio.timeout(60):
                while not survivor._writes:
                    await asyncio.sleep(0.05)
            await wire.holds("events.dead", 6)


async def test_a_job_can_be_looked_at_and_sent_again(engine, amqp_url, wire, tmp_path) -> None:
    await make_team(engine)
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "SLIPWAY_HOME": str(tmp_path),
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "RABBITMQ_URL": amqp_url,
        "SLIPWAY_SECRET_KEYS": new_key(),
    }
    worker = Process("worker", ["worker"], environment, tmp_path / "worker.log")
    payload = {"job_id": "one", "team_id": 7, "user_id": 3, "shortdomain": "shop", "nodes": []}
    body = json.dumps([[], {"payload": payload}, {}]).encode()
    await worker.start()
    try:
        for _ in range(2):
            await wire.publish("jobs.direct", "jobs.env.create", body, headers=TASK)
        await wire.holds("jobs.dead", 2)
        letters = await listed(amqp_url)
        for letter in letters:
            assert letter["queue"] == "jobs.dead"
            assert letter["pointer"].endswith("/job_id")
            assert letter["rule"]
            assert letter["contract_version"] == CONTRACT_VERSION
            assert (letter["exchange"], letter["routing_key"]) == ("jobs.direct", "jobs.env.create")
        await worker.kill()
        assert "2 sent again" in await slipway(amqp_url, "requeue", "jobs.dead", "--all")
        await wire.holds("jobs.dead", 0)
        await wire.holds("jobs.env.create", 2)
        await worker.start()
        await wire.holds("jobs.dead", 2)
        assert worker.running
    finally:
        await worker.kill()
