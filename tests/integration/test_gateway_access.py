"""The walls of the gateway: who may open a stream, and that it ends when they may no longer."""

import asyncio
import json
import time

import pytest
from sqlalchemy import update

from backbone.authorization import Cause
from backbone.database.engine import transaction
from backbone.database.tables import memberships, sessions
from backbone.identity import hash_token
from testing.accounts import add_api_token, add_member, add_session
from testing.withdrawals import OF_API_TOKENS, OF_SESSIONS, OF_USERS
from tests.gateway.event_source import EventSource
from tests.integration.gateway_world import (
    gateway,
    ids,
    make_member,
    make_team,
    relay,
    revoke,
    sign_in,
    suspend,
    tell,
)

WITHIN = 1.0


@pytest.fixture
async def token(database) -> str:
    await make_team(database)
    await make_member(database)
    return await sign_in(database)


def problem(reader) -> str:
    assert reader.headers["content-type"] == "application/problem+json"
    return json.loads(reader.body)["code"]


async def test_who_may_not_listen_is_told_why(database, token) -> None:
    await make_team(database, 8, status="PAST_DUE")
    await make_member(database, 4, 8)
    inactive = await sign_in(database, 4, 8)
    await make_member(database, 5)
    async with transaction(database) as conn:
        await conn.execute(
            update(memberships).where(memberships.c.user_id == 5).values(permissions=["jobs:read"])
        )
    unpermitted = await sign_in(database, 5)
    over = await sign_in(database, lifetime=-1)
    async with gateway(database) as world:
        for session, query, status, code in (
            ("nonsense", "", 401, "not_authenticated"),
            (over, "", 401, "not_authenticated"),
            (unpermitted, "", 403, "permission_missing"),
            (inactive, "", 403, "team_inactive"),
            (token, "?team_id=8", 403, "team_forbidden"),
            (token, "?job_id=4711", 404, "not_found"),
            (token, "?job_id=x", 422, "invalid_request"),
        ):
            reader = await world.get(session, query)
            await reader.until(lambda reader=reader: bool(reader.body))
            assert (reader.status, problem(reader)) == (status, code)
        assert world.gateway.metrics.subscribers_active == 0


async def test_a_cookie_opens_a_stream(database, token) -> None:
    async with gateway(database) as world:
        reader = await world.get(None, Cookie=f"a=b; slipway_session={token}")
        assert reader.status == 200


@pytest.mark.parametrize("said", [True, False], ids=["told", "silent"])
async def test_a_revoked_session_ends_its_streams_within_a_second(
    database, amqp_url, token, said
) -> None:
    other = await sign_in(database)
    async with gateway(database, amqp_url) as world, relay(database, amqp_url):
        await world.pushed()
        mine, kept = await world.stream(token), await world.stream(other)
        begun = time.monotonic()
        await revoke(database, token, say=said)
        await mine.end()
        assert time.monotonic() - begun < WITHIN
        assert mine.complete
        assert mine.source.dispatched[-1].json == {
            "reason": "access_withdrawn",
            "cause": "session_revoked",
        }
        again = await world.get(token, source=mine.source)
        assert again.status == 401
        await tell(database)
        await kept.got(1 + said, "message")


@pytest.mark.parametrize("said", [True, False], ids=["told", "silent"])
async def test_a_suspended_team_loses_its_streams_within_a_second(database, token, said) -> None:
    async with gateway(database) as world:
        reader = await world.stream(token)
        begun = time.monotonic()
        await suspend(database, say=said)
        await reader.end()
        assert time.monotonic() - begun < WITHIN
        assert reader.source.dispatched[-1].json == {
            "reason": "access_withdrawn",
            "cause": "team_inactive",
        }
        async with asyncio.timeout(5):
            while (again := await world.get(token)).status == 200:
                await again.end()  # a session's state is remembered for half a second
        assert again.status == 403


REFUSED = {Cause.PERMISSION_LOST: 403, Cause.TEAM_INACTIVE: 403}


@pytest.mark.parametrize("way", [*OF_SESSIONS, *OF_USERS, *OF_API_TOKENS])
async def test_withdrawn_access_ends_streams_on_every_gateway(database, way) -> None:
    """Nobody publishes anything here: each gateway finds out by itself."""
    cause, statement = {**OF_SESSIONS, **OF_USERS, **OF_API_TOKENS}[way]
    await make_team(database)
    await add_member(database, 3, 7)
    await add_member(database, 4, 7)
    token = await (add_api_token if way in OF_API_TOKENS else add_session)(database, 3, 7)
    colleague = await add_session(database, 4, 7)
    async with gateway(database) as one, gateway(database) as two:
        readers = [await each.stream(token) for each in (one, two)]
        kept = await two.stream(colleague)
        async with transaction(database) as conn:
            await conn.execute(statement(hash_token(token), 3, 7))
        for world, reader in zip((one, two), readers, strict=True):
            await reader.end()
            assert reader.complete
            assert reader.source.dispatched[-1].json == {
                "reason": "access_withdrawn",
                "cause": cause.value,
            }
            again = await world.get(token, source=reader.source)
            assert again.status == REFUSED.get(cause, 401)
        if way == "team suspended":
            await kept.end()
        else:
            await tell(database)
            await kept.got(1, "message")


async def test_a_session_that_is_used_on_keeps_its_streams(database) -> None:
    """What counts is the session's end now, not the one that it had when the stream began."""
    await make_team(database)
    await make_member(database)
    short, used = [await sign_in(database) for _ in range(2)]
    async with gateway(database) as world:
        over, kept = await world.stream(short), await world.stream(used)
        for client in world.gateway.hub.clients():
            client.expires_at = 0.0
        async with transaction(database) as conn:
            await conn.execute(
                update(sessions)
                .where(sessions.c.token_hash == hash_token(short))
                .values(expires_at=time.time() - 1)
            )
        await over.end()
        assert over.source.dispatched[-1].json["cause"] == "session_expired"
        await tell(database)
        await kept.got(1, "message")


async def test_another_origin_is_let_in_if_it_is_named(database, token) -> None:
    async with gateway(database, CORS_ALLOW_ORIGINS="https://console.example") as world:
        reader = await world.stream(token, Origin="https://console.example")
        assert reader.headers["access-control-allow-origin"] == "https://console.example"
        assert reader.headers["access-control-allow-credentials"] == "true"
        assert "Origin" in reader.headers["vary"]
        stranger = await world.stream(token, Origin="https://evil.example")
        assert "access-control-allow-origin" not in stranger.headers
        preflight = await world.get(
            None,
            method="OPTIONS",
            Origin="https://console.example",
            Access_Control_Request_Method="GET",
            Access_Control_Request_Headers="last-event-id",
        )
        assert preflight.status == 200
        assert "last-event-id" in preflight.headers["access-control-allow-headers"].lower()


async def test_any_origin_is_let_in_without_credentials(database, token) -> None:
    async with gateway(database, CORS_ALLOW_ORIGINS="*") as world:
        reader = await world.stream(token, Origin="https://anybody.example")
        assert reader.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in reader.headers
        preflight = await world.get(
            None,
            method="OPTIONS",
            Origin="https://anybody.example",
            Access_Control_Request_Method="GET",
            Access_Control_Request_Headers="last-event-id",
        )
        assert preflight.status == 200
        assert "access-control-allow-credentials" not in preflight.headers


async def test_another_teams_events_are_never_told(database, token) -> None:
    await make_team(database, 8)
    await make_member(database, 4, 8)
    theirs = await sign_in(database, 4, 8)
    async with gateway(database) as world:
        mine, other = await world.stream(token), await world.stream(theirs)
        first = await tell(database, 3, team_id=7)
        second = await tell(database, 2, team_id=8)
        await mine.got(3, "message")
        await other.got(2, "message")
        assert (ids(mine), ids(other)) == (first, second)
        # With the other team's cursor, a browser is reset and still told nothing of it.
        stray = EventSource()
        stray.last_event_id = second[0]
        reader = await world.stream(token, source=stray)
        await reader.got(1, "reset")
        assert ids(stray) == []


async def test_probes_metrics_and_wrong_methods(database, token) -> None:
    async with gateway(database, METRICS_TOKEN="numbers") as world:
        for path, status in (("live", 200), ("ready", 200)):
            answer = await world.fetch(f"/api/v1/health/{path}")
            assert answer.status == status
        await world.stream(token)
        assert (await world.fetch("/metrics")).status == 401
        metrics = await world.fetch("/metrics", Authorization="Bearer numbers")
        assert b"slipway_gateway_subscribers_active 1.0" in metrics.body
        wrong = await world.fetch("/api/v1/events", method="POST")
        assert (wrong.status, problem(wrong)) == (405, "method_not_allowed")
        assert wrong.headers["allow"] == "GET"
        nothing = await world.fetch("/nothing")
        assert (nothing.status, problem(nothing)) == (404, "not_found")
        world.gateway.hub.draining = True
        assert (await world.fetch("/api/v1/health/ready")).status == 503
        world.gateway.hub.draining = False
