"""What the session's stacks have no cause to say: missing permissions, limits, a busy environment, a queue that waits."""

import re
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import insert, update
from unseen.test_service import BODIES, SIXTEEN

from backbone.database.engine import create_engine, transaction
from backbone.database.migrate import upgrade
from backbone.database.tables import memberships, outbox
from backbone.roles import ALL_PERMISSIONS
from generated.http.operations import OPERATIONS
from tests.service.world import build_world
from traffic.book import Book
from traffic.http_tap import note

OF_THE_GATEWAY = {"streamEvents"}
ORDERS = "/api/v1/environments"
LOGIN = "/api/v1/auth/login"
HEALTH = "specs/schemas/health.yaml#/$defs/CheckStatus/enum"
ENVIRONMENT = "specs/schemas/environment.yaml#/$defs/EnvironmentStatus/enum"


@pytest.fixture(scope="module")
def database_url(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('refusals') / 'slipway.db'}"


@pytest.fixture
async def engine(database_url):
    await upgrade(database_url)
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


@asynccontextmanager
async def asking(world, token, book):
    """Ask in the name of a token; what is answered is written down."""
    async with world.client(token) as client:

        async def ask(method, path, body=None, **headers):
            answer = await client.request(method, path, json=body, headers=headers)
            note(book, answer.request, answer, answer.content, whole=True)
            return answer

        yield ask


async def owner(world, team_id):
    """A session of a team's owner, who runs the platform as well."""
    token = await world.member(team_id, permissions=[*ALL_PERMISSIONS], operator=True)
    async with transaction(world.engine) as conn:
        of_team = memberships.c.team_id == team_id
        await conn.execute(update(memberships).where(of_team).values(role="owner"))
    return token


async def test_without_its_permission_every_operation_refuses(engine, seen):
    world, book = build_world(engine), Book()
    await world.team(11)
    asked = [one for one in OPERATIONS if one.permission and one.operation_id not in OF_THE_GATEWAY]
    async with asking(world, await world.member(11, permissions=()), book) as ask:
        for operation in asked:
            path = operation.path.replace("{letter_id}", SIXTEEN).replace("{queue}", "jobs.dead")
            path = re.sub(r"\{\w+\}", "11", path)
            answer = await ask(operation.method, path, BODIES.get(operation.operation_id))
            assert answer.status_code == 403, operation
    assert {f"status {one.operation_id} 403" for one in asked} <= seen(book)


async def test_what_is_malformed_or_too_large_is_refused_by_every_operation(engine, seen):
    """By somebody who may do all of it, so that nothing is refused before its shape is looked at."""
    world, book = build_world(engine), Book()
    await world.team(15)
    token = await owner(world, 15)
    refused = {"413": set(), "422": set()}
    async with asking(world, token, book) as ask:
        for operation in OPERATIONS:
            name, path = operation.operation_id, re.sub(r"\{\w+\}", "~", operation.path)
            if name in OF_THE_GATEWAY | {"getLiveness", "getReadiness"}:
                continue
            if "422" in operation.problems:
                odd = {"x": 1} if name in BODIES else None
                answer = await ask(operation.method, f"{path}?limit=0&cursor=~&queue=~", odd)
                assert answer.status_code == 422, (name, answer.text)
                refused["422"].add(name)
            if "413" in operation.problems:
                whole = re.sub(r"\{\w+\}", "15", operation.path)
                answer = await ask(
                    operation.method,
                    whole.replace("/15/answer", f"/{SIXTEEN}/answer"),
                    "x" * 2_000_000,
                )
                assert answer.status_code == 413, (name, answer.text)
                refused["413"].add(name)
    assert {f"status {one} {code}" for code, names in refused.items() for one in names} <= seen(
        book
    )


async def test_one_order_too_many(engine, seen):
    world, book = build_world(engine, ORDERS_PER_MINUTE="1"), Book()
    await world.team(12)
    async with asking(world, await world.member(12), book) as ask:
        accepted = await ask("POST", ORDERS, {"shortdomain": "shop-12"})
        job = accepted.json()["job_id"]
        await ask("POST", ORDERS, {"shortdomain": "shop-13"})
        await ask("DELETE", f"{ORDERS}/1")
        await ask("POST", f"/api/v1/jobs/{job}/cancel")
        await ask("POST", f"/api/v1/jobs/{job}/retry")
    limited = ("createEnvironment", "deleteEnvironment", "retryJob")
    assert {f"status {name} 429" for name in limited} <= seen(book)


async def test_one_guess_too_many(engine, seen):
    world, book = build_world(engine, LOGIN_ATTEMPTS_PER_MINUTE="1"), Book()
    async with asking(world, None, book) as ask:
        # What is over the limit passes once a delay is over that doubles: on a slow machine some do.
        for _ in range(10):
            answer = await ask("POST", LOGIN, {"email": "who@example.com", "password": "wrong"})
            if answer.status_code == 429:
                break
    assert "status login 429" in seen(book)


async def test_an_invitation_is_no_way_round_the_limits(engine, seen):
    world, book = build_world(engine, LOGIN_ATTEMPTS_PER_MINUTE="1"), Book()
    await world.team(13)
    token, path = await owner(world, 13), "/api/v1/auth/invitations/accept"
    known = await world.user(1399, [])
    async with asking(world, token, book) as ask:
        made = await ask("POST", "/api/v1/invitations", {"role": "viewer", "email": known})
        body = {"token": made.json()["token"], "email": known, "password": "a wrong password"}
        elsewhere = {"Origin": "https://evil.example", "Cookie": f"slipway_session={token}"}
    async with asking(world, None, book) as ask:
        assert (await ask("POST", path, body, **elsewhere)).status_code == 403
        answers = [(await ask("POST", path, body)).status_code for _ in range(10)]
    assert answers[0] == 401
    assert {f"status acceptInvitation {code}" for code in (401, 403, 429)} <= seen(book)


async def test_a_password_is_not_guessed_by_changing_it(engine, seen):
    world, book = build_world(engine, LOGIN_ATTEMPTS_PER_MINUTE="1"), Book()
    await world.team(16)
    body = {"current_password": "a wrong password", "new_password": "another password of length"}
    async with asking(world, await world.member(16), book) as ask:
        for _ in range(10):
            await ask("PUT", "/api/v1/auth/password", body)
    assert "status changePassword 429" in seen(book)


async def test_a_deletion_of_what_is_being_deleted(engine, seen):
    world, book = build_world(engine), Book()
    await world.team(14)
    number = await world.environment(14, "old-shop")
    async with asking(world, await world.member(14), book) as ask:
        await ask("DELETE", f"{ORDERS}/{number}")
        await ask("DELETE", f"{ORDERS}/{number}")
        await ask("GET", f"{ORDERS}/{number}")
    assert {"status deleteEnvironment 409", f"keyword {ENVIRONMENT}/deleting"} <= seen(book)


async def test_messages_that_nobody_publishes(engine, seen):
    world, book = build_world(engine), Book()
    row = {"exchange": "jobs.direct", "routing_key": "x", "body": b"{}", "properties": {}}
    at = world.clock() - 3600
    async with transaction(engine) as conn:
        await conn.execute(insert(outbox).values(**row, created_at=at, not_before=at))
    async with asking(world, None, book) as ask:
        await ask("GET", "/api/v1/health/ready")
    assert f"keyword {HEALTH}/degraded" in seen(book)
