"""Bad input gets its documented problem, and nothing is half done."""

import uuid

import httpx
import pytest
from httpx_sse import aconnect_sse

from flows.orders import signed_in
from slipway import demo

ORDER = "/api/v1/environments"


def assert_problem(response, status, code, pointer=None):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    if pointer is not None:
        assert pointer in [error["pointer"] for error in problem["errors"]]


def name():
    return f"bad-{uuid.uuid4().hex[:10]}"


async def jobs(client):
    return (await client.get("/api/v1/jobs")).json()["last_event_id"]


async def statuses(client, after, count):
    """Read the team's changes of status that the log has behind a position."""
    heard = []
    headers = {"Last-Event-ID": after}
    async with aconnect_sse(client, "GET", "/api/v1/events", headers=headers) as source:
        async for event in source.aiter_sse():
            payload = event.json() if event.data else {}
            if payload.get("type") == "team_status_changed":
                heard.append(payload["status"])
            if len(heard) == count:
                return heard
    return heard


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        (b'{"shortdomain": ', 400, "malformed_body", None),
        (b"\xff\xfe", 400, "malformed_body", None),
        (b"{}", 422, "invalid_request", "/body/shortdomain"),
        (b'{"shortdomain": "Not A Name"}', 422, "invalid_request", "/body/shortdomain"),
        (b'{"shortdomain": "good-name", "surprise": 1}', 422, "invalid_request", "/body/surprise"),
        (b'{"shortdomain": "good-name", "nodes": []}', 422, "invalid_request", "/body/nodes"),
        (b"[1, 2]", 422, "invalid_request", "/body"),
        (b'{"shortdomain": "' + b"a" * 100_000 + b'"}', 413, "payload_too_large", None),
    ],
)
async def test_a_body_that_fails_its_contract(client, body, status, code, pointer):
    before = await jobs(client)
    response = await client.post(ORDER, content=body, headers={"Content-Type": "application/json"})
    assert_problem(response, status, code, pointer)
    assert await jobs(client) == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/auth/login"),
        ("POST", "/api/v1/auth/session-exchange"),
        ("PATCH", "/api/v1/teams/1/status"),
    ],
)
async def test_a_body_that_is_larger_than_any_needs(client, method, path):
    response = await client.request(method, path, json={"x": "a" * 100_000})
    assert_problem(response, 413, "payload_too_large")


@pytest.mark.parametrize("operation", ["login", "session-exchange", "logout"])
async def test_a_sign_in_or_out_that_another_site_began(stack, client, operation):
    """With the cookie of whoever looks at that site; a program's bearer token is no such danger."""
    token = client.headers["Authorization"].removeprefix("Bearer ")
    cookies = {demo.SESSION_COOKIE: token}
    async with httpx.AsyncClient(base_url=stack.origin.base_url, cookies=cookies) as browser:
        response = await browser.post(
            f"/api/v1/auth/{operation}", json={}, headers={"Origin": "https://other.example"}
        )
    assert_problem(response, 403, "cross_site_request")


async def test_nobody_signed_in(stack):
    async with httpx.AsyncClient(base_url=stack.origin.base_url) as stranger:
        assert_problem(
            await stranger.post(ORDER, json={"shortdomain": name()}), 401, "not_authenticated"
        )
        wrong = await stranger.post(
            "/api/v1/auth/login", json={"email": stack.origin.email, "password": "wrong"}
        )
        assert_problem(wrong, 401, "invalid_credentials")


async def test_a_foreign_team_and_an_unknown_job(client):
    assert_problem(
        await client.get("/api/v1/events", params={"team_id": 999_999}), 403, "team_forbidden"
    )
    assert_problem(await client.get("/api/v1/jobs/999999999"), 404, "not_found")
    assert_problem(await client.get("/api/v1/environments/999999999"), 404, "not_found")


async def test_what_only_operators_may(client):
    me = (await client.get("/api/v1/auth/me")).json()
    response = await client.patch(
        f"/api/v1/teams/{me['team']['id']}/status", json={"status": "SUSPENDED"}
    )
    assert_problem(response, 403, "permission_missing")
    smoke = await client.post("/api/v1/health/observability-smoke")
    assert_problem(smoke, 403, "permission_missing")


async def test_a_wrong_method_tells_the_right_ones(client):
    response = await client.put(ORDER, json={})
    assert_problem(response, 405, "method_not_allowed")
    assert {method.strip() for method in response.headers["allow"].split(",")} >= {"GET", "POST"}


async def test_a_name_that_the_team_has_already(client):
    taken = name()
    first = await demo.order(client, taken)
    assert_problem(await client.post(ORDER, json={"shortdomain": taken}), 409, "shortdomain_taken")
    async for _ in demo.follow(client, first["job_id"], first["last_event_id"]):
        pass


async def test_an_idempotency_key_makes_a_repeated_order_the_same_order(client):
    key, order = {"Idempotency-Key": uuid.uuid4().hex}, {"shortdomain": name()}
    first = await client.post(ORDER, json=order, headers=key)
    again = await client.post(ORDER, json=order, headers=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    other = await client.post(ORDER, json={"shortdomain": name()}, headers=key)
    assert_problem(other, 422, "idempotency_key_reused")


async def test_a_team_that_is_suspended_neither_orders_nor_listens(stack, client):
    """Access withdrawn ends what is open, a reconnect is refused, and both changes can be read."""
    me = (await client.get("/api/v1/auth/me")).json()
    path = f"/api/v1/teams/{me['team']['id']}/status"
    before = await jobs(client)
    async with signed_in(stack, operator=True) as operator:
        async with client.stream("GET", "/api/v1/events") as stream:
            changed = await operator.patch(path, json={"status": "SUSPENDED"})
            assert changed.status_code == 200
            # Whether the event or the withdrawal comes first is not promised; the log has it.
            told = b"".join([part async for part in stream.aiter_bytes()])
        try:
            assert b"access_withdrawn" in told
            assert b"team_inactive" in told
            assert_problem(
                await client.post(ORDER, json={"shortdomain": name()}), 403, "team_inactive"
            )
            assert_problem(await client.get("/api/v1/events"), 403, "team_inactive")
        finally:
            restored = await operator.patch(path, json={"status": "ACTIVE"})
            assert restored.status_code == 200
    assert await statuses(client, after=before, count=2) == ["SUSPENDED", "ACTIVE"]
    accepted = await demo.order(client, name())
    assert accepted["status"] == "queued"
