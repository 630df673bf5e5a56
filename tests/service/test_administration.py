"""Members, invitations, API tokens, sessions, passwords, users and teams, over HTTP."""

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import transaction
from backbone.database.tables import api_tokens, invitations, memberships, sessions, users
from tests.service.world import PASSWORD, World, build_world

API = "/api/v1"
NEW = "another long password"


@pytest.fixture
async def owner(world: World) -> str:
    """The session of user 3, who owns team 7."""
    await world.user(3, [7])
    await give(world, 3, "owner")
    return await world.session(3, 7)


async def give(world: World, user_id: int, role: str) -> None:
    async with transaction(world.engine) as conn:
        await conn.execute(
            update(memberships)
            .where(memberships.c.user_id == user_id)
            .values(role=role, permissions=None)
        )


async def acts(world: World, token: str) -> list[str]:
    async with world.client(token) as http:
        return [act["action"] for act in (await http.get(f"{API}/audit")).json()["items"]]


async def test_roles_change_and_members_go(world: World, owner: str) -> None:
    await world.user(4, [7])
    theirs = await world.session(4, 7)
    async with world.client(owner) as http:
        listed = (await http.get(f"{API}/members")).json()["items"]
        assert [(one["user"]["id"], one["role"]) for one in listed] == [(3, "owner"), (4, "member")]
        changed = await http.patch(f"{API}/members/4", json={"role": "viewer"})
        assert changed.json()["role"] == "viewer"
        async with world.client(theirs) as other:
            me = (await other.get(f"{API}/auth/me")).json()
            assert me["role"] == "viewer"
            assert "environments:write" not in me["permissions"]
            assert (await http.delete(f"{API}/members/4")).status_code == 204
            assert (await other.get(f"{API}/auth/me")).status_code == 401
        assert (await http.delete(f"{API}/members/4")).status_code == 404
        last = await http.delete(f"{API}/members/3")
        assert (last.status_code, last.json()["code"]) == (409, "last_owner")
        demoted = await http.patch(f"{API}/members/3", json={"role": "admin"})
        assert demoted.json()["code"] == "last_owner"
    assert await acts(world, owner) == ["member.remove", "member.set-role"]
    assert [event["type"] for event in await world.log(7)] == ["session_revoked"]


async def test_an_admin_neither_makes_nor_removes_owners(world: World, owner: str) -> None:
    await world.user(4, [7])
    await give(world, 4, "admin")
    async with world.client(await world.session(4, 7)) as http:
        for answer in (
            await http.patch(f"{API}/members/4", json={"role": "owner"}),
            await http.patch(f"{API}/members/3", json={"role": "viewer"}),
            await http.delete(f"{API}/members/3"),
            await http.post(f"{API}/invitations", json={"role": "owner"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "beyond_your_rights")
        made = await http.post(f"{API}/invitations", json={"role": "admin"})
        assert made.status_code == 201
    assert {row["role"] for row in await world.rows(memberships)} == {"owner", "admin"}


async def invited(world: World, owner: str, **body: object) -> str:
    async with world.client(owner) as http:
        made = await http.post(f"{API}/invitations", json={"role": "member", **body})
    assert made.status_code == 201, made.text
    token = str(made.json()["token"])
    assert made.json()["link"] == f"/accept#{token}"
    assert token not in str(await world.rows(invitations))
    return token


async def test_a_link_makes_a_user_and_works_once(world: World, owner: str) -> None:
    token = await invited(world, owner, email="Bob@example.com")
    bob = {"token": token, "email": "bob@example.com", "password": NEW, "display_name": "Bob"}
    async with world.client() as http:
        foreign = await http.post(
            f"{API}/auth/invitations/accept", json={**bob, "email": "eve@x.test"}
        )
        assert foreign.status_code == 404
        joined = await http.post(f"{API}/auth/invitations/accept", json=bob)
        assert joined.json() == {"id": 7, "name": "Team 7", "status": "ACTIVE"}
        again = await http.post(f"{API}/auth/invitations/accept", json=bob)
        assert again.status_code == 404
        login = await http.post(
            f"{API}/auth/login", json={"email": "bob@example.com", "password": NEW}
        )
        assert login.status_code == 200
    async with world.client(owner) as http:
        assert (await http.get(f"{API}/invitations")).json() == {"items": []}
    assert await acts(world, owner) == ["invitation.accept", "invitation.create"]


async def test_who_is_known_needs_the_password_and_keeps_the_role(world: World, owner: str) -> None:
    await world.team(8)
    email = await world.user(4, [8])
    token = await invited(world, owner)
    async with world.client() as http:
        body = {"token": token, "email": email, "password": NEW}
        wrong = await http.post(f"{API}/auth/invitations/accept", json=body)
        assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
        right = await http.post(
            f"{API}/auth/invitations/accept", json={**body, "password": PASSWORD}
        )
        assert right.status_code == 200
        token = await invited(world, owner)
        mine = {"token": token, "email": "user3@example.com", "password": PASSWORD}
        assert (await http.post(f"{API}/auth/invitations/accept", json=mine)).status_code == 200
    roles = {row["user_id"]: row["role"] for row in await world.rows(memberships)
             if row["team_id"] == 7}  # fmt: skip
    assert roles == {3: "owner", 4: "member"}


async def test_an_invitation_ends_and_is_taken_back(world: World, owner: str) -> None:
    first = await invited(world, owner, valid_seconds=60)
    second = await invited(world, owner)
    async with world.client(owner) as http:
        newest = (await http.get(f"{API}/invitations")).json()["items"][0]["id"]
        assert (await http.delete(f"{API}/invitations/{newest}")).status_code == 204
        assert (await http.delete(f"{API}/invitations/{newest}")).status_code == 404
    world.clock.now += 61
    async with world.client() as http:
        for token in (first, second):
            body = {"token": token, "email": "bob@example.com", "password": NEW}
            assert (await http.post(f"{API}/auth/invitations/accept", json=body)).status_code == 404


async def test_an_api_token_works_within_its_scopes_until_it_is_revoked(
    world: World, owner: str
) -> None:
    async with world.client(owner) as http:
        made = await http.post(f"{API}/tokens", json={"name": "CI", "scopes": ["jobs:read"]})
        assert made.status_code == 201, made.text
        token, listed = made.json()["token"], made.json()["api_token"]
        assert token.startswith(listed["prefix"])
        assert token not in str(await world.rows(api_tokens))
        async with world.client(token) as ci:
            assert (await ci.get(f"{API}/jobs")).status_code == 200
            assert (await ci.get(f"{API}/environments")).status_code == 403
            assert (await ci.get(f"{API}/auth/me")).json()["permissions"] == ["jobs:read"]
            (seen,) = (await http.get(f"{API}/tokens")).json()["items"]
            assert seen["last_used_at"] == int(world.clock())
            assert (await http.delete(f"{API}/tokens/{seen['id']}")).status_code == 204
            assert (await ci.get(f"{API}/jobs")).status_code == 401
        assert (await http.get(f"{API}/tokens")).json() == {"items": []}
        past = {"name": "CI", "scopes": ["jobs:read"], "expires_at": 1}
        assert (await http.post(f"{API}/tokens", json=past)).status_code == 422
        more = {"name": "CI", "scopes": ["platform:operate"]}
        refused = await http.post(f"{API}/tokens", json=more)
        assert (refused.status_code, refused.json()["code"]) == (403, "beyond_your_rights")


async def test_a_token_makes_no_token_that_may_more(world: World, owner: str) -> None:
    async with world.client(owner) as http:
        made = await http.post(
            f"{API}/tokens", json={"name": "CI", "scopes": ["tokens:write", "jobs:read"]}
        )
    async with world.client(made.json()["token"]) as ci:
        less = await ci.post(f"{API}/tokens", json={"name": "x", "scopes": ["jobs:read"]})
        assert less.status_code == 201
        more = await ci.post(f"{API}/tokens", json={"name": "x", "scopes": ["jobs:cancel"]})
        assert more.json()["code"] == "beyond_your_rights"


async def test_members_see_their_own_tokens_admins_those_of_the_team(
    world: World, owner: str
) -> None:
    await world.user(4, [7])
    await give(world, 4, "member")
    async with world.client(owner) as http, world.client(await world.session(4, 7)) as member:
        mine = await http.post(f"{API}/tokens", json={"name": "a", "scopes": ["jobs:read"]})
        theirs = await member.post(f"{API}/tokens", json={"name": "b", "scopes": ["jobs:read"]})
        assert theirs.status_code == 201
        assert [one["name"] for one in (await member.get(f"{API}/tokens")).json()["items"]] == ["b"]
        assert len((await http.get(f"{API}/tokens")).json()["items"]) == 2
        foreign = await member.delete(f"{API}/tokens/{mine.json()['api_token']['id']}")
        assert foreign.status_code == 404
        ended = await http.delete(f"{API}/tokens/{theirs.json()['api_token']['id']}")
        assert ended.status_code == 204


async def test_a_user_sees_and_ends_sessions(world: World, owner: str) -> None:
    others = [await world.session(3, 7) for _ in range(3)]
    async with world.client(owner) as http:
        listed = (await http.get(f"{API}/auth/sessions")).json()["items"]
        assert [one["current"] for one in listed].count(True) == 1
        one = next(each["id"] for each in listed if not each["current"])
        assert (await http.delete(f"{API}/auth/sessions/{one}")).status_code == 204
        assert (await http.delete(f"{API}/auth/sessions/{one}")).status_code == 404
        ended = await http.delete(f"{API}/auth/sessions")
        assert ended.json() == {"revoked": 2}
        assert (await http.get(f"{API}/auth/me")).status_code == 200
    for token in others:
        async with world.client(token) as http:
            assert (await http.get(f"{API}/auth/me")).status_code == 401


async def test_another_password_ends_the_other_sessions(world: World, owner: str) -> None:
    other = await world.session(3, 7)
    change = {"current_password": PASSWORD, "new_password": NEW}
    async with world.client(owner) as http:
        wrong = await http.put(
            f"{API}/auth/password", json={**change, "current_password": "not this one"}
        )
        assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
        assert (await http.put(f"{API}/auth/password", json=change)).status_code == 204
        assert (await http.get(f"{API}/auth/me")).status_code == 200
    async with world.client(other) as http:
        assert (await http.get(f"{API}/auth/me")).status_code == 401
    async with world.client() as http:
        for password, status in ((PASSWORD, 401), (NEW, 200)):
            body = {"email": "user3@example.com", "password": password}
            assert (await http.post(f"{API}/auth/login", json=body)).status_code == status


async def test_switching_is_a_new_session_that_lasts_no_longer(world: World, owner: str) -> None:
    await world.team(8)
    await world.team(9)
    async with transaction(world.engine) as conn:
        await conn.execute(
            memberships.insert().values(team_id=8, user_id=3, role="viewer", permissions=None)
        )
    async with world.client(owner) as http:
        mine = (await http.get(f"{API}/auth/teams")).json()["items"]
        assert [(one["team"]["id"], one["role"]) for one in mine] == [(7, "owner"), (8, "viewer")]
        foreign = await http.post(f"{API}/auth/team", json={"team_id": 9})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "team_forbidden")
        moved = await http.post(f"{API}/auth/team", json={"team_id": 8})
        assert (moved.json()["team"]["id"], moved.json()["role"]) == (8, "viewer")
        assert (await http.get(f"{API}/auth/me")).status_code == 401
        token = http.cookies["slipway_session"]
    async with world.client(token) as http:
        assert (await http.get(f"{API}/auth/me")).json()["team"]["id"] == 8
    old, new = sorted(await world.rows(sessions), key=lambda row: row["created_at"])
    assert new["absolute_expires_at"] <= old["expires_at"]


async def test_an_operator_runs_users_and_teams(world: World) -> None:
    await world.user(500, [], operator=True)
    operator = await world.session(500, 7)
    async with world.client(operator) as http:
        bob = {"email": "bob@example.com", "display_name": "Bob", "password": NEW}
        made = await http.post(f"{API}/users", json=bob)
        assert made.status_code == 201, made.text
        user_id = made.json()["user"]["id"]
        taken = await http.post(f"{API}/users", json={**bob, "email": "BOB@example.com"})
        assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")
        team = await http.post(f"{API}/teams", json={"name": "New", "owner_id": user_id})
        assert team.status_code == 201
        nobody = await http.post(f"{API}/teams", json={"name": "New", "owner_id": 999_999})
        assert nobody.status_code == 404
        page = (await http.get(f"{API}/teams", params={"limit": 1})).json()
        assert len(page["items"]) == 1
        rest = await http.get(f"{API}/teams", params={"cursor": page["next_cursor"]})
        assert rest.json()["next_cursor"] is None
        assert len(page["items"]) + len(rest.json()["items"]) == 2
        session = await world.session(user_id, team.json()["id"])
        async with world.client(session) as theirs:
            me = (await theirs.get(f"{API}/auth/me")).json()
            assert me["role"] == "owner"
            renamed = await theirs.patch(f"{API}/teams/{me['team']['id']}", json={"name": "Own"})
            assert renamed.json()["name"] == "Own"
            foreign = await theirs.patch(f"{API}/teams/7", json={"name": "Own"})
            assert foreign.json()["code"] == "team_forbidden"
            off = await http.patch(f"{API}/users/{user_id}", json={"disabled": True})
            assert off.json()["disabled"] is True
            assert (await theirs.get(f"{API}/auth/me")).status_code == 401
        await http.patch(f"{API}/users/{user_id}", json={"disabled": False, "is_operator": True})
        people = (await http.get(f"{API}/users")).json()["items"]
        assert [one["is_operator"] for one in people] == [True, True]
        reset = (await http.post(f"{API}/users/{user_id}/password-reset")).json()["password"]
        body = {"email": "bob@example.com", "password": reset}
        assert (await http.post(f"{API}/auth/login", json=body)).status_code == 200
        all_acts = (await http.get(f"{API}/platform/audit")).json()["items"]
        assert {"user.create", "team.create", "user.disable", "password.set"} <= {
            act["action"] for act in all_acts
        }
        assert reset not in str(all_acts)
    assert reset not in str(await world.rows(users))


async def test_use_moves_a_session_on_up_to_its_limit(world: World, owner: str) -> None:
    async with transaction(world.engine) as conn:
        start = world.clock()
        await conn.execute(
            update(sessions).values(
                last_used_at=start - 120, expires_at=start + 60, absolute_expires_at=start + 5_000
            )
        )
    async with world.client(owner) as http:
        await http.get(f"{API}/auth/me")
    (row,) = await world.rows(sessions)
    assert row["last_used_at"] == start
    assert row["expires_at"] == start + 5_000, "idle time would end it later than it may last"


async def test_only_so_many_sessions_per_user(engine: AsyncEngine) -> None:
    world = build_world(engine, SESSIONS_PER_USER="3")
    await world.team(7)
    email = await world.user(3, [7])
    async with world.client() as http:
        for _ in range(5):
            login = await http.post(
                f"{API}/auth/login", json={"email": email, "password": PASSWORD}
            )
            token = login.json()["exchange_token"]
            await http.post(f"{API}/auth/session-exchange", json={"exchange_token": token})
            world.clock.now += 1
    rows = await world.rows(sessions)
    ended = [row["created_at"] for row in rows if row["revoked_at"] is not None]
    assert sorted(ended) == sorted(row["created_at"] for row in rows)[:2], "the oldest ones"
