"""The origin as a browser meets it: health, TLS, and a stream through whatever is in front."""

import asyncio
import time
from urllib.parse import urlsplit

import httpx
from httpx_sse import SSEError, aconnect_sse

from generated.models.health import CheckStatus, Health
from slipway.demo import Credentials, DemoError, sign_in
from slipway.doctor.finding import Finding, failed, ok, skipped, warning

SECONDS = 10.0
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


async def origin(base_url: str, credentials: Credentials | None) -> list[Finding]:
    """Look at the origin, and at a stream if somebody may sign in."""
    found = _transport(base_url)
    async with httpx.AsyncClient(base_url=base_url, timeout=SECONDS) as client:
        try:
            found += await _health(client)
            found += await _stream(client, credentials)
        except (httpx.HTTPError, OSError) as error:
            told = f"{base_url} does not answer ({type(error).__name__})"
            mend = "start service and proxy; a certificate that is not trusted shows here, too"
            found.append(failed("origin", told, mend))
    return found


def _transport(base_url: str) -> list[Finding]:
    parts = urlsplit(base_url)
    if parts.scheme == "https":
        return [ok("tls", "the origin is https")]
    if parts.hostname in _LOOPBACK:
        return [ok("tls", "none, on this machine only")]
    told = "the origin is http: passwords and sessions can be read on the way"
    return [warning("tls", told, "put a proxy with a certificate in front (docs/install.md)")]


async def _health(client: httpx.AsyncClient) -> list[Finding]:
    answer = await client.get("/api/v1/health/ready")
    try:
        health = Health.model_validate_json(answer.content)
    except ValueError:
        told = f"/api/v1/health/ready answers {answer.status_code}, and not as Slipway does"
        return [failed("origin", told, "look at what the proxy in front sends to the service")]
    bad = [check for check in health.checks if check.status is not CheckStatus.ok]
    told = "; ".join(f"{check.name}: {check.detail}" for check in bad)
    if health.status is CheckStatus.ok:
        return [ok("origin", "ready")]
    make = failed if health.status is CheckStatus.failed else warning
    return [make("origin", told, "look at the parts that it names")]


async def _stream(client: httpx.AsyncClient, credentials: Credentials | None) -> list[Finding]:
    if credentials is None:
        return [skipped("stream", "nobody was named to sign in: --email")]
    try:
        await sign_in(client, credentials)
    except DemoError as error:
        return [failed("stream", str(error), "look at the password, and at the service's log")]
    try:
        async with asyncio.timeout(SECONDS):
            return [await _first_frame(client)]
    except SSEError:
        told = "the answer is no event stream"
        return [failed("stream", told, "send /api/v1/events to the gateway (docs/install.md)")]
    except TimeoutError:
        told = f"no frame came within {SECONDS:g} s"
        mend = "a proxy in front collects the answer: turn off its buffering and compression"
        return [failed("stream", told, mend)]


async def _first_frame(client: httpx.AsyncClient) -> Finding:
    started = time.perf_counter()
    async with aconnect_sse(client, "GET", "/api/v1/events") as source:
        if source.response.status_code != httpx.codes.OK:
            return await _refused(source.response)
        async for frame in source.aiter_sse():
            if frame.event == "sync":
                seconds = time.perf_counter() - started
                return ok("stream", f"the first frame came after {seconds * 1000:.0f} ms")
    return failed("stream", "it ended before its first frame", "look at the gateway's log")


async def _refused(response: httpx.Response) -> Finding:
    await response.aread()
    mends = {
        401: "the session is not accepted: look at cookies, TRUSTED_PROXIES and the clocks",
        403: "the user needs events:read, and a team that is TRIALING or ACTIVE",
        404: "the proxy in front sends /api/v1/events to something else than the gateway",
        502: "the proxy in front does not reach the gateway",
        503: "the gateway has no room or no database: look at its readiness",
    }
    told = f"it answers {response.status_code}: {response.text[:200]}"
    return failed("stream", told, mends.get(response.status_code, "look at the gateway's log"))
