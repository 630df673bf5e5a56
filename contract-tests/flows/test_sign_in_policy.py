"""`CONCURRENT_SIGN_IN=ask` on a stack of its own: an open session decides about another sign-in."""

import httpx
import pytest

from testing.stack import RunningStack
from traffic import broker_tap

API = "/api/v1"


@pytest.fixture(scope="module")
def asking(tmp_path_factory, book):
    home = tmp_path_factory.mktemp("asking")
    with RunningStack.start("embedded", home, CONCURRENT_SIGN_IN="ask") as stack:
        with broker_tap.tapped(stack.origin.amqp_url, book):
            yield stack


async def log_in(http, origin):
    body = {"email": origin.email, "password": origin.password}
    answer = await http.post(f"{API}/auth/login", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def exchange(http, login):
    body = {"exchange_token": login["exchange_token"]}
    return await http.post(f"{API}/auth/session-exchange", json=body)


async def test_an_open_session_approves_one_and_refuses_another(asking):
    origin = asking.origin
    async with httpx.AsyncClient(base_url=origin.base_url, timeout=60) as first:
        login = await log_in(first, origin)
        assert "answer_until" not in login
        assert (await exchange(first, login)).status_code == 200
        assert (await first.get(f"{API}/auth/sign-ins")).json() == {"items": []}
        for decision, expected in (("approve", 200), ("refuse", 403)):
            async with httpx.AsyncClient(base_url=origin.base_url, timeout=60) as second:
                waiting = await log_in(second, origin)
                assert waiting["answer_until"] > 0
                refused = await exchange(second, waiting)
                assert (refused.status_code, refused.json()["code"]) == (409, "sign_in_pending")
                (asked,) = (await first.get(f"{API}/auth/sign-ins")).json()["items"]
                path = f"{API}/auth/sign-ins/{asked['request_id']}/answer"
                answered = await first.post(path, json={"answer": decision})
                assert answered.status_code == 204
                assert (await first.post(path, json={"answer": decision})).status_code == 404
                assert (await exchange(second, waiting)).status_code == expected
