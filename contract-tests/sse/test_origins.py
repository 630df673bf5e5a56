"""Cross-origin streams with credentials: what the Fetch standard asks of a server."""

import json

import httpx
import pytest

from sse.event_stream import EVENTS


async def test_a_page_that_is_let_in_may_read_with_its_cookie(open_stream, page_origin):
    async with open_stream(headers={"Origin": page_origin}) as stream:
        headers = stream.response.headers
        # Neither may be a wildcard when credentials are included.
        assert headers["access-control-allow-origin"] == page_origin
        assert headers["access-control-allow-credentials"] == "true"
        assert "origin" in headers["vary"].lower()


async def test_the_preflight_allows_last_event_id(origin, page_origin):
    async with httpx.AsyncClient(base_url=origin.base_url) as browser:
        answer = await browser.options(
            EVENTS,
            headers={
                "Origin": page_origin,
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "last-event-id,cache-control",
            },
        )
    assert answer.is_success
    assert answer.headers["access-control-allow-origin"] == page_origin
    assert answer.headers["access-control-allow-credentials"] == "true"
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert "last-event-id" in allowed
    assert "*" not in allowed


async def test_a_resumed_stream_may_be_read_too(order, open_stream, page_origin):
    accepted = await order()
    headers = {"Origin": page_origin, "Last-Event-ID": accepted["last_event_id"]}
    async with open_stream(headers=headers, job_id=accepted["job_id"]) as stream:
        assert stream.response.headers["access-control-allow-origin"] == page_origin
        events = await stream.events_until("end")
    assert json.loads(events[0].data)["status"] == "resumed"


async def test_a_refusal_may_be_read_too(origin, page_origin):
    async with httpx.AsyncClient(base_url=origin.base_url) as stranger:
        answer = await stranger.get(EVENTS, headers={"Origin": page_origin})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == page_origin


@pytest.mark.parametrize("origin_header", ["https://console.example", "null"])
async def test_unknown_origins_get_no_permission_to_read(client, origin_header):
    async with client.stream("GET", EVENTS, headers={"Origin": origin_header}) as response:
        assert response.headers.get("access-control-allow-origin") not in {"*", origin_header}
