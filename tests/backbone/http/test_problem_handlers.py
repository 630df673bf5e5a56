from typing import Annotated

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, FastAPI, Header
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError, ProgrammingError
from starlette.exceptions import HTTPException

from backbone.errors import NotFound, RateLimited
from backbone.http.problem_handlers import install_problem_handlers
from generated.models.common import Problem


class Body(BaseModel):
    shortdomain: str
    count: int = 1


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    install_problem_handlers(app)
    router = APIRouter(prefix="/things")

    @router.get("/{number}")
    async def get_thing(number: int) -> int:
        if number == 404:
            raise NotFound("There is no thing 404.")
        if number == 429:
            raise RateLimited(retry_after=7)
        if number == 500:
            raise KeyError("secret-in-a-traceback")
        if number == 503:
            raise OperationalError("SELECT", {}, asyncpg.CannotConnectNowError("starting up"))
        if number == 504:
            raise ProgrammingError("SELECT", {}, asyncpg.UndefinedTableError("no table"))
        raise HTTPException(number)

    @router.delete("/{number}")
    async def delete_thing(number: int) -> int:
        return number

    @app.post("/things/{number}")
    async def post_thing(
        number: int, body: Body, x_key: Annotated[str, Header(max_length=3)] = ""
    ) -> int:
        return body.count

    app.include_router(router)
    return app


@pytest.fixture
async def client(app):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def problem_of(response: httpx.Response) -> Problem:
    assert response.headers["content-type"] == "application/problem+json"
    found = Problem.model_validate(response.json())
    assert found.status == response.status_code
    assert found.type == f"/docs#problem-{found.code}"
    return found


async def test_a_business_error_is_its_problem(client):
    found = problem_of(await client.get("/things/404"))
    assert (found.status, found.code, found.detail) == (404, "not_found", "There is no thing 404.")
    limited = await client.get("/things/429")
    assert problem_of(limited).code == "rate_limited"
    assert limited.headers["retry-after"] == "7"


async def test_a_body_that_is_no_json_is_malformed(client):
    response = await client.post(
        "/things/1", content=b'{"shortdomain": ', headers={"content-type": "application/json"}
    )
    assert problem_of(response).code == "malformed_body"
    assert response.status_code == 400


async def test_each_offending_place_is_named_without_the_offending_value(client):
    response = await client.post(
        "/things/x", json={"count": "password-in-the-wrong-field"}, headers={"x-key": "12345"}
    )
    found = problem_of(response)
    assert (found.status, found.code) == (422, "invalid_request")
    assert found.detail == "4 places do not pass the contract."
    assert {error.pointer for error in found.errors} == {
        "/path/number",
        "/header/x-key",
        "/body/shortdomain",
        "/body/count",
    }
    assert "password-in" not in response.text
    missing = problem_of(await client.post("/things/1"))
    assert [error.pointer for error in missing.errors] == ["/body"]


async def test_an_unknown_path_is_not_found(client):
    assert problem_of(await client.get("/nothing")).code == "not_found"


async def test_a_wrong_method_tells_all_that_the_path_has(client):
    response = await client.put("/things/1")
    assert problem_of(response).code == "method_not_allowed"
    assert response.headers["allow"] == "DELETE, GET, POST"


async def test_an_outage_of_the_database_is_503_and_other_faults_of_it_are_ours(client):
    away = await client.get("/things/503")
    assert problem_of(away).code == "database_unavailable"
    assert away.status_code == 503
    assert int(away.headers["retry-after"]) > 0
    broken = await client.get("/things/504")
    assert problem_of(broken).code == "internal_error"


async def test_the_unforeseen_is_500_and_tells_nothing(client):
    response = await client.get("/things/500")
    assert problem_of(response).code == "internal_error"
    assert response.status_code == 500
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "not_authenticated"),
        (413, "payload_too_large"),
        (415, "unsupported_media_type"),
        (418, "invalid_request"),
    ],
)
async def test_the_frameworks_own_refusals_are_problems(client, status, code):
    response = await client.get(f"/things/{status}")
    assert response.json()["code"] == code
    assert response.headers["content-type"] == "application/problem+json"
