"""The fast path of a request beside FastAPI's own: the same answers, and who walks which way."""

from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Header, HTTPException
from fastapi.routing import APIRoute
from fastapi.security import SecurityScopes
from starlette.requests import Request

from generated.http.environments import (
    CreateEnvironmentReply,
    DeleteEnvironmentReply,
    EnvironmentsApi,
    build_environments_router,
)
from generated.models.environment import Environment, EnvironmentPage
from generated.models.job import JobAccepted, JobStatus

PATH = "/api/v1/environments"
JSON = {"Content-Type": "application/json"}
ADA = {"Authorization": "ada"}
ORDER = b'{"shortdomain": "shop-42", "metadata": {"a": "b"}}'

RIGHT: list[tuple[str, str, dict[str, str], bytes]] = [
    ("POST", PATH, ADA | JSON, ORDER),
    ("POST", PATH, ADA | JSON | {"Idempotency-Key": "k"}, ORDER),
    ("POST", PATH, ADA | {"Content-Type": "application/json; charset=utf-8"}, ORDER),
    ("POST", PATH, ADA | {"Content-Type": "Application/Problem+JSON"}, ORDER),
    ("POST", PATH, ADA | JSON, ORDER.decode().encode("utf-16")),
    ("POST", PATH, ADA | JSON, b'{"shortdomain": "one", "shortdomain": "two"}'),
    ("GET", f"{PATH}/12", ADA, b""),
    ("GET", f"{PATH}/9007199254740991", ADA, b"not asked for"),
    ("DELETE", f"{PATH}/12", ADA, b""),
    ("POST", PATH, JSON, ORDER),
    ("GET", f"{PATH}/12", {"Authorization": "refused"}, b""),
]
WITH_LISTS: list[tuple[str, str, dict[str, str], bytes]] = [
    ("GET", PATH, ADA, b""),
    ("GET", f"{PATH}?limit=5&limit=7&cursor=MTI&more=1", ADA, b""),
    ("GET", f"{PATH}?status=running&status=creating", ADA, b""),
]
"""Right, but of an operation with a parameter that may come several times."""
WRONG: list[tuple[str, str, dict[str, str], bytes]] = [
    ("POST", PATH, ADA, ORDER),
    ("POST", PATH, ADA | JSON, b""),
    ("POST", PATH, ADA | JSON, b"{"),
    ("POST", PATH, JSON, b"{"),
    ("POST", PATH, ADA | JSON, b"\xff"),
    ("POST", PATH, ADA | JSON, b"[" * 100_000),
    ("POST", PATH, ADA | JSON, b"null"),
    ("POST", PATH, ADA | {"Content-Type": "text/plain"}, ORDER),
    ("POST", PATH, ADA | {"Content-Type": "nonsense"}, ORDER),
    ("POST", PATH, ADA | JSON, b'{"shortdomain": "Shop", "more": []}'),
    ("POST", PATH, ADA | JSON | {"Idempotency-Key": "a b"}, b'{"shortdomain": 1}'),
    ("POST", PATH, {"Authorization": "refused"} | JSON, b'{"shortdomain": 1}'),
    ("POST", PATH, {"Authorization": "x" * 99} | JSON, ORDER),
    ("GET", f"{PATH}?limit=0&cursor=", ADA, b""),
    ("GET", f"{PATH}?limit=%205", ADA, b""),
    ("GET", f"{PATH}/042", ADA, b""),
    ("PUT", PATH, ADA, b""),
    ("HEAD", PATH, ADA, b""),
]


class Environments(EnvironmentsApi[str]):
    """Answers with what it was asked, so that both ways can be told apart by what they read."""

    async def list_environments(self, principal, *, cursor, limit, **_):
        text = f"{principal} {cursor} {limit}".encode().hex()
        return EnvironmentPage(items=[], next_cursor=text, last_event_id="e.1")

    async def create_environment(self, principal, *, body, idempotency_key):
        said = f"/{principal}/{idempotency_key}/{body!r}"
        accepted = JobAccepted(job_id=42, status=JobStatus.queued, last_event_id="e.1")
        return CreateEnvironmentReply(body=accepted, location=said)

    async def get_environment(self, principal, *, environment_id):
        return Environment(
            id=environment_id, team_id=7, job_id=42, shortdomain="shop-42",
            env_name="shop-42", status="running", created_at=1,
        )  # fmt: skip

    async def delete_environment(self, principal, *, environment_id):
        accepted = JobAccepted(job_id=environment_id, status=JobStatus.queued, last_event_id="e.1")
        return DeleteEnvironmentReply(body=accepted, location=principal)

    async def list_node_types(self, principal):
        raise NotImplementedError


async def principal(
    request: Request,
    scopes: SecurityScopes,
    authorization: Annotated[str, Header(max_length=20)] = "nobody",
) -> str:
    if authorization == "refused":
        raise HTTPException(403, "You may not.", headers={"X-Seen": request.method})
    return f"{authorization} {scopes.scope_str} {request.url.path}"


def application(*, fast: bool, guard: Any = principal) -> FastAPI:
    app = FastAPI()
    router = build_environments_router(Environments(), guard)
    if fast:
        app.router.routes.extend(router.routes)
    else:
        app.include_router(router)
    return app


async def answer(app: FastAPI, request: tuple[str, str, dict[str, str], bytes]) -> Any:
    method, path, headers, content = request
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://slipway"
    ) as client:
        reply = await client.request(method, path, headers=headers, content=content)
    return reply.status_code, sorted(reply.headers.items()), reply.content


@pytest.fixture
def long_ways(monkeypatch) -> list[str]:
    """The methods of the requests that went FastAPI's own way."""
    seen: list[str] = []
    theirs = APIRoute.handle

    async def handle(route, scope, receive, send):
        seen.append(scope["method"])
        await theirs(route, scope, receive, send)

    monkeypatch.setattr(APIRoute, "handle", handle)
    return seen


@pytest.mark.parametrize("request_", RIGHT)
async def test_a_right_request_goes_straight_and_is_answered_as_by_fastapi(request_, long_ways):
    found = await answer(application(fast=True), request_)
    assert long_ways == []
    assert found == await answer(application(fast=False), request_)
    assert len(long_ways) == 1
    assert found[0] in {200, 202, 403}


@pytest.mark.parametrize("request_", WITH_LISTS)
async def test_an_operation_with_a_list_is_left_to_fastapi(request_, long_ways):
    found = await answer(application(fast=True), request_)
    assert long_ways == ["GET"]
    assert found == await answer(application(fast=False), request_)
    assert found[0] == 200


@pytest.mark.parametrize("request_", WRONG)
async def test_a_wrong_request_is_told_so_by_fastapi(request_, long_ways):
    found = await answer(application(fast=True), request_)
    assert len(long_ways) == 1
    assert found == await answer(application(fast=False), request_)
    assert found[0] >= 400


async def test_a_body_comes_in_pieces_and_only_once():
    for content in (ORDER, b'{"shortdomain": "Shop"}'):

        async def parts(content=content):
            yield content[:5]
            yield content[5:]

        request = ("POST", PATH, ADA | JSON, parts())
        again = ("POST", PATH, ADA | JSON, content)
        assert await answer(application(fast=True), request) == await answer(
            application(fast=False), again
        )


@pytest.mark.parametrize(
    "failure", [HTTPException(413), RuntimeError("the client went away")], ids=["told", "broken"]
)
async def test_a_body_that_cannot_be_read_is_refused_as_by_fastapi(failure):
    statuses = []
    for fast in (True, False):
        app = application(fast=fast)

        async def send(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def receive():
            raise failure

        head = {"type": "http", "method": "POST", "path": PATH, "query_string": b"", "headers": []}
        await app(head, receive, send)
    assert statuses == [413 if isinstance(failure, HTTPException) else 400] * 2


async def test_a_principal_that_wants_more_is_left_to_fastapi(long_ways):
    def in_a_thread(authorization: Annotated[str, Header()]) -> str:
        return authorization

    app = application(fast=True, guard=in_a_thread)
    assert (await answer(app, RIGHT[0]))[0] == 202
    assert long_ways == ["POST"]


async def test_a_traced_request_is_left_to_fastapi(long_ways):
    app = application(fast=True)
    app.add_middleware(Traced)
    assert (await answer(app, RIGHT[0]))[0] == 202
    assert long_ways == ["POST"]


class Traced:
    """Marks requests as FastAPI's telemetry does."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app({**scope, "fastapi.telemetry": None}, receive, send)
