"""Probes tell the truth about what the service stands on; the smoke event touches nobody."""

import json
from pathlib import Path

from sqlalchemy import insert

from backbone.database.engine import transaction
from backbone.database.tables import events, outbox, teams
from service.cache import Cache
from testing.unreadable_database import unreadable_database
from tests.service.world import World, build_world

READY = "/api/v1/health/ready"


def states(body: dict[str, object]) -> dict[str, str]:
    return {check["name"]: check["status"] for check in body["checks"]}  # type: ignore[attr-defined]


async def test_alive_and_ready(world: World) -> None:
    async with world.client() as http:
        assert (await http.get("/api/v1/health/live")).json() == {"status": "ok", "checks": []}
        ready = await http.get(READY)
    assert ready.status_code == 200
    assert ready.json()["status"] == "ok"
    assert states(ready.json()) == {"database": "ok", "outbox": "ok", "cache": "ok"}


async def test_without_a_database_alive_but_not_ready(tmp_path: Path) -> None:
    async with unreadable_database(tmp_path) as engine:
        world = build_world(engine)
        async with world.client("some-token") as http:
            assert (await http.get("/api/v1/health/live")).status_code == 200
            ready = await http.get(READY)
            assert ready.status_code == 503
            assert states(ready.json())["database"] == "failed"
            answer = await http.get("/api/v1/jobs")
    assert answer.status_code == 503
    assert answer.json()["code"] == "database_unavailable"
    assert int(answer.headers["retry-after"]) >= 1


async def test_messages_that_wait_for_the_broker_degrade(world: World) -> None:
    row = {
        "exchange": "jobs.direct",
        "routing_key": "jobs.env.create",
        "body": b"{}",
        "properties": {},
    }
    async with transaction(world.engine) as conn:
        await conn.execute(
            insert(outbox).values(
                **row, created_at=world.clock() - 60, not_before=world.clock() + 60
            )
        )
    async with world.client() as http:
        # A delayed message is not late.
        assert (await http.get(READY)).json()["status"] == "ok"
        world.clock.now += 75
        ready = await http.get(READY)
    assert ready.status_code == 200
    assert ready.json()["status"] == "degraded"
    assert states(ready.json())["outbox"] == "degraded"


async def test_a_cache_that_does_not_answer_degrades(world: World) -> None:
    class Gone(Cache):
        async def touch(self) -> bool:
            return False

    broken = build_world(world.engine, clock=world.clock, cache=Gone())
    async with broken.client() as http:
        ready = await http.get(READY)
    assert ready.status_code == 200
    assert states(ready.json())["cache"] == "degraded"


async def test_the_smoke_event_goes_the_way_of_all_events(world: World) -> None:
    await world.team(1)
    async with world.client(await world.member(1, operator=True)) as http:
        answer = await http.post("/api/v1/health/observability-smoke")
    assert answer.status_code == 202
    assert states(answer.json()) == {"database": "ok", "outbox": "ok", "cache": "ok"}
    (message,) = await world.rows(outbox)
    assert message["routing_key"] == "team.0.job.0.status"
    assert message["exchange"] == "events.topic"
    assert json.loads(message["body"])["job_id"] == 0
    assert "x-event-id" not in message["properties"]["headers"]
    assert await world.rows(events) == []
    assert 0 not in {row["id"] for row in await world.rows(teams)}


async def test_the_smoke_event_is_for_operators(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        assert (await http.post("/api/v1/health/observability-smoke")).status_code == 403
    async with world.client() as http:
        assert (await http.post("/api/v1/health/observability-smoke")).status_code == 401
    assert await world.rows(outbox) == []
