"""The generated fast path of HTTP reads private parts of FastAPI; without them it steps aside."""

import httpx
import pytest
from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIRouter
from starlette.responses import PlainTextResponse

from generated.http.runtime import fast_path


async def principal() -> str:
    return "contract"


def application(*, joined: bool) -> FastAPI:
    router = APIRouter(route_class=fast_path.OperationRoute)

    @router.get("/who")
    async def who(name: str = Depends(principal)) -> PlainTextResponse:
        return PlainTextResponse(name)

    app = FastAPI()
    if joined:
        app.router.routes.extend(router.routes)
    else:
        app.include_router(router)
    return app


async def answer(app: FastAPI) -> str:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return (await client.get("/who")).text


@pytest.mark.parametrize("joined", [True, False])
async def test_overrides_of_an_application_hold_and_end(joined):
    app = application(joined=joined)
    assert await answer(app) == "contract"

    async def other() -> str:
        return "test"

    app.dependency_overrides[principal] = other
    assert await answer(app) == "test"
    app.dependency_overrides.clear()
    assert await answer(app) == "contract"


def test_this_fastapi_has_all_parts():
    assert fast_path.missing_parts() == []


async def test_a_fastapi_without_a_part_answers_by_its_own_path(monkeypatch):
    monkeypatch.setattr(fast_path, "_READ", fast_path._READ | {"renamed"})
    assert fast_path.missing_parts() == ["Dependant.renamed"]
    monkeypatch.setattr(fast_path, "_MISSING", ["Dependant.renamed"])
    app = application(joined=True)
    (route,) = [route for route in app.routes if getattr(route, "path", "") == "/who"]
    assert isinstance(route, APIRoute)
    assert route._operation is None
    assert await answer(app) == "contract"
    assert Dependant is not None
