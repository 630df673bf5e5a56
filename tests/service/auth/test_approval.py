"""What becomes of a sign-in while the user has another session: allowed, told, or asked about."""

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.tables import audit_log
from tests.service.world import PASSWORD, World, build_world

LOGIN, EXCHANGE = "/api/v1/auth/login", "/api/v1/auth/session-exchange"
WAITING = "/api/v1/auth/sign-ins"


async def asking(engine: AsyncEngine, **environ: str) -> World:
    world = build_world(engine, CONCURRENT_SIGN_IN="ask", **environ)
    await world.team(7)
    await world.user(3, [7])
    return world


async def log_in(http: httpx.AsyncClient) -> dict[str, object]:
    body = {"email": "user3@example.com", "password": PASSWORD}
    answer = await http.post(LOGIN, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def exchange(http: httpx.AsyncClient, login: dict[str, object]) -> tuple[int, str]:
    answer = await http.post(EXCHANGE, json={"exchange_token": login["exchange_token"]})
    return answer.status_code, answer.json().get("code", "")


async def test_the_first_session_needs_nobody(engine: AsyncEngine) -> None:
    world = await asking(engine)
    async with world.client() as http:
        login = await log_in(http)
        assert "answer_until" not in login
        assert await exchange(http, login) == (200, "")


@pytest.mark.parametrize(
    ("decision", "expected"), [("approve", (200, "")), ("refuse", (403, "sign_in_refused"))]
)
async def test_the_first_session_decides(
    engine: AsyncEngine, decision: str, expected: tuple[int, str]
) -> None:
    world = await asking(engine)
    async with world.client(await world.session(3, 7)) as first, world.client() as http:
        login = await log_in(http)
        assert login["answer_until"] == int(world.clock() + 60)
        assert await exchange(http, login) == (409, "sign_in_pending")
        (told,) = await world.log(7)
        (waiting,) = (await first.get(WAITING)).json()["items"]
        assert told["request_id"] == waiting["request_id"]
        path = f"{WAITING}/{waiting['request_id']}/answer"
        assert (await first.post(path, json={"answer": decision})).status_code == 204
        assert (await first.post(path, json={"answer": "approve"})).status_code == 404
        assert (await first.get(WAITING)).json() == {"items": []}
        assert await exchange(http, login) == expected
    assert [event["type"] for event in await world.log(7)][:2] == [
        "concurrent_login_requested",
        "concurrent_login_answered",
    ]
    (act,) = await world.rows(audit_log)
    assert (act["action"], act["details"]) == ("sign-in.answer", {"answer": decision})


@pytest.mark.parametrize(
    ("unanswered", "expected"), [("approve", (200, "")), ("refuse", (403, "sign_in_refused"))]
)
async def test_without_an_answer_the_setting_decides(
    engine: AsyncEngine, unanswered: str, expected: tuple[int, str]
) -> None:
    world = await asking(engine, CONCURRENT_SIGN_IN_UNANSWERED=unanswered)
    async with world.client(await world.session(3, 7)) as first, world.client() as http:
        login = await log_in(http)
        (waiting,) = (await first.get(WAITING)).json()["items"]
        world.clock.now += 61
        late = await first.post(
            f"{WAITING}/{waiting['request_id']}/answer", json={"answer": "approve"}
        )
        assert late.status_code == 404
        assert await exchange(http, login) == expected


async def test_nobody_answers_for_another_user(engine: AsyncEngine) -> None:
    world = await asking(engine)
    await world.session(3, 7)
    await world.user(4, [7])
    async with world.client(await world.session(4, 7)) as other, world.client() as http:
        login = await log_in(http)
        (told,) = await world.log(7)
        assert (await other.get(WAITING)).json() == {"items": []}
        path = f"{WAITING}/{told['request_id']}/answer"
        assert (await other.post(path, json={"answer": "approve"})).status_code == 404
        assert await exchange(http, login) == (409, "sign_in_pending")


async def test_allowed_sign_ins_are_not_told(engine: AsyncEngine) -> None:
    world = build_world(engine, CONCURRENT_SIGN_IN="allow")
    await world.team(7)
    await world.user(3, [7])
    await world.session(3, 7)
    async with world.client() as http:
        assert await exchange(http, await log_in(http)) == (200, "")
    assert await world.log(7) == []
