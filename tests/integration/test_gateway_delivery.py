"""The whole gateway between real databases, real brokers and real sockets."""

import asyncio
import json
import urllib.parse

import aio_pika
import pytest
from sqlalchemy import delete, update

from backbone.database.engine import transaction
from backbone.database.tables import events, teams
from generated.models.stream import Reset
from testing.tcp_proxy import Proxy
from tests.gateway.event_source import EventSource
from tests.integration.gateway_world import (
    gateway,
    ids,
    make_job,
    make_member,
    make_team,
    relay,
    sign_in,
    tell,
)


@pytest.fixture
async def token(database) -> str:
    await make_team(database)
    await make_member(database)
    return await sign_in(database)


async def test_events_travel_from_the_log_over_the_broker_to_the_browser(
    database, amqp_url, token
) -> None:
    async with gateway(database, amqp_url) as world, relay(database, amqp_url):
        await world.pushed()
        reader = await world.stream(token)
        told = await tell(database, 20)
        await reader.got(20, "message")
        assert ids(reader) == told
        assert world.gateway.metrics.messages_consumed_total == 20


async def test_a_browser_that_comes_back_has_missed_nothing(database, amqp_url, token) -> None:
    async with gateway(database, amqp_url) as world, relay(database, amqp_url):
        await world.pushed()
        source = EventSource()
        told = []
        for _ in range(4):
            reader = await world.stream(token, source=source)
            told += await tell(database, 3)
            await reader.got(len(told), "message")
            await reader.close()
            told += await tell(database, 2)
        reader = await world.stream(token, source=source)
        await reader.got(len(told), "message")
        assert ids(source) == told


async def test_without_a_broker_events_are_read_from_the_log(database, token) -> None:
    async with gateway(database) as world:
        reader = await world.stream(token)
        told = await tell(database, 5)
        await reader.got(5, "message")
        assert ids(reader) == told


async def test_when_the_broker_goes_and_comes_nothing_is_lost_or_doubled(
    database, amqp_url, token
) -> None:
    target = urllib.parse.urlsplit(amqp_url)
    async with Proxy(target.port) as proxy:
        url = target._replace(netloc=f"guest:guest@127.0.0.1:{proxy.port}").geturl()
        async with gateway(database, url) as world, relay(database, amqp_url):
            await world.pushed()
            reader = await world.stream(token)
            told = await tell(database, 5)
            await reader.got(5, "message")
            proxy.refuse()
            await world.pushed(connected=False)
            told += await tell(database, 5)
            await reader.got(10, "message")
            ready = await world.gateway.probes.readiness()
            assert ready.status == "degraded"
            proxy.heal()
            await world.pushed()
            told += await tell(database, 5)
            await reader.got(15, "message")
            assert ids(reader) == told
            assert (await world.gateway.probes.readiness()).status == "ok"


async def test_a_broker_that_falls_silent_is_noticed(database, amqp_url, token) -> None:
    target = urllib.parse.urlsplit(amqp_url)
    async with Proxy(target.port) as proxy:
        url = target._replace(netloc=f"guest:guest@127.0.0.1:{proxy.port}").geturl()
        async with gateway(database, url) as world, relay(database, amqp_url):
            await world.pushed()
            reader = await world.stream(token)
            proxy.black_hole()
            told = await tell(database, 3)
            await reader.got(3, "message")
            await world.pushed(connected=False)
            proxy.heal()
            await world.pushed()
            told += await tell(database, 3)
            await reader.got(6, "message")
            assert ids(reader) == told


async def test_another_programs_events_are_told_without_id(database, amqp_url, token) -> None:
    async with gateway(database, amqp_url) as world:
        await world.pushed()
        reader = await world.stream(token)
        body = {
            "type": "job_status",
            "job_id": 42,
            "team_id": 7,
            "status": "polling",
            "message": "from elsewhere",
            "env_name": "x",
            "occurred_at": 1,
            "news": "what the contract does not know is not told",
        }
        connection = await aio_pika.connect(amqp_url)
        async with connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange("events.topic")
            for text, key in (
                (json.dumps(body), "team.7.job.43.status"),  # the wrong job: refused
                (json.dumps(body), "team.7.elsewhere"),  # nothing of ours: not looked at
                ("{", "team.7.job.42.status"),
                (json.dumps(body, indent=2), "team.7.job.42.status"),
            ):
                message = aio_pika.Message(text.encode(), content_type="application/json")
                await exchange.publish(message, routing_key=key)
            await reader.got(1, "message")
            dead = await channel.get_queue("events.dead")
            async with dead.iterator(timeout=20) as letters:
                refused = [await anext(letters) for _ in range(2)]
        (event,) = reader.source.frames("message")
        assert event.json == {key: body[key] for key in body if key != "news"}
        assert event.last_event_id == ""
        assert {m.headers["x-original-routing-key"] for m in refused} == {
            "team.7.job.43.status",
            "team.7.job.42.status",
        }
        assert world.gateway.metrics.messages_refused_total == 2


async def test_two_gateways_and_two_relays_tell_everyone_everything_once(
    database, amqp_url, token
) -> None:
    async with (
        gateway(database, amqp_url) as one,
        gateway(database, amqp_url) as two,
        relay(database, amqp_url),
        relay(database, amqp_url),
    ):
        await one.pushed()
        await two.pushed()
        readers = [await world.stream(token) for world in (one, two) for _ in range(3)]
        told = await tell(database, 30)
        for reader in readers:
            await reader.got(30, "message")
            assert ids(reader) == told


async def test_a_rolling_restart_under_load_loses_and_doubles_nothing(
    database, amqp_url, token
) -> None:
    sources = [EventSource() for _ in range(5)]
    told: list[str] = []
    async with relay(database, amqp_url), asyncio.TaskGroup() as group:
        stop = asyncio.Event()

        async def load() -> None:
            while not stop.is_set():
                told.extend(await tell(database))

        loading = group.create_task(load())
        for _ in range(3):
            async with gateway(database, amqp_url) as world:
                readers = [await world.stream(token, source=source) for source in sources]
                seen = len(told)
                for reader in readers:
                    await reader.until(lambda enough=seen + 5: len(told) > enough)
                world.server.should_exit = True
                for reader in readers:
                    await reader.end()
                    assert reader.complete
                    assert reader.source.frames("drain")
        stop.set()
        await loading
        async with gateway(database, amqp_url) as world:
            for source in sources:
                reader = await world.stream(token, source=source)
                first = int(source.frames("sync")[0].json["to"].partition(".")[2])
                await reader.got(len(told) - first, "message")
                assert ids(source) == told[first:]


async def test_trimmed_history_is_told_with_a_snapshot_of_the_contract(database, token) -> None:
    await make_job(database)
    async with gateway(database) as world:
        told = await tell(database, 5, job_id=42)
        async with transaction(database) as conn:
            await conn.execute(update(teams).values(trimmed_position=3))
            await conn.execute(delete(events).where(events.c.position <= 3))
        source = EventSource()
        reader = await world.stream(token, f"?last_event_id={told[0]}", source=source)
        await reader.got(1, "reset")
        reset = Reset.model_validate_json(source.frames("reset")[0].data)
        assert (reset.reason, reset.snapshot.last_event_id) == ("trimmed", told[-1])
        assert [job.id for job in reset.snapshot.jobs] == [42]
        told += await tell(database)
        await reader.got(1, "message")
        assert ids(reader) == told[-1:]
        resumed = await world.stream(token, f"?last_event_id={told[2]}")
        await resumed.got(3, "message")
        assert ids(resumed) == told[3:]


async def test_a_job_stream_ends_and_is_not_come_back_to(database, token) -> None:
    await make_job(database)
    async with gateway(database) as world:
        await tell(database, 2, job_id=42)
        await tell(database, 1, job_id=42, status="completed")
        source = EventSource()
        reader = await world.stream(token, "?job_id=42", source=source)
        await reader.end()
        assert [d.event for d in source.dispatched] == ["sync", "message", "end"]
        again = await world.get(token, "?job_id=42", source=source)
        assert again.status == 204
        unknown = await world.get(token, "?job_id=43")
        assert unknown.status == 404
