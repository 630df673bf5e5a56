"""Requests that another site caused are refused; those of programs and of our own pages pass."""

import httpx
import pytest
from starlette.responses import PlainTextResponse

from service.middleware.same_origin import SameOriginMiddleware

COOKIE = {"Cookie": "other=1; slipway_session=abc"}


def client() -> httpx.AsyncClient:
    app = SameOriginMiddleware(
        PlainTextResponse("done"),
        session_paths=["/begin"],
        trusted=["https://console.example"],
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://slipway.example")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://evil.slipway.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://slipway.example.evil.example"},
        {"Origin": "http://slipway.example"},
        {"Origin": "https://slipway.example:8443"},
        {"Authorization": "Basic YTpi", "Origin": "https://evil.example"},
        {"Authorization": "Negotiate x", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_a_foreign_page_is_refused_when_the_cookie_comes_along(
    headers: dict[str, str],
) -> None:
    async with client() as http:
        refused = await http.post("/orders", headers={**COOKIE, **headers})
        assert refused.status_code == 403
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "cross_site_request"
        # Without the cookie there is nothing to abuse.
        assert (await http.post("/orders", headers=headers)).status_code == 200
        # Except where a session begins.
        assert (await http.post("/begin", headers=headers)).status_code == 403
        # Reading changes nothing.
        assert (await http.get("/orders", headers={**COOKIE, **headers})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://slipway.example"},
        {"Origin": "https://console.example", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_our_own_pages_trusted_ones_and_programs_pass(headers: dict[str, str]) -> None:
    async with client() as http:
        assert (await http.post("/orders", headers={**COOKIE, **headers})).status_code == 200
        assert (await http.post("/begin", headers=headers)).status_code == 200


async def test_a_bearer_excuses_where_it_is_what_authenticates() -> None:
    headers = {**COOKIE, "Authorization": "Bearer x", "Origin": "https://evil.example"}
    async with client() as http:
        assert (await http.post("/orders", headers=headers)).status_code == 200
        assert (await http.post("/begin", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    "cookie",
    ["__Host-slipway_session=a", "SLIPWAY_SESSION=a", "a=b;  slipway_session=a", "slipway_session"],
)
async def test_an_oddly_spelt_cookie_is_no_way_around(cookie: str) -> None:
    async with client() as http:
        headers = {"Cookie": cookie, "Origin": "https://evil.example"}
        assert (await http.post("/orders", headers=headers)).status_code == 403
