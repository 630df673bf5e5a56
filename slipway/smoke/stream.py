"""The guide's end-to-end check of a stream: sign in, listen, publish through RabbitMQ, compare."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
from httpx_sse import aconnect_sse

from generated.messaging.topology import Topology
from generated.models.job import JobStatus
from slipway.demo import Credentials, sign_in
from slipway.smoke.events import SmokeError, publish_statuses

SECONDS = 30.0
"""How long the stream may take for the first frame, and for each event."""

SMOKE_JOB = 2**31 - 1
"""A job that no installation has yet."""


async def follow_published(
    base_url: str,
    credentials: Credentials,
    amqp_url: str,
    topology: Topology,
    *,
    count: int,
    tell: Callable[[str], None],
) -> None:
    """Publish `count` events while a stream is open, and hear each of them on it.

    Raises SmokeError and DemoError, which say at which step; and as aio-pika.
    """
    async with httpx.AsyncClient(base_url=base_url, timeout=SECONDS) as client:
        try:
            await sign_in(client, credentials)
            me = (await client.get("/api/v1/auth/me")).json()
            team_id = me["team"]["id"]
            tell(f"signed in as {credentials.email}, team {team_id}")

            async def publish() -> None:
                await publish_statuses(
                    amqp_url,
                    topology,
                    team_id=team_id,
                    job_id=SMOKE_JOB,
                    status=JobStatus.polling,
                    count=count,
                )

            await _compare(client, publish, count, tell)
        except TimeoutError:
            raise SmokeError(
                f"nothing came on the stream for {SECONDS:g} s: look at ENABLE_SSE_BROKER, "
                "RABBITMQ_EVENTS_BINDING_KEY, and buffering by a proxy in front"
            ) from None
        except httpx.TransportError as error:
            raise SmokeError(f"{base_url} does not answer ({type(error).__name__})") from error


async def _compare(
    client: httpx.AsyncClient,
    publish: Callable[[], Awaitable[None]],
    count: int,
    tell: Callable[[str], None],
) -> None:
    async with aconnect_sse(client, "GET", "/api/v1/events") as source:
        if source.response.status_code != httpx.codes.OK:
            await source.response.aread()
            raise SmokeError(
                f"the stream answers {source.response.status_code}: {source.response.text[:300]}"
            )
        frames = source.aiter_sse()
        while True:
            async with asyncio.timeout(SECONDS):
                frame = await anext(frames)
            if frame.event == "sync":
                break
        tell(f"listening: {frame.data}")
        await publish()
        tell(f"published {count} events")
        heard = 0
        while heard < count:
            async with asyncio.timeout(SECONDS):
                frame = await anext(frames)
            if frame.data and frame.json().get("job_id") == SMOKE_JOB:
                heard += 1
                tell(f"heard {frame.json()['message']}")
