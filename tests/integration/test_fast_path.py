"""The fast path to a stream answers as the framework does: status, headers and frames."""

import pytest

from backbone.identity import authenticate
from generated.http.runtime.fast_path import OperationRoute
from tests.gateway.event_source import EventSource
from tests.integration.gateway_world import (
    GatewayWorld,
    gateway,
    make_job,
    make_member,
    make_team,
    sign_in,
    tell,
)

FRAMEWORK = {"Origin": "http://elsewhere.example"}
"""A page of another origin, whose requests never take the fast path; nothing is allowed to any."""


@pytest.fixture
async def token(engine) -> str:
    await make_team(engine)
    await make_member(engine)
    await make_job(engine)
    return await sign_in(engine)


@pytest.fixture
def routed(monkeypatch) -> list[str]:
    """What the framework was asked."""
    asked: list[str] = []
    handle = OperationRoute.handle

    async def noted(self, scope, receive, send) -> None:
        asked.append(scope["path"])
        await handle(self, scope, receive, send)

    monkeypatch.setattr(OperationRoute, "handle", noted)
    return asked


async def answer(world: GatewayWorld, token: str | None, query: str, came: str | None, **headers):
    source = EventSource()
    if came is not None:
        source.last_event_id = came
    reader = await world.get(token, query, source=source, **headers)
    if reader.status == 200:
        await reader.got(1, "sync", "drain")
        await reader.close()
    else:
        await reader.answered()
    frames = [(each.event, each.last_event_id, each.data) for each in source.dispatched[:1]]
    fields = {name: text for name, text in reader.headers.items() if name != "date"}
    return reader.status, fields, frames


@pytest.mark.parametrize(
    "request_",
    [
        (True, "", None),
        (True, "?team_id=7", "{epoch}.2"),
        (True, "?team_id=7&job_id=42", "{epoch}.1"),
        (True, "", "nonsense"),
        (True, "", "other.2"),
        (True, "?job_id=42", "{epoch}.4"),  # over and told: 204
        (True, "?team_id=8", None),
        (True, "?job_id=43", None),
        (False, "", None),
        (False, "", "{epoch}.2"),
    ],
)
async def test_both_paths_answer_the_same(engine, token, routed, request_) -> None:
    signed_in, query, came = request_
    told = await tell(engine, 3)
    told += await tell(engine, 1, status="completed")
    came = came and came.format(epoch=told[0].rpartition(".")[0])
    async with gateway(engine) as world:
        whose = token if signed_in else None
        fast = await answer(world, whose, query, came)
        by_framework = len(routed)
        framework = await answer(world, whose, query, came, **FRAMEWORK)
    assert fast == framework
    assert len(routed) == by_framework + 1
    assert by_framework == (0 if fast[0] in {200, 204} else 1), "refusals are the framework's"


@pytest.mark.parametrize("query", ["", "?team_id=8", "?job_id=43"])
async def test_what_is_refused_is_asked_of_the_database_once(
    engine, token, monkeypatch, query
) -> None:
    asked: list[str] = []

    async def noted(*arguments, **options):
        asked.append(query)
        return await authenticate(*arguments, **options)

    monkeypatch.setattr("gateway.http.credentials.authenticate", noted)
    async with gateway(engine) as world:
        reader = await world.get(token if query else "unknown", query)
        await reader.answered()
    assert reader.status == {"": 401, "?team_id=8": 403, "?job_id=43": 404}[query]
    assert asked == [query]


async def test_behind_a_trusted_proxy_the_browser_s_scheme_counts(engine, token) -> None:
    async with gateway(engine, TRUSTED_PROXIES="127.0.0.1/32") as world:
        https = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "192.0.2.7"}
        reader = await world.get(None, Cookie=f"__Host-slipway_session={token}", **https)
        assert reader.status == 200
        assert "strict-transport-security" in reader.headers
        plain = await world.get(None, Cookie=f"__Host-slipway_session={token}")
        assert plain.status == 401


async def test_the_limits_hold_on_the_fast_path(engine, token, routed) -> None:
    async with gateway(engine, SSE_MAX_STREAMS_PER_USER="1") as world:
        await world.stream(token)
        assert routed == []
        assert (await world.get(token)).status == 503
        assert len(routed) == 1
        source = EventSource()
        source.last_event_id = "x.1"
        later = await world.get(token, source=source)
        await later.got(1, "drain")
        assert source.retry
        assert len(routed) == 1, "it was answered, and nobody is asked again"
        assert world.gateway.metrics.overloaded_total == 2, "each of them is counted once"
