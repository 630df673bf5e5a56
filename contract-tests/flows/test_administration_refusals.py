"""What administration refuses, each kind of refusal of each operation once, and why."""

import pytest

from flows.test_administration import API, PASSWORD, a_team, address, signed_in

NOBODY, NOWHERE = 999_999_999, 888_888_888
SESSION = "0" * 16
LARGE = b'{"x": "' + b"x" * 2_000_000 + b'"}'

OPERATIONS = [
    ("PUT", "/auth/password", {"current_password": PASSWORD, "new_password": PASSWORD}),
    ("GET", "/auth/sessions", None),
    ("DELETE", "/auth/sessions", None),
    ("DELETE", f"/auth/sessions/{SESSION}", None),
    ("GET", "/auth/sign-ins", None),
    ("POST", f"/auth/sign-ins/{SESSION}/answer", {"answer": "approve"}),
    ("GET", "/auth/teams", None),
    ("POST", "/auth/team", {"team_id": NOWHERE}),
    ("GET", "/members", None),
    ("PATCH", f"/members/{NOBODY}", {"role": "viewer"}),
    ("DELETE", f"/members/{NOBODY}", None),
    ("GET", "/invitations", None),
    ("POST", "/invitations", {"role": "viewer"}),
    ("DELETE", f"/invitations/{NOWHERE}", None),
    ("GET", "/tokens", None),
    ("POST", "/tokens", {"name": "CI", "scopes": ["jobs:read"]}),
    ("DELETE", f"/tokens/{NOWHERE}", None),
    ("GET", "/audit", None),
    ("GET", "/teams", None),
    ("POST", "/teams", {"name": "Team"}),
    ("PATCH", f"/teams/{NOWHERE}", {"name": "Team"}),
    ("GET", "/users", None),
    ("POST", "/users", {"email": "a@example.com", "display_name": "A", "password": PASSWORD}),
    ("PATCH", f"/users/{NOBODY}", {"disabled": True}),
    ("POST", f"/users/{NOBODY}/password-reset", None),
    ("GET", "/platform/audit", None),
]
OF_THE_PLATFORM = ("/teams", "/users", "/platform")


@pytest.fixture
async def team(operator):
    email, owner_id, team_id = await a_team(operator)
    return email, owner_id, team_id


async def status(http, method, path, **kwargs):
    return (await http.request(method, f"{API}{path}", **kwargs)).status_code


async def test_without_credentials_and_beyond_a_tokens_scopes(stack, team):
    async with signed_in(stack.origin.base_url, team[0], PASSWORD) as owner:
        made = await owner.post(f"{API}/tokens", json={"name": "CI", "scopes": ["jobs:read"]})
        bearer = {"Authorization": f"Bearer {made.json()['token']}"}
        owner.cookies.clear()
        for method, path, body in OPERATIONS:
            assert await status(owner, method, path, json=body) == 401, path
            assert await status(owner, method, path, json=body, headers=bearer) == 403, path


async def test_bodies_that_are_none_too_long_or_wrong(stack, operator, team):
    head = {"Content-Type": "application/json"}
    opened = ("/auth/session-exchange", "/auth/invitations/accept")
    with_body = [(m, p) for m, p, body in OPERATIONS if body is not None]
    async with signed_in(stack.origin.base_url, team[0], PASSWORD) as owner:
        for method, path in [*with_body, *(("POST", path) for path in opened)]:
            asker = operator if path.startswith(OF_THE_PLATFORM) else owner
            assert await status(asker, method, path, content=b"{", headers=head) == 400, path
            assert await status(asker, method, path, content=LARGE, headers=head) == 413, path
            assert await status(asker, method, path, json={"x": 1}) == 422, path


async def test_what_is_not_there_or_no_name_of_anything(stack, operator, team):
    async with signed_in(stack.origin.base_url, team[0], PASSWORD) as owner:
        for method, path, body in OPERATIONS:
            asker = operator if path.startswith(OF_THE_PLATFORM) else owner
            if path.startswith("/teams/") or not any(map(str.isdigit, path)):
                continue
            assert await status(asker, method, path, json=body) == 404, path
            odd = path.replace(SESSION, "~").replace(str(NOBODY), "x").replace(str(NOWHERE), "x")
            assert await status(asker, method, odd, json=body) == 422, odd
        for path in ("/users", "/teams", "/platform/audit"):
            assert await status(operator, "GET", f"{path}?limit=0") == 422
        assert await status(owner, "GET", "/audit?limit=0") == 422
        assert await status(owner, "POST", "/auth/team", json={"team_id": NOWHERE}) == 403
        body = {"token": "no-such-token-" + "x" * 30, "email": team[0], "password": PASSWORD}
        assert await status(owner, "POST", "/auth/invitations/accept", json=body) == 404
        nobodys = {"name": "Team", "owner_id": NOBODY}
        assert await status(operator, "POST", "/teams", json=nobodys) == 404


async def test_what_would_leave_a_team_without_an_owner_or_two_with_one_address(
    stack, operator, team
):
    email, owner_id, _ = team
    async with signed_in(stack.origin.base_url, email, PASSWORD) as owner:
        path = f"/members/{owner_id}"
        assert await status(owner, "PATCH", path, json={"role": "viewer"}) == 409
        assert await status(owner, "DELETE", path) == 409
    body = {"email": email, "display_name": "Again", "password": PASSWORD}
    assert await status(operator, "POST", "/users", json=body) == 409


async def test_every_role_and_permission_is_told_to_whoever_has_it(stack, operator, team):
    told = set()
    roles = {}
    async with signed_in(stack.origin.base_url, team[0], PASSWORD) as owner:
        for role in ("viewer", "member", "admin"):
            email = address(role)
            made = await owner.post(f"{API}/invitations", json={"role": role, "email": email})
            body = {"token": made.json()["token"], "email": email, "password": PASSWORD}
            async with signed_in(stack.origin.base_url, team[0], PASSWORD) as anybody:
                anybody.cookies.clear()
                joined = await anybody.post(f"{API}/auth/invitations/accept", json=body)
                assert joined.status_code == 200, joined.text
            async with signed_in(stack.origin.base_url, email, PASSWORD) as person:
                me = (await person.get(f"{API}/auth/me")).json()
                roles[role] = me["role"]
                told.update(me["permissions"])
        for who in (owner, operator):
            told.update((await who.get(f"{API}/auth/me")).json()["permissions"])
        assert {one["role"] for one in (await owner.get(f"{API}/members")).json()["items"]} == {
            "viewer",
            "member",
            "admin",
            "owner",
        }
    assert roles == {role: role for role in roles}
    assert {"members:write", "tokens:write", "team:manage", "platform:operate"} <= told
