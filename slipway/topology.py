"""`slipway topology`: what the broker has beside what the contract wants, and how to change it.

Refuses to touch a queue that somebody consumes from, and never drops a message.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed

from backbone.topology.declare import bind, declare_exchange, declare_queue, declare_topology
from backbone.topology.difference import Difference, Kind
from generated.messaging.topology import Queue, Topology
from slipway.message_copy import copy_of

MOVING = ".moving"
"""Added to a queue's name: where its messages are while it is made anew."""
CONNECT_SECONDS = 10.0
PUBLISH_SECONDS = 10.0
_TRIES = 5

log = structlog.get_logger(__name__)


class TopologyNotAppliedError(RuntimeError):
    """A queue or an exchange could not be changed; the text says why and what to do first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A queue or exchange of the contract on the broker: missing, the same, or with differences.

    `moved` counts messages that an unfinished `apply` left in the queue beside it.
    """

    kind: Kind
    contract_name: str
    name: str
    missing: bool = False
    messages: int = 0
    consumers: int = 0
    moved: int = 0
    differences: tuple[Difference, ...] = ()

    @property
    def as_wanted(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.missing or self.differences or self.moved)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(url, timeout=CONNECT_SECONDS)
    async with connection:
        yield await connection.channel(publisher_confirms=True, on_return_raises=True)


async def plan(url: str, topology: Topology) -> list[Entry]:
    """Look at the broker and change nothing there."""
    async with _connected(url) as channel:
        found = [
            await _exchange(channel, topology, name)
            for name, exchange in topology.exchanges.items()
            if exchange.name
        ]
        for name, queue in topology.queues.items():
            if not queue.per_instance:
                found.append(await _queue(channel, name, queue))
        return found


async def _exchange(channel: AbstractChannel, topology: Topology, name: str) -> Entry:
    exchange = topology.exchange(name)
    try:
        await channel.declare_exchange(exchange.name, passive=True)
    except ChannelNotFoundEntity:
        await channel.reopen()
        return Entry("exchange", name, exchange.name, missing=True)
    differences = tuple(await declare_exchange(channel, name, exchange))
    return Entry("exchange", name, exchange.name, differences=differences)


async def _queue(channel: AbstractChannel, name: str, queue: Queue) -> Entry:
    moved = await _counts(channel, queue.name + MOVING)
    counts = await _counts(channel, queue.name)
    if counts is None:
        return Entry("queue", name, queue.name, missing=True, moved=moved[0] if moved else 0)
    _, differences = await declare_queue(channel, name, queue)
    return Entry(
        "queue",
        name,
        queue.name,
        messages=counts[0],
        consumers=counts[1],
        moved=moved[0] if moved else 0,
        differences=tuple(differences),
    )


async def _counts(channel: AbstractChannel, name: str) -> tuple[int, int] | None:
    """Messages that are ready and consumers, or None when there is no such queue."""
    try:
        queue = await channel.declare_queue(name, passive=True)
    except ChannelNotFoundEntity:
        await channel.reopen()
        return None
    told = queue.declaration_result
    return told.message_count or 0, told.consumer_count or 0


async def apply(url: str, topology: Topology) -> dict[str, int]:
    """Bring the broker to what the contract wants; gives how many messages each queue kept.

    A queue that differs is made anew: its messages wait in a queue beside it, where new ones go,
    too, and come back in their order. One that arrives at the moment of the change may be there
    twice; jobs are done once nevertheless. Broken off, it goes on when it is called again.

    Raises:
        TopologyNotAppliedError: an exchange differs, or somebody consumes from a queue.
    """
    entries = await plan(url, topology)
    _refuse_what_can_not_be_done(entries)
    kept: dict[str, int] = {}
    async with _connected(url) as channel:
        for entry in entries:
            if entry.kind == "queue" and not entry.missing and entry.differences:
                await _set_aside(channel, topology, entry)
        await declare_topology(channel, topology)
        for entry in entries:
            if entry.kind == "queue":
                count = await _bring_back(channel, topology, entry)
                if count is not None:
                    kept[entry.name] = count
    return kept


def _refuse_what_can_not_be_done(entries: list[Entry]) -> None:
    for entry in entries:
        if entry.kind == "exchange" and entry.differences:
            first = entry.differences[0]
            raise TopologyNotAppliedError(f"{first}; {first.mend}")
        if entry.differences and entry.consumers:
            raise TopologyNotAppliedError(
                f"queue {entry.name!r} has {entry.consumers} consumers; end the workers first, "
                "then try again (orders are accepted all the time)"
            )


async def _set_aside(channel: AbstractChannel, topology: Topology, entry: Entry) -> None:
    """Empty the queue into the one beside it, and delete it."""
    queue = topology.queue(entry.contract_name)
    beside = await channel.declare_queue(queue.name + MOVING, durable=True)
    for binding in topology.bindings:
        if binding.queue == entry.contract_name and topology.exchange(binding.exchange).name:
            key = topology.routing_key(binding.routing_key)
            exchange = topology.exchange(binding.exchange).name
            # Bound before the other is unbound, so that no message finds neither.
            await beside.bind(exchange, key)
            old = await channel.get_queue(queue.name, ensure=False)
            await old.unbind(exchange, key)
    for _ in range(_TRIES):
        await _move(channel, queue.name, beside.name)
        try:
            await channel.queue_delete(queue.name, if_unused=True, if_empty=True)
        except ChannelPreconditionFailed:
            await channel.reopen()
        else:
            return
    raise TopologyNotAppliedError(
        f"queue {queue.name!r} is still in use; its messages are in {beside.name!r}. End whoever "
        "consumes from it or publishes to it by name, then run `slipway topology apply` again"
    )


async def _bring_back(channel: AbstractChannel, topology: Topology, entry: Entry) -> int | None:
    """Move what waits beside the queue into it, if there is such a queue; gives how many."""
    name = topology.queue(entry.contract_name).name
    if await _counts(channel, name + MOVING) is None:
        return None
    await bind(channel, topology, [entry.contract_name])
    for binding in topology.bindings:
        if binding.queue == entry.contract_name and topology.exchange(binding.exchange).name:
            beside = await channel.get_queue(name + MOVING, ensure=False)
            await beside.unbind(
                topology.exchange(binding.exchange).name, topology.routing_key(binding.routing_key)
            )
    count = await _move(channel, name + MOVING, name)
    await channel.queue_delete(name + MOVING, if_unused=True, if_empty=True)
    return count


async def _move(channel: AbstractChannel, source: str, target: str) -> int:
    """Move all messages in their order; one leaves only after the broker confirmed its copy."""
    queue = await channel.get_queue(source, ensure=False)
    count = 0
    while (message := await queue.get(no_ack=False, fail=False)) is not None:
        await channel.default_exchange.publish(
            copy_of(message), target, mandatory=True, timeout=PUBLISH_SECONDS
        )
        await message.ack()
        count += 1
    return count
