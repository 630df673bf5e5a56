"""The generated HTTP interface on a FastAPI application: calls, refusals, completeness."""

import json
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Header
from fastapi.security import SecurityScopes

import generated
from generated.http.environments import (
    CreateEnvironmentReply,
    DeleteEnvironmentReply,
    EnvironmentsApi,
    build_environments_router,
)
from generated.http.operations import OPERATIONS
from generated.models.common import Problem
from generated.models.environment import Environment, EnvironmentCreateRequest, EnvironmentPage
from generated.models.job import JobAccepted, JobStatus


class Environments(EnvironmentsApi[str]):
    def __init__(self) -> None:
        self.calls: list[Any] = []

    async def list_environments(self, principal, *, cursor, limit, **_):
        self.calls.append((principal, cursor, limit))
        return EnvironmentPage(items=[], next_cursor=None, last_event_id="q3JvT0aX.118")

    async def create_environment(
        self, principal, *, body: EnvironmentCreateRequest, idempotency_key
    ):
        self.calls.append((principal, body, idempotency_key))
        accepted = JobAccepted(job_id=42, status=JobStatus.queued, last_event_id="q3JvT0aX.118")
        return CreateEnvironmentReply(body=accepted, location="/api/v1/jobs/42")

    async def get_environment(self, principal, *, environment_id: int):
        self.calls.append((principal, environment_id))
        return Environment(
            id=environment_id, team_id=7, job_id=42, shortdomain="shop-42", env_name="shop-42",
            status="running", created_at=1766000042,
        )  # fmt: skip

    async def delete_environment(self, principal, *, environment_id: int) -> DeleteEnvironmentReply:
        raise NotImplementedError

    async def list_node_types(self, principal):
        raise NotImplementedError


async def principal(
    scopes: SecurityScopes, authorization: Annotated[str, Header()] = "nobody"
) -> str:
    return f"{authorization} needs {scopes.scope_str}"


@pytest.fixture
def api() -> Environments:
    return Environments()


@pytest.fixture
async def client(api):
    app = FastAPI()
    app.include_router(build_environments_router(api, principal))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://slipway") as client:
        yield client


async def test_an_order_reaches_the_interface_typed_and_answers_with_headers(api, client):
    answer = await client.post(
        "/api/v1/environments",
        json={"shortdomain": "shop-42", "nodes": [{"node_type": "nginxphp"}]},
        headers={"Idempotency-Key": "order-1", "Authorization": "ada"},
    )
    assert answer.status_code == 202
    assert answer.headers["location"] == "/api/v1/jobs/42"
    assert answer.json() == {"job_id": 42, "status": "queued", "last_event_id": "q3JvT0aX.118"}
    ((who, body, key),) = api.calls
    assert who == "ada needs environments:write"
    assert isinstance(body, EnvironmentCreateRequest)
    assert (body.shortdomain, key) == ("shop-42", "order-1")


@pytest.mark.parametrize(
    "body",
    [{}, {"shortdomain": "Shop"}, {"shortdomain": "shop", "more": 1}, {"shortdomain": None}],
)
async def test_a_body_that_fails_the_contract_does_not_reach_the_interface(api, client, body):
    answer = await client.post("/api/v1/environments", json=body)
    assert answer.status_code == 422
    assert api.calls == []


@pytest.mark.parametrize(
    "text", ["x", "4_2", "+42", " 42", "42.0", "042", "-1", "9007199254740992"]
)
async def test_a_path_integer_is_read_as_json_writes_it(api, client, text):
    answer = await client.get(f"/api/v1/environments/{text}")
    assert answer.status_code == 422
    assert api.calls == []


async def test_defaults_and_absent_parameters(api, client):
    assert (await client.get("/api/v1/environments")).status_code == 200
    assert (await client.get("/api/v1/environments?limit=5&cursor=MTI")).status_code == 200
    assert (await client.get("/api/v1/environments?limit=0")).status_code == 422
    needs = "nobody needs environments:read"
    assert api.calls == [(needs, None, 20), (needs, "MTI", 5)]


async def test_absent_members_stay_absent_on_the_wire(client):
    answer = await client.get("/api/v1/environments/12")
    assert "app_id" not in answer.json()
    assert (await client.get("/api/v1/environments")).json()["next_cursor"] is None


def test_a_missing_operation_is_named_when_the_interface_is_made():
    class Half(EnvironmentsApi[str]):
        async def list_environments(self, principal, *, cursor, limit, **_):
            raise NotImplementedError

        async def create_environment(self, principal, *, body, idempotency_key):
            raise NotImplementedError

        async def get_environment(self, principal, *, environment_id):
            raise NotImplementedError

    with pytest.raises(TypeError, match="delete_environment"):
        Half()


def test_the_table_names_permissions_and_statuses():
    table = {operation.operation_id: operation for operation in OPERATIONS}
    assert table["createEnvironment"].permission == "environments:write"
    assert table["createEnvironment"].successes == (202,)
    assert "429" in table["createEnvironment"].problems
    assert table["login"].public
    assert table["getReadiness"].problems == ()


def test_models_tolerate_absence_but_not_null():
    assert "detail" not in Problem(type="x", title="x", status=404, code="x").model_dump()
    with pytest.raises(ValueError, match="detail"):
        Problem.model_validate(
            {"type": "x", "title": "x", "status": 4, "code": "x", "detail": None}
        )


UNSAID = {"title", "description", "examples"}


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """What a reference names, with what stands beside it."""
    if "$ref" not in schema:
        return schema
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].split("/")[-1]]
    return found | beside


def said(schema: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in schema.items() if k not in UNSAID and not k.startswith("x-")}


def parameters(operation: dict[str, Any], document: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = []
    for written in operation.get("parameters", ()):
        parameter = written
        if "$ref" in written:
            parameter = document["components"]["parameters"][written["$ref"].split("/")[-1]]
        schema = resolved(parameter["schema"], document)
        if "anyOf" in schema:
            schema = schema["anyOf"][0]
        words = said(schema)
        if "items" in words:
            words["items"] = said(resolved(words["items"], document))
        required = parameter.get("required", False)
        found.append((parameter["in"], parameter["name"].lower(), required, sorted(words.items())))
    return sorted(found)


def test_what_fastapi_derives_is_what_the_contract_says(api):
    async def nobody(scopes: SecurityScopes) -> str:
        return scopes.scope_str

    app = FastAPI()
    app.include_router(build_environments_router(api, nobody))
    derived = app.openapi()
    text = (Path(generated.__file__).parent / "documents/openapi.json").read_text()
    source = json.loads(text)
    for path in derived["paths"]:
        for method, operation in derived["paths"][path].items():
            wanted = source["paths"][path][method]
            assert parameters(operation, derived) == parameters(wanted, source)
            assert set(operation["responses"]) == set(wanted["responses"])
            for status, response in operation["responses"].items():
                expected = wanted["responses"][status]
                if "$ref" in expected:
                    name = expected["$ref"].split("/")[-1]
                    expected = source["components"]["responses"][name]
                assert set(response.get("content", ())) == set(expected.get("content", ()))
                assert set(response.get("headers", ())) == set(expected.get("headers", ()))
