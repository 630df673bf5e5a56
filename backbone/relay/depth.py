"""Asks the broker how many messages wait in queues, and who consumes from them."""

import asyncio
from collections.abc import Collection, Mapping
from typing import NamedTuple, assert_never

import aio_pika
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelNotFoundEntity

from backbone.amqp_transport import HEARTBEAT_SECONDS, WatchedConnection
from generated.messaging.topology import Topology
from generated.models.job import JobKind

SECONDS = 5.0
"""How long the broker may take for all of it."""


class QueueState(NamedTuple):
    """Messages that no consumer has yet, and consumers."""

    messages: int
    consumers: int


NO_QUEUE = QueueState(0, 0)


async def queue_states(url: str, queues: Collection[str]) -> Mapping[str, QueueState] | None:
    """Look at queues, by a connection of its own; None when the broker is away.

    A queue that does not exist has no messages and no consumers.
    """
    try:
        async with asyncio.timeout(SECONDS):
            connection = await aio_pika.connect(
                url,
                heartbeat=HEARTBEAT_SECONDS,
                client_properties={"connection_name": "slipway-queue-depth"},
                connection_class=WatchedConnection,
            )
            async with connection:
                return {name: await _state(connection, name) for name in queues}
    except (*CONNECTION_EXCEPTIONS, TimeoutError):
        return None


async def _state(connection: aio_pika.abc.AbstractConnection, name: str) -> QueueState:
    # A channel for each: the broker closes it over a queue that is not there.
    try:
        async with connection.channel() as channel:
            result = (await channel.declare_queue(name, passive=True)).declaration_result
            return QueueState(result.message_count or 0, result.consumer_count or 0)
    except ChannelNotFoundEntity:
        return NO_QUEUE


class QueueDepth:
    """Counts the messages of a kind of job that wait at the broker at `url`."""

    def __init__(self, url: str, topology: Topology) -> None:
        self._url = url
        self._queues = job_queues(topology)

    async def __call__(self, kind: JobKind) -> int | None:
        """Count the messages of a kind that no worker has yet; None when the broker is away."""
        name = self._queues[kind]
        states = await queue_states(self._url, [name])
        return None if states is None else states[name].messages


def job_queues(topology: Topology) -> Mapping[JobKind, str]:
    """Return the name of each kind's queue."""
    return {kind: topology.queue(_queue(kind)).name for kind in JobKind}


def _queue(kind: JobKind) -> str:
    """Return the contract's name of a kind's queue."""
    match kind:
        case JobKind.environment_create:
            return "jobs.env.create"
        case JobKind.environment_delete:
            return "jobs.env.delete"
        case _:
            assert_never(kind)
