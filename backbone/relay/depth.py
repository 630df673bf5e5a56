"""Asks the broker how many messages wait in the job queues."""

import asyncio
from typing import assert_never

import aio_pika
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelNotFoundEntity

from backbone.amqp_transport import HEARTBEAT_SECONDS, WatchedConnection
from generated.messaging.topology import Topology
from generated.models.job import JobKind

SECONDS = 5.0
"""How long the broker may take for all of it."""


class QueueDepth:
    """Asks the broker at `url`, each time by a connection of its own: it is seldom asked."""

    def __init__(self, url: str, topology: Topology) -> None:
        self._url = url
        self._queues = {kind: topology.queue(_queue(kind)).name for kind in JobKind}

    async def __call__(self, kind: JobKind) -> int | None:
        """Count the messages of a kind that no worker has yet; None when the broker is away."""
        try:
            async with asyncio.timeout(SECONDS):
                connection = await aio_pika.connect(
                    self._url,
                    heartbeat=HEARTBEAT_SECONDS,
                    client_properties={"connection_name": "slipway-reaper"},
                    connection_class=WatchedConnection,
                )
                async with connection, connection.channel() as channel:
                    queue = await channel.declare_queue(self._queues[kind], passive=True)
                    return queue.declaration_result.message_count
        except ChannelNotFoundEntity:
            return 0
        except (*CONNECTION_EXCEPTIONS, TimeoutError):
            return None


def _queue(kind: JobKind) -> str:
    """Return the contract's name of a kind's queue."""
    match kind:
        case JobKind.environment_create:
            return "jobs.env.create"
        case JobKind.environment_delete:
            return "jobs.env.delete"
        case _:
            assert_never(kind)
