"""From a password to a session and to its end, over HTTP."""

import asyncio
import hashlib

import argon2
import pytest
from sqlalchemy import update

from backbone.database.engine import transaction
from backbone.database.tables import exchange_tokens, known_devices, outbox, sessions, users
from backbone.roles import OPERATOR_PERMISSIONS
from tests.service.world import ALL, HASHER, PASSWORD, World

LOGIN = "/api/v1/auth/login"
EXCHANGE = "/api/v1/auth/session-exchange"


async def exchange_token(world: World, email: str) -> str:
    async with world.client() as http:
        answer = await http.post(LOGIN, json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["exchange_token"])


async def test_a_browser_signs_in_works_and_signs_out(world: World) -> None:
    email = await world.user(3, [7])
    token = await exchange_token(world, email)
    async with world.client() as http:
        begun = await http.post(EXCHANGE, json={"exchange_token": token, "team_id": 7})
        assert begun.status_code == 200
        cookie = begun.headers["set-cookie"]
        assert "slipway_session=" in cookie
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        me = await http.get("/api/v1/auth/me")
        assert me.json() == begun.json()
        assert me.json()["user"] == {"id": 3, "email": email, "display_name": "User 3"}
        assert me.json()["team"] == {"id": 7, "name": "Team 7", "status": "ACTIVE"}
        assert me.json()["permissions"] == sorted(ALL)
        bearer = {"Authorization": f"Bearer {http.cookies['slipway_session']}"}
        ended = await http.post("/api/v1/auth/logout")
        assert ended.status_code == 204
        assert "Max-Age=0" in ended.headers["set-cookie"]
    async with world.client() as http:
        # Ended at the server, not only forgotten by the browser.
        refused = await http.get("/api/v1/auth/me", headers=bearer)
    assert refused.status_code == 401
    assert refused.json()["code"] == "not_authenticated"
    told = await world.log(7)
    assert [(event["type"], event["user_id"]) for event in told] == [("session_revoked", 3)]
    assert await world.outgoing() == ["team.7.user.3.auth.session_revoked"]


async def test_the_cookie_is_secure_over_https(world: World) -> None:
    token = await exchange_token(world, await world.user(3, [7]))
    async with world.client() as http:
        begun = await http.post(f"https://slipway.test{EXCHANGE}", json={"exchange_token": token})
        cookie = begun.headers["set-cookie"]
        assert cookie.startswith("__Host-slipway_session=")
        assert {"Secure", "Path=/", "HttpOnly"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        me = await http.get("https://slipway.test/api/v1/auth/me")
        assert me.status_code == 200


async def test_no_token_is_stored_in_the_clear(world: World) -> None:
    token = await exchange_token(world, await world.user(3, [7]))
    (stored,) = await world.rows(exchange_tokens)
    assert stored["token_hash"] == hashlib.sha256(token.encode()).hexdigest()
    async with world.client() as http:
        await http.post(EXCHANGE, json={"exchange_token": token})
        session = http.cookies["slipway_session"]
    (stored,) = await world.rows(sessions)
    assert session not in str(stored)


@pytest.mark.parametrize(
    ("email", "password"),
    [("user3@example.com", "wrong"), ("nobody@example.com", PASSWORD)],
)
async def test_wrong_credentials_do_not_tell_what_is_wrong(
    world: World, email: str, password: str
) -> None:
    await world.user(3, [7])
    async with world.client() as http:
        answer = await http.post(LOGIN, json={"email": email, "password": password})
    assert answer.status_code == 401
    problem = answer.json()
    problem.pop("instance", None)
    assert problem == {
        "type": "/docs#problem-invalid_credentials",
        "title": "Wrong credentials",
        "status": 401,
        "code": "invalid_credentials",
        "detail": "The e-mail address or the password is wrong.",
    }
    assert await world.rows(exchange_tokens) == []


async def test_the_address_may_be_spelled_in_any_case(world: World) -> None:
    await world.user(3, [7])
    await exchange_token(world, "USER3@Example.com")


async def test_too_many_attempts_wait(world: World) -> None:
    email = await world.user(3, [7])
    async with world.client() as http:
        for _ in range(6):
            await http.post(LOGIN, json={"email": email, "password": "wrong"})
        # Even the right password has to wait now.
        answer = await http.post(LOGIN, json={"email": email, "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.json()["code"] == "rate_limited"
    assert 1 <= int(answer.headers["retry-after"]) <= 300


async def test_who_guesses_elsewhere_does_not_keep_a_known_device_out(world: World) -> None:
    email = await world.user(3, [7])
    right, wrong = ({"email": email, "password": word} for word in (PASSWORD, "wrong"))
    async with world.client() as laptop, world.client() as elsewhere:
        first = await laptop.post(LOGIN, json=right)
        assert "slipway_device=" in first.headers["set-cookie"]
        assert "HttpOnly" in first.headers["set-cookie"]
        for _ in range(8):
            await elsewhere.post(LOGIN, json=wrong)
        assert (await elsewhere.post(LOGIN, json=right)).status_code == 429
        assert (await laptop.post(LOGIN, json=right)).status_code == 200
    (known,) = await world.rows(known_devices)
    assert laptop.cookies["slipway_device"] not in str(known)


async def test_a_device_is_known_for_its_own_user_only(world: World) -> None:
    first, second = await world.user(3, [7]), await world.user(4, [7])
    async with world.client() as http:
        await http.post(LOGIN, json={"email": first, "password": PASSWORD})
        mine = http.cookies["slipway_device"]
        await http.post(LOGIN, json={"email": second, "password": PASSWORD})
        assert http.cookies["slipway_device"] != mine, "nobody chooses the token of a device"


async def test_only_the_client_that_asked_exchanges(world: World) -> None:
    email = await world.user(3, [7])
    body = {"email": email, "password": PASSWORD}
    async with world.client() as http:
        token = (await http.post(LOGIN, json=body)).json()["exchange_token"]
        device = {"Cookie": f"slipway_device={http.cookies['slipway_device']}"}
    other = {"User-Agent": "another"}
    async with world.client() as http:
        stolen = await http.post(EXCHANGE, json={"exchange_token": token}, headers=other)
        assert stolen.status_code == 401
        # The same device may have moved to another network by now.
        moved = await http.post(EXCHANGE, json={"exchange_token": token}, headers=other | device)
        assert moved.status_code == 200


async def test_a_disabled_user_does_not_sign_in(world: World) -> None:
    email = await world.user(3, [7])
    async with transaction(world.engine) as conn:
        await conn.execute(update(users).values(disabled_at=1.0))
    async with world.client() as http:
        answer = await http.post(LOGIN, json={"email": email, "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")


async def test_of_many_exchanges_at_once_one_wins(world: World) -> None:
    token = await exchange_token(world, await world.user(3, [7]))
    async with world.client() as http:
        answers = await asyncio.gather(
            *(http.post(EXCHANGE, json={"exchange_token": token}) for _ in range(8))
        )
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    assert len(await world.rows(sessions)) == 1


async def test_an_exchange_token_ends_after_its_minute(world: World) -> None:
    token = await exchange_token(world, await world.user(3, [7]))
    world.clock.now += 61
    async with world.client() as http:
        answer = await http.post(EXCHANGE, json={"exchange_token": token})
    assert answer.status_code == 401
    assert await world.rows(sessions) == []


async def test_a_foreign_team_is_refused_and_leaves_the_token_usable(world: World) -> None:
    await world.team(8)
    token = await exchange_token(world, await world.user(3, [7]))
    async with world.client() as http:
        refused = await http.post(EXCHANGE, json={"exchange_token": token, "team_id": 8})
        assert refused.status_code == 403
        assert refused.json()["code"] == "team_forbidden"
        taken = await http.post(EXCHANGE, json={"exchange_token": token, "team_id": 7})
    assert taken.status_code == 200


async def test_without_a_team_it_is_the_first_one(world: World) -> None:
    await world.team(5)
    token = await exchange_token(world, await world.user(3, [7, 5]))
    async with world.client() as http:
        begun = await http.post(EXCHANGE, json={"exchange_token": token})
    assert begun.json()["team"]["id"] == 5


async def test_an_operator_may_work_in_any_team_and_manage_teams(world: World) -> None:
    await world.team(8)
    token = await exchange_token(world, await world.user(1, [8], ["jobs:read"], operator=True))
    async with world.client() as http:
        begun = await http.post(EXCHANGE, json={"exchange_token": token, "team_id": 7})
    assert begun.json()["team"]["id"] == 7
    assert begun.json()["permissions"] == sorted(OPERATOR_PERMISSIONS)


async def test_a_membership_cannot_grant_what_only_operators_may(world: World) -> None:
    token = await exchange_token(world, await world.user(3, [7], ["teams:manage", "jobs:read"]))
    async with world.client() as http:
        begun = await http.post(EXCHANGE, json={"exchange_token": token})
    assert begun.json()["permissions"] == ["jobs:read"]


async def test_open_sessions_hear_of_another_sign_in(world: World) -> None:
    await world.team(8)
    email = await world.user(3, [7, 8])
    await exchange_token(world, email)
    assert await world.log(7) == []
    await world.session(3, 7)
    await world.session(3, 7)
    await world.session(3, 8)
    await world.session(3, 8, lifetime=-1)
    await exchange_token(world, email)
    for team_id in (7, 8):
        (event,) = await world.log(team_id)
        assert event["type"] == "concurrent_login_requested"
        assert (event["team_id"], event["user_id"]) == (team_id, 3)
    assert await world.outgoing() == [
        "team.7.user.3.auth.concurrent_login_requested",
        "team.8.user.3.auth.concurrent_login_requested",
    ]


async def test_an_outdated_hash_is_replaced_at_the_next_sign_in(world: World) -> None:
    email = await world.user(3, [7])
    weaker = argon2.PasswordHasher(time_cost=2, memory_cost=32, parallelism=1).hash(PASSWORD)
    async with world.engine.begin() as conn:
        await conn.execute(users.update().values(password_hash=weaker))
    await exchange_token(world, email)
    (user,) = await world.rows(users)
    assert user["password_hash"] != weaker
    assert HASHER.verify(user["password_hash"], PASSWORD)


async def test_a_session_ends_by_itself(world: World) -> None:
    await world.user(3, [7])
    token = await world.session(3, 7, lifetime=-1)
    async with world.client(token) as http:
        assert (await http.get("/api/v1/auth/me")).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic abc", "Bearer unknown"])
async def test_nobody_without_a_session(world: World, header: str) -> None:
    async with world.client() as http:
        answer = await http.get("/api/v1/auth/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_logout_twice_tells_once(world: World) -> None:
    token = await world.member(7)
    async with world.client(token) as http:
        first, second = await asyncio.gather(
            http.post("/api/v1/auth/logout"), http.post("/api/v1/auth/logout")
        )
    assert {first.status_code, second.status_code} <= {204, 401}
    assert len(await world.rows(outbox)) == 1
