"""A team is made, people are invited to it, tokens and sessions come and go; then all is over."""

import uuid
from contextlib import asynccontextmanager

import httpx

API = "/api/v1"
PASSWORD = "a password of length"
ANOTHER = "another password of length"


def address(name):
    return f"{name}-{uuid.uuid4().hex[:8]}@example.com"


@asynccontextmanager
async def signed_in(base_url, email, password):
    """A browser: the session is in its cookie."""
    async with httpx.AsyncClient(base_url=base_url, timeout=30) as http:
        login = await http.post(f"{API}/auth/login", json={"email": email, "password": password})
        assert login.status_code == 200, login.text
        token = login.json()["exchange_token"]
        begun = await http.post(f"{API}/auth/session-exchange", json={"exchange_token": token})
        assert begun.status_code == 200, begun.text
        yield http


async def a_team(operator):
    """A new team with a new owner, made by the operator."""
    email = address("owner")
    body = {"email": email, "display_name": "Owner", "password": PASSWORD}
    user = await operator.post(f"{API}/users", json=body)
    assert user.status_code == 201, user.text
    owner_id = user.json()["user"]["id"]
    team = await operator.post(f"{API}/teams", json={"name": "Flow", "owner_id": owner_id})
    assert team.status_code == 201, team.text
    return email, owner_id, team.json()["id"]


async def test_an_invited_person_works_until_removed(stack, operator):
    email, _, team_id = await a_team(operator)
    bob = address("bob")
    async with signed_in(stack.origin.base_url, email, PASSWORD) as owner:
        made = await owner.post(f"{API}/invitations", json={"role": "member", "email": bob})
        assert made.status_code == 201
        spare = await owner.post(f"{API}/invitations", json={"role": "viewer"})
        listed = (await owner.get(f"{API}/invitations")).json()["items"]
        assert len(listed) == 2
        back = await owner.delete(f"{API}/invitations/{spare.json()['invitation']['id']}")
        assert back.status_code == 204
        body = {"token": made.json()["token"], "email": bob, "password": PASSWORD}
        async with httpx.AsyncClient(base_url=stack.origin.base_url) as anybody:
            joined = await anybody.post(f"{API}/auth/invitations/accept", json=body)
        assert joined.json()["id"] == team_id
        async with signed_in(stack.origin.base_url, bob, PASSWORD) as member:
            me = (await member.get(f"{API}/auth/me")).json()
            assert me["role"] == "member"
            path = f"{API}/members/{me['user']['id']}"
            changed = await owner.patch(path, json={"role": "admin"})
            assert changed.json()["role"] == "admin"
            last = await member.patch(path, json={"role": "owner"})
            assert last.json()["code"] == "beyond_your_rights"
            assert (await owner.delete(path)).status_code == 204
            assert (await owner.get(f"{API}/members")).status_code == 200
            refused = await member.get(f"{API}/members")
            assert refused.status_code == 401
        acts = (await owner.get(f"{API}/audit")).json()["items"]
        assert acts[0]["action"] == "member.remove"
        renamed = await owner.patch(f"{API}/teams/{team_id}", json={"name": "Flowed"})
        assert renamed.json()["name"] == "Flowed"


async def test_a_token_orders_for_its_user(stack, operator):
    email, _, _ = await a_team(operator)
    async with signed_in(stack.origin.base_url, email, PASSWORD) as owner:
        scopes = ["jobs:read", "events:read"]
        made = await owner.post(f"{API}/tokens", json={"name": "CI", "scopes": scopes})
        assert made.status_code == 201
        bearer = {"Authorization": f"Bearer {made.json()['token']}"}
        async with httpx.AsyncClient(base_url=stack.origin.base_url, headers=bearer) as ci:
            assert (await ci.get(f"{API}/jobs")).status_code == 200
            assert (await ci.get(f"{API}/environments")).status_code == 403
            assert (await ci.get(f"{API}/events?job_id=999999999")).status_code == 404
            (listed,) = (await owner.get(f"{API}/tokens")).json()["items"]
            assert (await owner.delete(f"{API}/tokens/{listed['id']}")).status_code == 204
            assert (await ci.get(f"{API}/jobs")).status_code == 401


async def test_sessions_a_password_and_another_team(stack, operator):
    email, owner_id, team_id = await a_team(operator)
    url = stack.origin.base_url
    async with signed_in(url, email, PASSWORD) as owner, signed_in(url, email, PASSWORD) as other:
        sessions = (await owner.get(f"{API}/auth/sessions")).json()["items"]
        assert len(sessions) == 2
        (foreign,) = [one["id"] for one in sessions if not one["current"]]
        assert (await owner.delete(f"{API}/auth/sessions/{foreign}")).status_code == 204
        assert (await other.get(f"{API}/auth/me")).status_code == 401
        change = {"current_password": PASSWORD, "new_password": ANOTHER}
        assert (await owner.put(f"{API}/auth/password", json=change)).status_code == 204
        ended = await owner.delete(f"{API}/auth/sessions")
        assert ended.json() == {"revoked": 0}
        mine = (await owner.get(f"{API}/auth/teams")).json()["items"]
        assert [one["team"]["id"] for one in mine] == [team_id]
        again = await owner.post(f"{API}/auth/team", json={"team_id": team_id})
        assert again.json()["team"]["id"] == team_id
        assert (await owner.get(f"{API}/auth/me")).status_code == 200
        reset = (await operator.post(f"{API}/users/{owner_id}/password-reset")).json()["password"]
        assert (await owner.get(f"{API}/auth/me")).status_code == 401
    async with signed_in(url, email, reset) as owner:
        off = await operator.patch(f"{API}/users/{owner_id}", json={"disabled": True})
        assert off.json()["disabled"] is True
        assert (await owner.get(f"{API}/auth/me")).status_code == 401
    for path in ("users", "teams", "platform/audit"):
        assert (await operator.get(f"{API}/{path}")).status_code == 200
