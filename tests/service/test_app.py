"""The service as a whole: documents, refusals, headers, metrics, and what it takes to build it."""

import json
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import PlainTextResponse

from backbone.settings import load_settings
from generated.http.operations import OPERATIONS
from service.app import create_service
from service.environments.api import EnvironmentOperations
from tests.service.world import ORIGIN, World, build_world

MAX_BODY_BYTES = load_settings({}).max_body_bytes
DOCUMENTS = Path(__file__).parents[2] / "generated" / "documents"


@pytest.mark.parametrize("name", ["openapi.json", "openapi-3.1.json", "asyncapi.json"])
async def test_the_written_contracts_are_served(world: World, name: str) -> None:
    async with world.client() as http:
        answer = await http.get(f"/{name}")
        assert answer.content == (DOCUMENTS / name).read_bytes()
        assert answer.headers["content-type"] == "application/json"
        etag = answer.headers["etag"]
        unchanged = await http.get(f"/{name}", headers={"If-None-Match": etag})
    assert unchanged.status_code == 304
    assert unchanged.content == b""


async def test_every_operation_but_the_stream_is_served(world: World) -> None:
    async with world.client() as http:
        for operation in OPERATIONS:
            if operation.operation_id == "streamEvents":
                continue
            path = operation.path.replace("{", "").replace("}", "")
            answer = await http.request(operation.method, path)
            assert answer.status_code not in {404, 405}, operation
            if not operation.public:
                assert answer.status_code == 401, operation


def test_a_missing_operation_is_named_when_it_is_built() -> None:
    class Half(EnvironmentOperations):
        pass

    Half.__abstractmethods__ = frozenset({"delete_environment"})
    with pytest.raises(TypeError, match="delete_environment"):
        Half(None)  # type: ignore[arg-type]


async def test_unknown_paths_and_methods_are_problems(world: World) -> None:
    async with world.client() as http:
        missing = await http.get("/api/v1/nothing")
        assert missing.status_code == 404
        assert missing.json()["code"] == "not_found"
        wrong = await http.put("/api/v1/environments")
        assert wrong.status_code == 405
        assert wrong.json()["code"] == "method_not_allowed"
        assert {m.strip() for m in wrong.headers["allow"].split(",")} >= {"GET", "POST"}
        deeper = await http.post("/api/v1/environments/1")
        assert {m.strip() for m in deeper.headers["allow"].split(",")} >= {"GET", "DELETE"}
    for answer in (missing, wrong, deeper):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-request-id"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_is_too_large_is_refused(world: World, chunked: bool) -> None:
    async def chunks():
        yield b'{"shortdomain": "'
        for _ in range(MAX_BODY_BYTES // 1024):
            yield b"x" * 1024
        yield b'"}'

    content = chunks() if chunked else b'"' + b"x" * MAX_BODY_BYTES + b'"'
    async with world.client(await world.member(7)) as http:
        answer = await http.post(
            "/api/v1/environments", content=content, headers={"Content-Type": "application/json"}
        )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "payload_too_large"
    assert answer.headers["connection"] == "close"


async def test_a_body_that_nobody_asks_for_is_not_refused(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        answer = await http.request("GET", "/api/v1/auth/me", content=b"x" * (MAX_BODY_BYTES + 1))
    assert answer.status_code == 200


async def test_trusted_origins_may_call_with_credentials_and_others_may_not(world: World) -> None:
    preflight = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,idempotency-key",
    }
    async with world.client() as http:
        allowed = await http.options(
            "/api/v1/environments", headers={"Origin": ORIGIN, **preflight}
        )
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == ORIGIN
        assert allowed.headers["access-control-allow-credentials"] == "true"
        foreign = await http.options(
            "/api/v1/environments", headers={"Origin": "http://evil.test", **preflight}
        )
        assert "access-control-allow-origin" not in foreign.headers
        # Problems must be readable across origins too.
        problem = await http.get("/api/v1/jobs", headers={"Origin": ORIGIN})
    assert problem.status_code == 401
    assert problem.headers["access-control-allow-origin"] == ORIGIN
    assert "X-Request-ID" in problem.headers["access-control-expose-headers"]


async def test_a_wildcard_never_comes_with_credentials(engine: AsyncEngine) -> None:
    world = build_world(engine, CORS_ALLOW_ORIGINS="*")
    async with world.client() as http:
        answer = await http.get("/api/v1/health/live", headers={"Origin": "http://evil.test"})
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_cookie_that_another_site_sent_orders_nothing(world: World) -> None:
    token = await world.member(7)
    async with world.client(cookies={"slipway_session": token}) as http:
        order = {"shortdomain": "shop-42"}
        refused = await http.post(
            "/api/v1/environments", json=order, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert refused.status_code == 403
        assert refused.json()["code"] == "cross_site_request"
        taken = await http.post(
            "/api/v1/environments", json=order, headers={"Sec-Fetch-Site": "same-origin"}
        )
    assert taken.status_code == 202


async def test_metrics_count_by_route_and_never_by_id(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        for job_id in (1, 2):
            await http.get(f"/api/v1/jobs/{job_id}")
        await http.get("/api/v1/some/guess")
        await http.request("INVENTED", "/api/v1/jobs")
        assert (await http.get("/metrics")).status_code == 401
        bearer = {"Authorization": "Bearer numbers"}
        exposed = (await http.get("/metrics", headers=bearer)).text
    assert (
        'slipway_http_requests_total{method="GET",route="/api/v1/jobs/{job_id}",status="404"} 2.0'
        in exposed
    )
    assert 'route="unmatched",status="404"} 1.0' in exposed
    assert "guess" not in exposed
    assert "INVENTED" not in exposed


async def test_a_secret_that_is_sent_is_not_sent_back(world: World) -> None:
    async with world.client() as http:
        answer = await http.post(
            "/api/v1/auth/login",
            json={"email": "x", "password": {"nested": "hunter2"}, "hunter2": "hunter2"},
        )
    assert answer.status_code == 422
    detail = json.dumps([error["detail"] for error in answer.json()["errors"]])
    assert "hunter2" not in detail


async def test_pages_can_be_mounted(engine: AsyncEngine) -> None:
    def mount(app: FastAPI) -> None:
        app.add_route("/docs", lambda _: PlainTextResponse("pages"))

    app = create_service(load_settings({}), engine, mount_documentation=mount)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://slipway.test"
    ) as http:
        assert (await http.get("/docs")).text == "pages"
