"""The generated fast paths read private parts of libraries; without them they step aside."""

import asyncio
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from aiormq.abc import DeliveredMessage
from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIRouter
from pamqp.commands import Basic
from pamqp.header import ContentHeader
from starlette.responses import PlainTextResponse

from generated.http.runtime import fast_path
from generated.messaging.runtime.fast_path import DirectHandler, DirectMessage, intercept


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


def delivered(body: bytes) -> DeliveredMessage:
    deliver = Basic.Deliver("t", 1, False, "events", "a.b")
    header = ContentHeader(0, len(body), Basic.Properties(content_type="application/json"))
    channel: Any = None
    return DeliveredMessage(delivery=deliver, header=header, body=body, channel=channel)


async def test_without_frames_messages_come_through_the_callback(caplog):
    taken: list[DirectMessage] = []

    async def dispatch(message: Any) -> None:
        taken.append(message)

    async def refuse(*_: Any) -> None: ...

    handler = DirectHandler(dispatch, refuse)
    channel: Any = SimpleNamespace()
    assert intercept(channel, "t", handler) is None
    assert "no queue Channel.frames" in caplog.text
    await handler.from_callback(delivered(b"{}"))
    assert [(message.routing_key, message.body) for message in taken] == [("a.b", b"{}")]


async def test_frames_that_nobody_writes_to_are_seen():
    async def dispatch(_: Any) -> None: ...

    channel: Any = SimpleNamespace(frames=asyncio.Queue())
    frames = intercept(channel, "t", DirectHandler(dispatch, dispatch))
    assert frames is not None
    assert frames.passed == 0
    await channel.frames.put((0, Basic.ConsumeOk("t")))
    assert frames.passed == 1
