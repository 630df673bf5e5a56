"""Which team a session is for, and what becomes of it when an operator changes the team's status."""

import httpx
import pytest

LOGIN, EXCHANGE = "/api/v1/auth/login", "/api/v1/auth/session-exchange"


@pytest.fixture
async def me(client):
    return (await client.get("/api/v1/auth/me")).json()


async def test_a_session_for_the_team_that_was_chosen_and_for_no_foreign_one(stack, me):
    async with httpx.AsyncClient(base_url=stack.origin.base_url) as browser:
        login = await browser.post(
            LOGIN, json={"email": stack.origin.email, "password": stack.origin.password}
        )
        token = login.json()["exchange_token"]
        refused = await browser.post(EXCHANGE, json={"exchange_token": token, "team_id": 999_999})
        assert refused.status_code == 403
        assert refused.json()["code"] == "team_forbidden"
        begun = await browser.post(
            EXCHANGE, json={"exchange_token": token, "team_id": me["team"]["id"]}
        )
    assert begun.status_code == 200
    assert begun.json()["team"] == me["team"]


async def test_each_status_is_told_to_the_team(client, operator, me):
    path = f"/api/v1/teams/{me['team']['id']}/status"
    try:
        for status in ("TRIALING", "PAST_DUE", "SUSPENDED", "CANCELED"):
            changed = await operator.patch(path, json={"status": status})
            assert changed.status_code == 200
            assert changed.json()["status"] == status
            told = (await client.get("/api/v1/auth/me")).json()
            assert told["team"]["status"] == status
    finally:
        restored = await operator.patch(path, json={"status": "ACTIVE"})
        assert restored.status_code == 200
