"""Who asks for a stream, and what a reconnect is told while nobody can tell."""

import pytest
from fastapi.security import SecurityScopes
from starlette.requests import Request

from backbone.errors import DatabaseUnavailable, NotAuthenticated, PermissionMissing
from gateway.http.credentials import ReconnectLaterError, principal_of
from testing.accounts import add_member, add_session
from tests.backbone.rows import make_team

LISTENING = SecurityScopes(["events:read"])


def request(scheme: str = "http", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "scheme": scheme, "headers": raw})


@pytest.fixture
async def tokens(engine) -> tuple[str, str]:
    await make_team(engine)
    for user_id in (3, 4):
        await add_member(engine, user_id, 7)
    return await add_session(engine, 3, 7), await add_session(engine, 4, 7)


async def test_a_cookie_or_a_bearer_and_the_bearer_wins(engine, tokens) -> None:
    mine, other = tokens
    principal = principal_of(engine)
    for headers, user_id in (
        ({"cookie": f"slipway_session={mine}"}, 3),
        ({"authorization": f"Bearer {other}"}, 4),
        ({"cookie": f"slipway_session={mine}", "authorization": f"Bearer {other}"}, 4),
    ):
        assert (await principal(request(**headers), LISTENING)).user_id == user_id


async def test_over_https_only_the_cookie_that_no_other_host_can_set_counts(engine, tokens) -> None:
    mine, _ = tokens
    principal = principal_of(engine)
    with pytest.raises(NotAuthenticated):
        await principal(request("https", cookie=f"slipway_session={mine}"), LISTENING)
    found = await principal(request("https", cookie=f"__Host-slipway_session={mine}"), LISTENING)
    assert found.user_id == 3


async def test_nobody_a_stranger_and_who_may_not_are_refused(engine, tokens) -> None:
    principal = principal_of(engine)
    with pytest.raises(NotAuthenticated):
        await principal(request(), LISTENING)
    with pytest.raises(NotAuthenticated):
        await principal(request(authorization="Bearer nobody"), LISTENING)
    with pytest.raises(PermissionMissing):
        await principal(
            request(authorization=f"Bearer {tokens[0]}"), SecurityScopes(["environments:write"])
        )


async def test_a_reconnect_is_not_refused_because_the_database_is_away(engine, monkeypatch) -> None:
    async def away(*_: object) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr("gateway.http.credentials.authenticate", away)
    principal = principal_of(engine)
    with pytest.raises(DatabaseUnavailable):
        await principal(request(authorization="Bearer t"), LISTENING)
    with pytest.raises(ReconnectLaterError):
        await principal(request(authorization="Bearer t", last_event_id="e1.3"), LISTENING)
