"""The main job as a client sees it: sign in, order an environment, follow its stream to the end.

It speaks HTTP only, so it works against any Slipway origin.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from httpx_sse import aconnect_sse

from backbone.http.credentials import HOST_COOKIE, PLAIN_COOKIE
from backbone.job_status import TERMINAL

SESSION_COOKIE = PLAIN_COOKIE


class DemoError(RuntimeError):
    """The demo could not go on; the text says at which step and what the server answered."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the demo signs in with."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of the stream: event name, id (empty on control frames) and decoded data."""

    event: str
    id: str
    data: dict[str, Any]


def _expect(response: httpx.Response, status: int, step: str) -> httpx.Response:
    if response.status_code != status:
        raise DemoError(f"{step}: HTTP {response.status_code} {response.text[:500]}")
    return response


async def sign_in(client: httpx.AsyncClient, credentials: Credentials) -> str:
    """Log in, exchange the token, and leave the session's token as the client's bearer."""
    login = _expect(
        await client.post(
            "/api/v1/auth/login",
            json={"email": credentials.email, "password": credentials.password},
        ),
        200,
        "login",
    )
    exchange = _expect(
        await client.post(
            "/api/v1/auth/session-exchange",
            json={"exchange_token": login.json()["exchange_token"]},
        ),
        200,
        "session exchange",
    )
    token = exchange.cookies.get(HOST_COOKIE) or exchange.cookies[PLAIN_COOKIE]
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {token}"
    return token


async def session_token(base_url: str, credentials: Credentials) -> str:
    """Sign in at `base_url` and return the session's token. Raises `DemoError`."""
    async with httpx.AsyncClient(base_url=base_url, timeout=10) as client:
        try:
            return await sign_in(client, credentials)
        except (httpx.TransportError, httpx.UnsupportedProtocol) as error:
            raise DemoError(f"nobody answers at {base_url}: {error}") from error


def new_shortdomain() -> str:
    """Return a name that nobody has yet."""
    return f"demo-{secrets.token_hex(4)}"


async def order(client: httpx.AsyncClient, shortdomain: str) -> dict[str, Any]:
    """Order an environment; returns the 202's ``job_id``, ``status`` and ``last_event_id``."""
    response = await client.post(
        "/api/v1/environments",
        json={
            "shortdomain": shortdomain,
            "display_name": "Demo environment",
            "nodes": [{"node_type": "nginxphp", "count": 1}],
        },
    )
    accepted: dict[str, Any] = _expect(response, 202, "order").json()
    return accepted


async def follow(
    client: httpx.AsyncClient, job_id: int | None, last_event_id: str
) -> AsyncIterator[Frame]:
    """Yield frames of a job's stream to its end; reconnects by ``Last-Event-ID`` like a browser.

    Without a job it is the team's stream, which has none.
    """
    cursor = last_event_id
    retry_ms = 1000
    while True:
        try:
            async with aconnect_sse(
                client,
                "GET",
                "/api/v1/events",
                params={} if job_id is None else {"job_id": job_id},
                headers={"Last-Event-ID": cursor},
                timeout=httpx.Timeout(10, read=60),
            ) as source:
                if source.response.status_code == httpx.codes.NO_CONTENT:
                    return
                if source.response.status_code != httpx.codes.OK:
                    await source.response.aread()
                    _expect(source.response, 200, "stream")
                async for event in source.aiter_sse():
                    cursor = event.id or cursor
                    retry_ms = event.retry or retry_ms
                    if not event.data:
                        # A bare `retry` or a comment; browsers dispatch nothing for it either.
                        continue
                    yield Frame(event.event, event.id, event.json())
                    if event.event == "end":
                        return
        except httpx.TransportError:
            # The server died in mid-stream; the cursor knows where to go on.
            pass
        await asyncio.sleep(retry_ms / 1000)


async def watch(client: httpx.AsyncClient, last_event_id: str) -> AsyncIterator[Frame]:
    """Yield the frames that tell of jobs of the team, from a position on; it never ends."""
    async for frame in follow(client, None, last_event_id):
        if frame.event == "message" and frame.data["type"] == "job_status":
            yield frame


@asynccontextmanager
async def signed_in(base_url: str, credentials: Credentials) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client with a session. Raises `DemoError`, and `httpx.TransportError`."""
    async with httpx.AsyncClient(base_url=base_url, timeout=10) as client:
        await sign_in(client, credentials)
        yield client


async def order_and_follow(
    client: httpx.AsyncClient, shortdomain: str, report: Callable[[Frame], None]
) -> tuple[str, str]:
    """Do the main job; ``report`` is called for each frame.

    Returns the job's last status, and the position up to which its stream was heard.

    Raises:
        DemoError: a step was refused.
        httpx.TransportError: nobody answers.
    """
    accepted = await order(client, shortdomain)
    status, position = str(accepted["status"]), str(accepted["last_event_id"])
    async for frame in follow(client, accepted["job_id"], position):
        report(frame)
        position = frame.id or position
        if frame.event == "message":
            status = frame.data["status"]
        if frame.event in {"reset", "lagged"}:
            position = frame.data["snapshot"]["last_event_id"]
            status = _status_in(frame.data["snapshot"], accepted["job_id"], status)
            if status in TERMINAL:
                break
    return status, position


def _status_in(snapshot: dict[str, Any], job_id: int, otherwise: str) -> str:
    for job in snapshot["jobs"]:
        if job["id"] == job_id:
            return str(job["status"])
    return otherwise
