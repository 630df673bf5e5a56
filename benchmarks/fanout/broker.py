"""Names of its own at RabbitMQ for a benchmark; what was not there before is deleted after it."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelClosed
from pamqp import commands, frame
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from backbone.cipher import new_key
from backbone.events.signature import EventSignatures
from backbone.secret_keys import load_event_signatures
from backbone.settings import load_settings
from benchmarks.fanout.workload import Event
from generated.messaging.message import send_job_status
from generated.messaging.topology import Topology
from generated.models.event import JobStatusEvent

URL = "amqp://guest:guest@127.0.0.1:5672/"
CHANNEL = 1


@dataclass(frozen=True)
class Broker:
    """Where RabbitMQ is, and the settings that give the gateway names of its own there."""

    url: str
    environment: dict[str, str]
    topology: Topology
    signatures: EventSignatures
    present: set[str] = field(default_factory=set)

    def encode(self, event: Event, event_id: str) -> bytes:
        """Build and validate the message as the relay would; give the frames that publish it."""
        payload = JobStatusEvent.model_validate_json(event.body)
        body = event.body.encode()
        message = send_job_status(
            payload,
            event_id=event_id,
            event_signature=self.signatures.sign(event_id, body),
            topology=self.topology,
        )
        properties = commands.Basic.Properties(
            content_type=message.content_type,
            content_encoding=message.content_encoding,
            headers=message.headers,
            delivery_mode=message.delivery_mode,
            message_id=event_id,
            message_type=message.type,
        )
        # The event's own text: whatever way it takes, its frame has the same bytes.
        frames = (
            commands.Basic.Publish(exchange=message.exchange, routing_key=message.routing_key),
            ContentHeader(body_size=len(body), properties=properties),
            ContentBody(body),
        )
        return b"".join(frame.marshal(part, CHANNEL) for part in frames)


@contextmanager
def own_names(url: str | None) -> Iterator[Broker | None]:
    """Return the broker, or None when there is none; leave nothing behind."""
    where = url or os.environ.get("RABBITMQ_URL") or URL
    prefix = f"slipway-fanout-{os.getpid()}"
    environment = {
        "RABBITMQ_URL": where,
        "SLIPWAY_EVENT_KEYS": new_key(),
        "RABBITMQ_EVENTS_EXCHANGE": f"{prefix}.events.topic",
        "RABBITMQ_EVENTS_QUEUE": f"{prefix}.events.sse",
        "RABBITMQ_JOBS_EXCHANGE": f"{prefix}.jobs.direct",
        "RABBITMQ_JOBS_QUEUE": f"{prefix}.jobs.env.create",
    }
    settings = load_settings(environment)
    signatures = load_event_signatures(settings)
    broker = Broker(where, environment, settings.topology(), signatures)
    try:
        asyncio.run(_look(broker))
    except (OSError, aio_pika.exceptions.AMQPError, TimeoutError):
        if url is not None:
            raise
        yield None
        return
    try:
        yield broker
    finally:
        asyncio.run(_clean(broker))


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AbstractConnection]:
    async with asyncio.timeout(5):
        connection = await aio_pika.connect(url)
    async with connection:
        yield connection


async def _look(broker: Broker) -> None:
    async with _connected(broker.url) as connection:
        for kind, name in _names(broker.topology):
            # A passive declaration of what is missing closes its channel.
            channel = await connection.channel()
            try:
                if kind == "queue":
                    await channel.declare_queue(name, passive=True)
                else:
                    await channel.declare_exchange(name, passive=True)
                broker.present.add(name)
                await channel.close()
            except ChannelClosed:
                continue


async def _clean(broker: Broker) -> None:
    async with _connected(broker.url) as connection:
        channel = await connection.channel()
        for kind, name in _names(broker.topology):
            if name not in broker.present:
                if kind == "queue":
                    await channel.queue_delete(name)
                else:
                    await channel.exchange_delete(name)


def _names(topology: Topology) -> list[tuple[str, str]]:
    queues = [("queue", queue.name) for queue in topology.queues.values() if not queue.per_instance]
    exchanges = [("exchange", item.name) for item in topology.exchanges.values() if item.name]
    return queues + exchanges
