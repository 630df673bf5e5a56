"""The service on both databases: what only real transactions, several connections and failures show."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import create_engine
from backbone.database.tables import events, job_logs, outbox, sessions
from backbone.errors import RateLimited
from service.attempts import LoginAttempts, LoginLimits
from service.cache import Cache
from testing.missing import ServiceMissing, skip_or_fail
from tests.service.wire import Wire
from tests.service.world import PASSWORD, World, build_world

ENVIRONMENTS = "/api/v1/environments"


@pytest.fixture
async def world(database: AsyncEngine) -> World:
    world = build_world(database)
    await world.team(7)
    return world


@pytest.fixture
async def duplicate(world: World, database_url: str) -> AsyncIterator[World]:
    """A second service process, as far as the database can tell."""
    engine = create_engine(database_url)
    yield build_world(engine, clock=world.clock)
    await engine.dispose()


async def test_the_way_of_a_user(world: World) -> None:
    email = await world.user(3, [7])
    async with world.client() as http:
        login = await http.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        begun = await http.post(
            "/api/v1/auth/session-exchange",
            json={"exchange_token": login.json()["exchange_token"]},
        )
        assert begun.status_code == 200, begun.text
        ordered = await http.post(
            ENVIRONMENTS, json={"shortdomain": "shop-42", "metadata": {"a": "ü"}}
        )
        assert ordered.status_code == 202, ordered.text
        job_id = ordered.json()["job_id"]
        assert ordered.json()["last_event_id"] == "epoch7.0"
        jobs = (await http.get("/api/v1/jobs")).json()
        assert [job["id"] for job in jobs["items"]] == [job_id]
        assert jobs["last_event_id"] == "epoch7.1"
        cancelled = await http.post(f"/api/v1/jobs/{job_id}/cancel")
        assert cancelled.json()["status"] == "cancelled"
        environment_id = await world.environment(7, "old-shop")
        deletion = await http.delete(f"{ENVIRONMENTS}/{environment_id}")
        assert deletion.status_code == 202, deletion.text
        busy = await http.delete(f"{ENVIRONMENTS}/{environment_id}")
        assert busy.json()["code"] == "environment_busy"
        assert (await http.post("/api/v1/auth/logout")).status_code == 204
    told = await world.log(7)
    assert [event.get("status", event["type"]) for event in told] == [
        "queued",
        "cancelled",
        "queued",
        "session_revoked",
    ]


async def test_duplicates_at_two_services_are_one_order(world: World, duplicate: World) -> None:
    token = await world.member(7)
    headers = {"Idempotency-Key": "order-1"}
    async with world.client(token) as here, duplicate.client(token) as there:
        answers = await asyncio.gather(
            *(
                http.post(ENVIRONMENTS, json={"shortdomain": "shop-42"}, headers=headers)
                for http in (here, there) * 8
            )
        )
    assert {answer.status_code for answer in answers} == {202}, [a.text for a in answers]
    assert len({answer.text for answer in answers}) == 1
    assert len(await world.rows(job_logs)) == len(await world.rows(events)) == 1
    assert len(await world.rows(outbox)) == 2


async def test_of_many_orders_for_a_name_one_wins(world: World, duplicate: World) -> None:
    token = await world.member(7)
    async with world.client(token) as here, duplicate.client(token) as there:
        answers = await asyncio.gather(
            *(
                http.post(ENVIRONMENTS, json={"shortdomain": "shop-42"})
                for http in (here, there) * 6
            )
        )
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 11
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"shortdomain_taken"}
    assert [row["position"] for row in await world.rows(events)] == [1]


async def test_of_many_deletions_one_wins(world: World, duplicate: World) -> None:
    token = await world.member(7)
    environment_id = await world.environment(7, "old-shop")
    async with world.client(token) as here, duplicate.client(token) as there:
        answers = await asyncio.gather(
            *(http.delete(f"{ENVIRONMENTS}/{environment_id}") for http in (here, there) * 4)
        )
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 7


async def test_of_many_exchanges_one_wins(world: World, duplicate: World) -> None:
    email = await world.user(3, [7])
    async with world.client() as here, duplicate.client() as there:
        login = await here.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        body = {"exchange_token": login.json()["exchange_token"]}
        answers = await asyncio.gather(
            *(http.post("/api/v1/auth/session-exchange", json=body) for http in (here, there) * 6)
        )
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 11
    assert len(await world.rows(sessions)) == 1


async def test_pages_are_true_at_their_position_while_orders_come_in(world: World) -> None:
    """The first page's newest job is the one whose first event has the page's position."""
    token = await world.member(7)
    pages: list[dict[str, Any]] = []

    async def order(http: Any) -> None:
        for number in range(30):
            answer = await http.post(ENVIRONMENTS, json={"shortdomain": f"shop-{number}"})
            assert answer.status_code == 202
        done.set()

    async def look(http: Any) -> None:
        while not done.is_set():
            pages.append((await http.get("/api/v1/jobs", params={"limit": 100})).json())

    done = asyncio.Event()
    async with world.client(token) as http:
        await asyncio.gather(order(http), look(http), look(http))
    assert len({page["last_event_id"] for page in pages}) > 2
    for page in pages:
        # One event per job so far, so the position counts the jobs.
        assert page["last_event_id"] == f"epoch7.{len(page['items'])}"


async def test_a_team_status_is_judged_when_the_order_is_written(
    world: World, duplicate: World
) -> None:
    """The other process still remembers an active team; the database knows better."""
    await world.team(1)
    token, boss = await world.member(7), await world.member(1, operator=True)
    async with world.client(boss) as operator, duplicate.client(token) as http:
        assert (await http.get("/api/v1/auth/me")).status_code == 200
        await operator.patch("/api/v1/teams/7/status", json={"status": "SUSPENDED"})
        refused = await http.post(ENVIRONMENTS, json={"shortdomain": "shop-42"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "team_inactive"
    assert await world.rows(job_logs) == []


@pytest.fixture
async def wire(postgres_url: str) -> AsyncIterator[Wire]:
    async with Wire(make_url(postgres_url).port or 5432) as wire:
        yield wire


@pytest.fixture
async def wired(postgres_url: str, wire: Wire) -> AsyncIterator[World]:
    """A service whose PostgreSQL is at the other end of a wire that can be cut."""
    url = make_url(postgres_url).set(port=wire.port)
    engine = create_engine(url.render_as_string(hide_password=False))
    world = build_world(engine)
    await world.team(7)
    yield world
    await engine.dispose()


@pytest.mark.postgres
async def test_an_order_is_one_round_trip(wired: World, wire: Wire) -> None:
    async with wired.client(await wired.member(7)) as http:
        # The session is looked up, a block of ids is taken and statements are prepared, once.
        assert (await http.post(ENVIRONMENTS, json={"shortdomain": "shop-1"})).status_code == 202
        before = wire.turns
        assert (await http.post(ENVIRONMENTS, json={"shortdomain": "shop-2"})).status_code == 202
        assert wire.turns - before == 1
        assert (await http.get("/api/v1/jobs")).status_code == 200
        before = wire.turns
        assert (await http.get("/api/v1/jobs")).status_code == 200
        assert wire.turns - before == 1


@pytest.mark.postgres
async def test_without_its_database_the_service_says_so_and_recovers(
    wired: World, wire: Wire
) -> None:
    token = await wired.member(7)
    order = {"shortdomain": "shop-1"}
    async with wired.client(token) as http:
        assert (await http.get("/api/v1/auth/me")).status_code == 200
        await wire.cut()
        for method, path, body in (
            ("POST", ENVIRONMENTS, order),
            ("GET", ENVIRONMENTS, None),
            ("GET", "/api/v1/auth/me", None),
            ("POST", "/api/v1/auth/login", {"email": "ada@example.com", "password": "x"}),
        ):
            answer = await http.request(method, path, json=body)
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] == "database_unavailable"
            assert int(answer.headers["retry-after"]) >= 1
        assert (await http.get("/api/v1/health/ready")).status_code == 503
        assert (await http.get("/api/v1/health/live")).status_code == 200
        await wire.mend()
        assert (await http.get("/api/v1/health/ready")).status_code == 200
        assert await wired.rows(job_logs) == await wired.rows(outbox) == []
        assert (await http.post(ENVIRONMENTS, json=order)).status_code == 202


async def admit_in_turns(here: LoginAttempts, there: LoginAttempts, email: str) -> None:
    for number in range(10):
        await (here, there)[number % 2].admit(email, "192.0.2.1")


@pytest.mark.redis
async def test_sign_ins_are_limited_over_all_services_by_redis(world: World) -> None:
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
    first, second = Cache(url), Cache(url)
    if not await first.touch():
        await first.close()
        skip_or_fail(ServiceMissing("no Redis answers"))
    email = f"{secrets.token_hex(8)}@example.com"
    limits = LoginLimits(per_account=2, per_address=1000)
    here, there = LoginAttempts(limits, first.storage), LoginAttempts(limits, second.storage)
    await here.admit(email, "192.0.2.1")
    await there.admit(email, "192.0.2.2")
    # What is over the limit passes after a wait that doubles, so some try comes too early.
    with pytest.raises(RateLimited) as refusal:
        await admit_in_turns(here, there, email)
    assert (refusal.value.retry_after or 0) >= 1
    await there.forgive(email)
    await here.admit(email, "192.0.2.1")
    await there.admit(email, "192.0.2.1")
    await first.close()
    await second.close()


@pytest.mark.redis
async def test_orders_are_limited_over_all_services_by_redis(database: AsyncEngine) -> None:
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
    caches = [Cache(url), Cache(url)]
    if not await caches[0].touch():
        await caches[0].close()
        skip_or_fail(ServiceMissing("no Redis answers"))
    team = 1_000_000 + secrets.randbelow(1_000_000_000)
    worlds = [build_world(database, cache=cache, ORDERS_PER_MINUTE="2") for cache in caches]
    await worlds[0].team(team)
    token = await worlds[0].member(team)
    statuses = []
    for number, world in enumerate((*worlds, *worlds)):
        async with world.client(token) as http:
            answer = await http.post(ENVIRONMENTS, json={"shortdomain": f"shop-{number}"})
            statuses.append(answer.status_code)
    assert statuses == [202, 202, 429, 429]
    for cache in caches:
        await cache.close()


async def test_a_redis_that_is_gone_degrades_and_still_limits(database: AsyncEngine) -> None:
    cache = Cache("redis://127.0.0.1:1/0")
    world = build_world(database, cache=cache)
    async with world.client() as http:
        ready = await http.get("/api/v1/health/ready")
        assert ready.status_code == 200
        assert ready.json()["status"] == "degraded"
        body = {"email": "ada@example.com", "password": "x"}
        answers = [await http.post("/api/v1/auth/login", json=body) for _ in range(12)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[:5] == [401] * 5
    assert 429 in statuses
    await cache.close()
