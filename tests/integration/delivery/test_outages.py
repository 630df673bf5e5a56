"""The broker or the database goes away while orders are made and browsers listen (P1, P3, P7)."""

import asyncio
import json
import urllib.parse
from dataclasses import replace

import pytest
from sqlalchemy import select

from backbone.database.engine import create_engine, reading
from backbone.database.tables import events, job_logs, outbox, teams
from testing.tcp_proxy import Proxy
from tests.gateway.event_source import EventSource
from tests.integration.gateway_world import gateway, ids, relay, tell
from tests.service.world import World, build_world

ENVIRONMENTS = "/api/v1/environments"


async def the_log(engine) -> list[str]:
    async with reading(engine) as conn:
        rows = await conn.execute(
            select(teams.c.epoch, events.c.position)
            .join(events, events.c.team_id == teams.c.id)
            .order_by(events.c.position)
        )
        return [f"{epoch}.{position}" for epoch, position in rows]


async def ready(world) -> tuple[int, dict]:
    answer = await world.fetch("/api/v1/health/ready")
    return answer.status, json.loads(answer.body)


async def until_sent(engine) -> None:
    """Wait until the relay has nothing left."""
    async with asyncio.timeout(30):
        while True:
            async with reading(engine) as conn:
                if not (await conn.execute(select(outbox.c.id))).first():
                    return
            await asyncio.sleep(0.02)


async def order(service: World, token: str, name: str):
    async with service.client(token) as http:
        return await http.post(ENVIRONMENTS, json={"shortdomain": name})


async def test_without_a_broker_orders_are_accepted_told_and_sent_later(database, amqp_url) -> None:
    service = build_world(database)
    await service.team(7)
    token = await service.member(7)
    target = urllib.parse.urlsplit(amqp_url)
    async with Proxy(target.port) as proxy:
        url = target._replace(netloc=f"guest:guest@127.0.0.1:{proxy.port}").geturl()
        async with gateway(database, url) as world, relay(database, url):
            await world.pushed()
            reader = await world.stream(token)
            assert (await order(service, token, "before")).status_code == 202
            await reader.got(1, "message")

            proxy.refuse()
            await world.pushed(connected=False)
            accepted = [await order(service, token, f"without-{n}") for n in range(5)]
            assert [answer.status_code for answer in accepted] == [202] * 5
            await reader.got(6, "message")
            status, health = await ready(world)
            assert (status, health["status"]) == (200, "degraded")
            assert {"broker": "degraded", "database": "ok"}.items() <= {
                check["name"]: check["status"] for check in health["checks"]
            }.items()
            late = await world.stream(token)
            assert len(await service.outgoing()) >= 10, "five jobs and five events wait"

            proxy.heal()
            await world.pushed()
            await until_sent(database)
            consumed = world.gateway.metrics.messages_consumed_total
            assert (await order(service, token, "after")).status_code == 202
            await reader.got(7, "message")
            await late.got(1, "message")
            async with asyncio.timeout(30):
                while world.gateway.metrics.messages_consumed_total == consumed:
                    await asyncio.sleep(0.01)
            assert ids(reader) == await the_log(database)
            assert ids(late) == ids(reader)[-1:]
            assert (await ready(world))[1]["status"] == "ok"


@pytest.mark.postgres
async def test_without_a_database_streams_stay_and_nothing_is_half_written(
    postgres_url, amqp_url
) -> None:
    direct = create_engine(postgres_url)
    async with Proxy(direct.url.port) as proxy:
        url = direct.url.set(port=proxy.port).render_as_string(hide_password=False)
        engine = create_engine(url)
        service = build_world(engine)
        await service.team(7)
        token = await service.member(7)
        async with gateway(engine, amqp_url) as world, relay(engine, amqp_url):
            await world.pushed()
            reader = await world.stream(token)
            assert (await order(service, token, "before")).status_code == 202
            await reader.got(1, "message")

            proxy.refuse()
            answer = await order(service, token, "without")
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert int(answer.headers["retry-after"]) >= 1
            # A connection that was cut under a statement leaves open what became of it.
            assert answer.json()["code"] in {"database_unavailable", "outcome_unknown"}
            assert (await ready(world))[0] == 503
            stranger = await service_session(direct, service)
            first = await world.fetch("/api/v1/events", token=stranger)
            assert first.status == 503
            assert int(first.headers["retry-after"]) >= 1
            assert not reader.closed

            # Others still reach theirs, and write: it has to be told without a new connection.
            await tell(direct, 3)
            proxy.heal()
            await reader.got(4, "message")
            assert (await order(service, token, "after")).status_code == 202
            await reader.got(5, "message")
            assert not reader.closed
            assert ids(reader) == await the_log(direct)
        async with reading(direct) as conn:
            names = (await conn.scalars(select(job_logs.c.env_name))).all()
            told = (await conn.scalars(select(events.c.body))).all()
            waiting = (await conn.scalars(select(outbox.c.body))).all()
        assert sorted(names) == ["after", "before"]
        assert not [body for body in [*told, *map(bytes.decode, waiting)] if "without" in body]
        await engine.dispose()
    await direct.dispose()


@pytest.mark.postgres
async def test_a_browser_that_reconnects_in_an_outage_is_put_off_not_refused(
    postgres_url,
) -> None:
    """Any status but 200 would close its EventSource for good."""
    direct = create_engine(postgres_url)
    async with Proxy(direct.url.port) as proxy:
        url = direct.url.set(port=proxy.port).render_as_string(hide_password=False)
        engine = create_engine(url)
        service = build_world(engine)
        await service.team(7)
        token = await service.member(7)
        source = EventSource()
        async with gateway(engine) as world:
            reader = await world.stream(token, source=source)
            told = await tell(direct, 2)
            await reader.got(2, "message")
            await reader.close()
            proxy.refuse()
            stranger = await service_session(direct, service)
            again = await world.fetch("/api/v1/events", token=stranger, source=source)
            assert again.status == 200
            assert again.headers["content-type"].startswith("text/event-stream")
            assert source.dispatched[-1].event == "drain"
            assert source.dispatched[-1].json == {"reason": "overloaded"}
            assert source.retry >= 100
            assert again.complete
            proxy.heal()
            told += await tell(direct, 2)
            later = await world.stream(token, source=source)
            await later.got(4, "message")
            assert ids(source) == told
        await engine.dispose()
    await direct.dispose()


async def service_session(direct, service: World) -> str:
    """A session that the gateway has never seen."""
    return await replace(service, engine=direct).session(701, 7)
