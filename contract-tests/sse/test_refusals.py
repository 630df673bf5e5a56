"""An answer that is not 200 closes a browser's EventSource for good, so each is meant that way."""

import httpx

from sse.event_stream import EVENTS


async def test_nobody_signed_in(origin):
    async with httpx.AsyncClient(base_url=origin.base_url) as stranger:
        response = await stranger.get(EVENTS)
    assert_problem(response, 401, "not_authenticated")


async def test_a_foreign_team(client):
    response = await client.get(EVENTS, params={"team_id": 999_999})
    assert_problem(response, 403, "team_forbidden")


async def test_an_unknown_job(client):
    response = await client.get(EVENTS, params={"job_id": 999_999_999})
    assert_problem(response, 404, "not_found")


async def test_a_job_that_is_no_number(client):
    response = await client.get(EVENTS, params={"job_id": "x"})
    assert_problem(response, 422, "invalid_request")


def assert_problem(response, status, code):
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code
