"""Publishes status events as any program may, and sends one round through the events exchange."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractQueue

from generated.messaging.message import send_job_status
from generated.messaging.runtime.outgoing import OutgoingMessage
from generated.messaging.topology import Topology
from generated.models.event import JobStatusEvent
from generated.models.job import JobStatus

CONNECT_SECONDS = 10.0
ROUND_SECONDS = 10.0


class SmokeError(RuntimeError):
    """A step did not do what it should; the text says which, and where to look."""


def status_event(team_id: int, job_id: int, status: JobStatus, message: str) -> JobStatusEvent:
    """Return an event of a job as of this moment."""
    return JobStatusEvent(
        type="job_status",
        job_id=job_id,
        team_id=team_id,
        status=status,
        message=message,
        env_name="smoke",
        occurred_at=int(time.time()),
    )


async def publish_statuses(
    url: str, topology: Topology, *, team_id: int, job_id: int, status: JobStatus, count: int
) -> None:
    """Publish events without a position; the broker has confirmed each when this returns.

    Raises as aio-pika, and SmokeError when there is no exchange.
    """
    async with _channel(url) as channel:
        for number in range(1, count + 1):
            event = status_event(team_id, job_id, status, f"Smoke event {number} of {count}")
            await _publish(channel, send_job_status(event, topology=topology))


async def round_trip(url: str, topology: Topology, *, team_id: int, job_id: int) -> float:
    """Publish an event, take it from a queue bound as a gateway's is; return the seconds it took.

    Raises as aio-pika, and SmokeError when it did not come back.
    """
    async with _channel(url) as channel:
        exchange = topology.exchange("events.topic").name
        mark = f"Smoke {secrets.token_hex(8)}"
        message = send_job_status(
            status_event(team_id, job_id, JobStatus.polling, mark), topology=topology
        )
        queue = await channel.declare_queue(exclusive=True, auto_delete=True)
        try:
            await queue.bind(exchange, message.routing_key)
        except aio_pika.exceptions.ChannelNotFoundEntity as error:
            raise _no_exchange(exchange) from error
        started = time.perf_counter()
        await _publish(channel, message)
        if await _comes_back(queue, mark.encode()):
            return time.perf_counter() - started
        raise SmokeError(
            f"an event published to {exchange} with {message.routing_key} did not come back "
            f"within {ROUND_SECONDS:g} s; look at the exchange's bindings and the broker's alarms"
        )


async def _comes_back(queue: AbstractQueue, mark: bytes) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(ROUND_SECONDS), queue.iterator(no_ack=True) as messages:
            async for message in messages:
                if mark in message.body:
                    return True
    return False


@asynccontextmanager
async def _channel(url: str) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(url, timeout=CONNECT_SECONDS)
    async with connection:
        yield await connection.channel(publisher_confirms=True)


async def _publish(channel: AbstractChannel, message: OutgoingMessage) -> None:
    try:
        exchange = await channel.get_exchange(message.exchange)
    except aio_pika.exceptions.ChannelNotFoundEntity as error:
        raise _no_exchange(message.exchange) from error
    await exchange.publish(
        aio_pika.Message(
            message.body,
            headers=dict(message.headers),
            content_type=message.content_type,
            type=message.type,
            delivery_mode=message.delivery_mode,
        ),
        message.routing_key,
        mandatory=False,
    )


def _no_exchange(name: str) -> SmokeError:
    return SmokeError(
        f"there is no exchange {name}; a relay or gateway declares it: start one, "
        "or look at RABBITMQ_EVENTS_EXCHANGE"
    )
