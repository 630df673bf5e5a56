"""Members of administration's requests and answers that may be left out, each once with and once without."""

from unseen.test_refusals import asking, database_url, engine, owner

from tests.service.world import PASSWORD, build_world
from traffic.book import Book

ACCESS = "specs/schemas/access.yaml#/$defs"
API = "/api/v1"
SHARED = (database_url, engine)
"""Fixtures, which pytest finds by their names in this module."""

BOTH = {
    "AccountChange": ("disabled", "is_operator"),
    "AccountRequest": ("is_operator",),
    "ApiTokenRequest": ("expires_at",),
    "ApiToken": ("expires_at",),
    "InvitationAcceptance": ("display_name",),
    "InvitationRequest": ("email", "valid_seconds"),
    "Invitation": ("email",),
    "ProviderAccountChange": ("login", "node_group", "password", "session_key"),
    "ProviderAccount": ("login", "node_group"),
    "TeamRequest": ("owner_id",),
}


async def test_what_may_be_left_out_is_sent_and_left_out(engine, seen):
    world, book = build_world(engine), Book()
    await world.team(21)
    at = world.clock() + 3600
    async with asking(world, await owner(world, 21), book) as ask:

        async def done(method, path, body=None):
            answer = await ask(method, f"{API}{path}", body)
            assert answer.is_success, (method, path, answer.text)
            return answer.json()

        named = {"display_name": "Named", "password": PASSWORD}
        plain = await done("POST", "/users", {"email": "plain@example.com", **named})
        user = plain["user"]["id"]
        await done("POST", "/users", {"email": "runs@example.com", **named, "is_operator": True})
        await done("PATCH", f"/users/{user}", {"disabled": False})
        await done("PATCH", f"/users/{user}", {"is_operator": False})
        await done("POST", "/teams", {"name": "Nobody's"})
        await done("POST", "/teams", {"name": "Somebody's", "owner_id": user})
        scopes = {"name": "CI", "scopes": ["jobs:read"]}
        await done("POST", "/tokens", scopes)
        await done("POST", "/tokens", {**scopes, "expires_at": int(at)})
        open_to_all = await done("POST", "/invitations", {"role": "viewer"})
        for_one = {"role": "viewer", "email": "one@example.com", "valid_seconds": 3600}
        bound = await done("POST", "/invitations", for_one)
        full = {"login": "shop@example.com", "password": "secret-of-theirs", "node_group": "eu-1"}
        await done("PUT", "/teams/21/provider", full)
        await done("PUT", "/teams/21/provider", {"session_key": "key-of-theirs"})
        await done("GET", "/teams/21/provider")
    async with asking(world, None, book) as ask:
        path = f"{API}/auth/invitations/accept"
        known = {"email": "one@example.com", "password": PASSWORD}
        first = await ask("POST", path, {**known, "token": bound["token"], "display_name": "One"})
        other = {"email": "two@example.com", "password": PASSWORD, "token": open_to_all["token"]}
        second = await ask("POST", path, other)
        assert first.is_success, first.text
        assert second.is_success, second.text
    wanted = {
        f"{what} {ACCESS}/{name}/properties/{member}"
        for name, members in BOTH.items()
        for member in members
        for what in ("property", "absent")
    }
    assert wanted <= seen(book)
