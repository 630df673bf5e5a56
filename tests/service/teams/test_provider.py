"""The team's account at the provider: secrets go in and are never seen again."""

from typing import Any

import pytest
from sqlalchemy import update

from backbone.cipher import Cipher
from backbone.database.engine import transaction
from backbone.database.tables import audit_log, memberships, teams
from tests.service.world import ENVIRON, World, build_world

PATH = "/api/v1/teams/7/provider"


@pytest.fixture
async def owner(world: World) -> str:
    token = await world.member(7)
    async with transaction(world.engine) as conn:
        await conn.execute(update(memberships).values(role="owner", permissions=None))
    return token


async def test_an_owner_sets_the_account_and_sees_no_secret(world: World, owner: str) -> None:
    common = {"has_password": False, "has_session_key": False}
    body = {"login": "harbour@example.com", "password": "correct horse", "node_group": "eu-1"}
    async with world.client(owner) as http:
        assert (await http.get(PATH)).json() == common
        answer = await http.put(PATH, json=body)
        assert answer.status_code == 200, answer.text
        expected = {
            "login": "harbour@example.com",
            "node_group": "eu-1",
            "has_password": True,
            "has_session_key": False,
        }
        assert answer.json() == expected == (await http.get(PATH)).json()
        (team,) = await world.rows(teams)
        cipher = Cipher([ENVIRON["SLIPWAY_SECRET_KEYS"]])
        assert cipher.decrypt(team["provider_password_encrypted"]) == "correct horse"
        assert (await http.put(PATH, json={})).json() == common
    (team,) = await world.rows(teams)
    assert (team["provider_login"], team["provider_password_encrypted"]) == (None, None)
    acts = await world.rows(audit_log)
    assert [act["action"] for act in acts] == ["team.set-provider"] * 2
    assert "correct horse" not in str(acts)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"login": "harbour@example.com"}, "/body/login"),
        ({"password": "correct horse"}, "/body/password"),
        ({"login": "harbour@example.com", "password": "a\0b"}, "/body"),
    ],
)
async def test_half_an_account_is_refused(
    world: World, owner: str, body: dict[str, Any], pointer: str
) -> None:
    async with world.client(owner) as http:
        answer = await http.put(PATH, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert "correct horse" not in answer.text


async def test_another_team_is_out_of_reach(world: World, owner: str) -> None:
    await world.team(8)
    async with world.client(owner) as http:
        assert (await http.get("/api/v1/teams/8/provider")).status_code == 403
        assert (await http.put("/api/v1/teams/8/provider", json={})).status_code == 403


async def test_without_a_key_nothing_is_stored(world: World, owner: str, tmp_path: Any) -> None:
    bare = build_world(
        world.engine, clock=world.clock, SLIPWAY_SECRET_KEYS="", SLIPWAY_HOME=str(tmp_path)
    )
    body = {"login": "harbour@example.com", "password": "correct horse"}
    async with bare.client(owner) as http:
        answer = await http.put(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "secrets_unavailable")
    (team,) = await world.rows(teams)
    assert team["provider_login"] is None


async def test_a_body_without_end_is_refused(world: World, owner: str) -> None:
    async with world.client(owner) as http:
        answer = await http.put(PATH, json={"login": "a@b", "password": "x" * 100_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
