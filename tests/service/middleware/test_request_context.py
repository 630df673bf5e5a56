"""Every answer carries an id that a log line can be found by, and none that a caller could forge a line with."""

import logging

import httpx
import pytest
import structlog
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from service.middleware.request_context import RequestContextMiddleware, current_peer


async def tell(scope: Scope, receive: Receive, send: Send) -> None:
    bound = structlog.contextvars.get_contextvars()
    peer = current_peer()
    answer = {"bound": bound, "address": peer.address, "scheme": peer.scheme}
    await JSONResponse(answer)(scope, receive, send)


def client(base_url: str = "http://slipway.test") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(RequestContextMiddleware(tell), client=("192.0.2.7", 1))
    return httpx.AsyncClient(transport=transport, base_url=base_url)


async def test_the_id_is_bound_while_the_request_runs_and_sent_back() -> None:
    async with client() as http:
        answer = await http.get("/x", headers={"X-Request-ID": "trace-me-0001"})
    assert answer.headers["x-request-id"] == "trace-me-0001"
    assert answer.json()["bound"]["request_id"] == "trace-me-0001"
    assert "request_id" not in structlog.contextvars.get_contextvars()


@pytest.mark.parametrize("forged", ["short", "a" * 65, 'x" level="error', "line one two"])
async def test_an_id_of_another_shape_is_replaced(forged: str) -> None:
    async with client() as http:
        first = await http.get("/x", headers={"X-Request-ID": forged})
        second = await http.get("/x", headers={"X-Request-ID": forged})
    assert first.headers["x-request-id"] not in {forged, second.headers["x-request-id"]}


async def test_nothing_of_a_request_is_left_for_the_next() -> None:
    async def bind(scope: Scope, receive: Receive, send: Send) -> None:
        structlog.contextvars.bind_contextvars(team_id=7, user_id=3)
        await JSONResponse({})(scope, receive, send)

    transport = httpx.ASGITransport(RequestContextMiddleware(bind))
    async with httpx.AsyncClient(transport=transport, base_url="http://slipway.test") as http:
        await http.get("/x")
    assert structlog.contextvars.get_contextvars() == {}


async def test_the_peer_is_known_within_the_request_only() -> None:
    async with client("https://slipway.test") as http:
        assert (await http.get("/x")).json() | {"bound": None} == {
            "address": "192.0.2.7",
            "scheme": "https",
            "bound": None,
        }
    assert current_peer().address == "unknown"


@pytest.mark.parametrize(("level", "told"), [(logging.DEBUG, True), (logging.INFO, False)])
async def test_the_outcome_is_logged_for_who_looks_closer(level: int, told: bool) -> None:
    logger = logging.getLogger("service.middleware.request_context")
    logger.setLevel(level)
    try:
        with structlog.testing.capture_logs() as logs:
            async with client() as http:
                await http.get("/x?secret=1")
    finally:
        logger.setLevel(logging.NOTSET)
    assert [log["path"] for log in logs if log["event"] == "http_request"] == ["/x"] * told
