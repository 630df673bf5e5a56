import asyncio

import pytest
from sqlalchemy import delete, event, insert, update

from backbone.database.engine import transaction
from backbone.database.tables import api_tokens, memberships, sessions, teams, users
from backbone.errors import NotAuthenticated, PermissionMissing, TeamInactive
from backbone.identity import (
    API_TOKEN_PREFIX,
    CACHE_SECONDS,
    authenticate,
    forget,
    forget_all,
    hash_token,
    new_api_token,
    require,
    require_active,
    shown,
)
from backbone.roles import OPERATOR_PERMISSIONS
from tests.backbone.rows import make_team

NOW = 1_000.0
TOKEN = "the-token"


@pytest.fixture
async def signed_in(engine):
    await make_team(engine, 7)
    async with transaction(engine) as conn:
        await conn.execute(
            insert(users),
            [
                {
                    "id": 3,
                    "email": "ada@example.com",
                    "display_name": "Ada",
                    "password_hash": "x",
                    "is_operator": False,
                },
                {
                    "id": 1,
                    "email": "ops@example.com",
                    "display_name": "Op",
                    "password_hash": "x",
                    "is_operator": True,
                },
            ],
        )
        await conn.execute(
            insert(memberships),
            {"team_id": 7, "user_id": 3, "permissions": ["events:read", "teams:manage"]},
        )
        await conn.execute(
            insert(sessions),
            [
                {
                    "token_hash": hash_token(token),
                    "user_id": user_id,
                    "team_id": 7,
                    "created_at": 0.0,
                    "expires_at": 2000.0,
                }
                for token, user_id in ((TOKEN, 3), ("operator", 1))
            ],
        )
    return engine


async def change(engine, statement) -> None:
    async with transaction(engine) as conn:
        await conn.execute(statement)


async def test_a_session_is_its_user_team_and_permissions(signed_in):
    principal = await authenticate(signed_in, TOKEN, now=NOW)
    assert (principal.user_id, principal.team_id, principal.team_status) == (3, 7, "ACTIVE")
    assert principal.session_hash == hash_token(TOKEN)
    assert principal.expires_at == 2000.0
    assert principal.permissions == {"events:read"}, "only operators manage teams"
    operator = await authenticate(signed_in, "operator", now=NOW)
    assert operator.is_operator
    assert operator.permissions == OPERATOR_PERMISSIONS


async def test_the_table_holds_no_token(signed_in):
    assert TOKEN not in hash_token(TOKEN)
    with pytest.raises(NotAuthenticated):
        await authenticate(signed_in, hash_token(TOKEN), now=NOW)


@pytest.mark.parametrize("token", ["", "unknown", "the-token ", "' OR 1=1 --"])
async def test_an_unknown_token_is_nobody(signed_in, token):
    with pytest.raises(NotAuthenticated):
        await authenticate(signed_in, token, now=NOW)


@pytest.mark.parametrize(
    "withdrawal",
    [
        update(sessions).values(revoked_at=NOW),
        update(sessions).values(expires_at=NOW),
        delete(memberships),
    ],
)
async def test_withdrawn_access_ends_within_the_cache_time(signed_in, withdrawal):
    await authenticate(signed_in, TOKEN, now=NOW)
    await change(signed_in, withdrawal)
    with pytest.raises(NotAuthenticated):
        await authenticate(signed_in, TOKEN, now=NOW + CACHE_SECONDS)
    assert CACHE_SECONDS <= 1


async def test_the_memory_saves_round_trips_and_can_be_dropped(signed_in):
    statements: list[str] = []
    event.listen(signed_in.sync_engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    await authenticate(signed_in, TOKEN, now=NOW)
    first = len(statements)
    await authenticate(signed_in, TOKEN, now=NOW + 0.1)
    assert len(statements) == first
    await change(signed_in, update(sessions).values(revoked_at=NOW))
    forget(signed_in, hash_token(TOKEN))
    with pytest.raises(NotAuthenticated):
        await authenticate(signed_in, TOKEN, now=NOW + 0.2)
    forget_all(signed_in)


async def test_those_who_come_at_once_are_told_apart(signed_in):
    """Two know nothing, one has the wrong kind of token, one has come too late."""
    await change(signed_in, update(sessions).where(sessions.c.user_id == 1).values(expires_at=NOW))
    tokens = [TOKEN, "operator", TOKEN, "unknown", API_TOKEN_PREFIX + TOKEN, "' OR 1=1 --"]
    answers = await asyncio.gather(
        *(authenticate(signed_in, token, now=NOW) for token in tokens), return_exceptions=True
    )
    assert [getattr(answer, "user_id", type(answer)) for answer in answers] == [
        3,
        NotAuthenticated,
        3,
        *[NotAuthenticated] * 3,
    ]


async def test_memory_never_outlives_the_session(signed_in):
    await change(signed_in, update(sessions).values(expires_at=NOW + 0.1))
    await authenticate(signed_in, TOKEN, now=NOW)
    with pytest.raises(NotAuthenticated):
        await authenticate(signed_in, TOKEN, now=NOW + 0.1)


async def test_a_changed_team_is_seen(signed_in):
    await authenticate(signed_in, TOKEN, now=NOW)
    await change(signed_in, update(teams).values(status="SUSPENDED"))
    forget_all(signed_in)
    principal = await authenticate(signed_in, TOKEN, now=NOW)
    assert not principal.team_is_active
    with pytest.raises(TeamInactive, match="SUSPENDED"):
        require_active(principal)


async def test_permissions_are_required_by_name(signed_in):
    principal = await authenticate(signed_in, TOKEN, now=NOW)
    require(principal, [])
    require(principal, ["events:read"])
    with pytest.raises(PermissionMissing, match="environments:write, jobs:read"):
        require(principal, ["events:read", "jobs:read", "environments:write"])
    require_active(principal)


async def test_a_disabled_user_is_nobody(signed_in):
    await change(signed_in, update(users).values(disabled_at=NOW))
    with pytest.raises(NotAuthenticated):
        await authenticate(signed_in, TOKEN, now=NOW)


@pytest.fixture
async def api_token(signed_in):
    token = new_api_token()
    row = {
        "token_hash": hash_token(token),
        "prefix": shown(token),
        "name": "CI",
        "user_id": 3,
        "team_id": 7,
        "scopes": ["events:read", "members:write"],
        "created_at": 0.0,
        "expires_at": None,
    }
    await change(signed_in, insert(api_tokens).values(row))
    await change(signed_in, update(memberships).values(permissions=None))
    return token


async def test_an_api_token_may_what_its_user_may_within_its_scopes(signed_in, api_token):
    principal = await authenticate(signed_in, api_token, now=NOW)
    assert (principal.user_id, principal.team_id) == (3, 7)
    assert principal.permissions == {"events:read"}, "a member writes no members"
    assert principal.api_token_id is not None
    assert api_token.startswith(shown(api_token))


@pytest.mark.parametrize(
    "withdrawal",
    [
        update(api_tokens).values(revoked_at=NOW),
        update(api_tokens).values(expires_at=NOW),
        update(users).values(disabled_at=NOW),
        delete(memberships),
    ],
)
async def test_an_api_token_ends_with_what_it_stands_on(signed_in, api_token, withdrawal):
    await authenticate(signed_in, api_token, now=NOW)
    await change(signed_in, withdrawal)
    with pytest.raises(NotAuthenticated):
        await authenticate(signed_in, api_token, now=NOW + CACHE_SECONDS)
