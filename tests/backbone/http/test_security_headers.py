"""Answers tell browsers not to sniff, frame or store them; an answer may know better."""

import httpx
from starlette.responses import PlainTextResponse

from backbone.http.security_headers import SecurityHeadersMiddleware


def client(base_url: str, **headers: str) -> httpx.AsyncClient:
    app = SecurityHeadersMiddleware(PlainTextResponse("done", headers=headers))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url)


async def test_api_answers_are_never_stored_and_pages_may_style_themselves() -> None:
    async with client("http://slipway.test") as http:
        api, page = await http.get("/api/v1/jobs"), await http.get("/docs")
    assert api.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in api.headers["content-security-policy"]
    assert "cache-control" not in page.headers
    for answer in (api, page):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "strict-transport-security" not in answer.headers


async def test_https_stays_https_and_own_headers_win() -> None:
    async with client("https://slipway.test", **{"Cache-Control": "max-age=5"}) as http:
        answer = await http.get("/api/v1/jobs")
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert answer.headers["cache-control"] == "max-age=5"
