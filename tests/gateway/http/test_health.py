"""What probes are told: each part by name, degraded where streams go on, failed where they can't."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from backbone.errors import DatabaseUnavailable
from backbone.http.problem_handlers import install_problem_handlers
from backbone.supervisor import Supervisor
from gateway.http.health import Probes
from generated.models.health import CheckStatus
from tests.gateway.world import World


def probes(
    engine: Any,
    world: World,
    *,
    pushed: Callable[[], bool] | None = lambda: True,
    unknown: float = 0.0,
    token: str | None = None,
) -> Probes:
    return Probes(
        engine,
        world.hub,
        Supervisor(),
        pushed=pushed,
        access_unknown_for=lambda: unknown,
        metrics_token=None if token is None else SecretStr(token),
    )


async def found(made: Probes) -> tuple[str, dict[str, str]]:
    health = await made.readiness()
    return health.status.value, {c.name: c.status.value for c in health.checks}


async def test_all_is_well(engine) -> None:
    status, checks = await found(probes(engine, World()))
    assert status == "ok"
    assert {"database", "broker", "streams", "access"} <= set(checks)
    assert set(checks.values()) == {"ok"}


@pytest.mark.parametrize(
    ("options", "name"), [({"pushed": lambda: False}, "broker"), ({"unknown": 3.5}, "access")]
)
async def test_without_it_streams_go_on(engine, options, name) -> None:
    status, checks = await found(probes(engine, World(), **options))
    assert (status, checks[name]) == ("degraded", "degraded")


async def test_a_broker_that_is_switched_off_is_no_trouble(engine) -> None:
    status, checks = await found(probes(engine, World(), pushed=None))
    assert (status, checks["broker"]) == ("ok", "ok")


async def test_a_full_gateway_is_degraded_and_one_that_drains_has_failed(engine) -> None:
    world = World(streams=1)
    await world.listen()
    status, checks = await found(probes(engine, world))
    assert (status, checks["streams"]) == ("degraded", "degraded")
    world.hub.draining = True
    status, checks = await found(probes(engine, world))
    assert (status, checks["streams"]) == ("failed", "failed")


async def test_a_database_that_is_away_fails(engine, monkeypatch) -> None:
    @asynccontextmanager
    async def away(_: object) -> AsyncIterator[None]:
        raise DatabaseUnavailable
        yield

    monkeypatch.setattr("backbone.health.reading", away)
    status, checks = await found(probes(engine, World(), pushed=lambda: False))
    assert (status, checks["database"], checks["broker"]) == ("failed", "failed", "degraded")


async def test_the_routes_answer_with_the_status_and_the_numbers_only_with_the_token(
    engine,
) -> None:
    world = World()
    await world.listen()
    app = Starlette(routes=probes(engine, world, token="secret").routes())
    install_problem_handlers(app)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")
    assert (await http.get("/api/v1/health/live")).status_code == 200
    ready = await http.get("/api/v1/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, CheckStatus.ok.value)
    assert ready.headers["cache-control"] == "no-store"
    assert (await http.get("/metrics")).status_code == 401
    numbers = (await http.get("/metrics", headers={"Authorization": "Bearer secret"})).text
    assert "slipway_gateway_subscribers_active 1.0" in numbers
    assert "slipway_gateway_teams_active 1.0" in numbers
    world.hub.draining = True
    assert (await http.get("/api/v1/health/ready")).status_code == 503
    assert (await http.get("/api/v1/health/live")).status_code == 200, (
        "a new process would not help"
    )
