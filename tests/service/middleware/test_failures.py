"""What nobody caught is answered as a problem that says nothing of the cause."""

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from service.middleware.failures import FailureMiddleware


async def test_a_failure_is_a_problem_without_its_cause() -> None:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("password=hunter2")

    transport = httpx.ASGITransport(FailureMiddleware(fail))
    async with httpx.AsyncClient(transport=transport, base_url="http://slipway.test") as http:
        answer = await http.get("/x")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal_error"
    assert "hunter2" not in answer.text


async def test_a_failure_after_the_answer_began_goes_through() -> None:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("late")

    transport = httpx.ASGITransport(FailureMiddleware(fail))
    async with httpx.AsyncClient(transport=transport, base_url="http://slipway.test") as http:
        with pytest.raises(RuntimeError, match="late"):
            await http.get("/x")
