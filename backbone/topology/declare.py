"""Declares the contract's topology, and finds out what the broker has where that differs.

Refuses to change anything that is there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelPreconditionFailed

from backbone.topology.difference import Difference, TopologyMismatch, read_mismatch
from generated.messaging.topology import Exchange, Queue, Topology

CONNECT_SECONDS: Final = 10.0
_MOST_ARGUMENTS: Final = 24
_FLAGS: Final = frozenset({"durable", "auto_delete", "exclusive"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Declared:
    """The topology with the arguments that the broker has, and how they differ."""

    topology: Topology
    differences: tuple[Difference, ...]

    def checked(self) -> Topology:
        """Return the topology; log what differs.

        Raises:
            TopologyMismatch: a difference costs a promise.
        """
        harmful = [each for each in self.differences if not each.harmless]
        if harmful:
            raise TopologyMismatch(". ".join(f"{each}; {each.mend}" for each in harmful))
        self.tell()
        return self.topology

    def tell(self) -> None:
        """Log what differs."""
        for each in self.differences:
            level = log.info if each.harmless else log.error
            level("broker_topology_differs", what=str(each), mend=each.mend)


async def declare_topology(channel: AbstractChannel, topology: Topology) -> Declared:
    """Declare exchanges, shared queues and bindings; what is there stays as it is.

    A difference closes the channel, which is opened again.

    Raises:
        TopologyMismatch: the broker's answer does not tell what differs.
    """
    differences: list[Difference] = []
    for name, exchange in topology.exchanges.items():
        if exchange.name:
            differences += await declare_exchange(channel, name, exchange)
    queues = dict(topology.queues)
    for name, queue in topology.queues.items():
        if not queue.per_instance:
            queues[name], found = await declare_queue(channel, name, queue)
            differences += found
    declared = replace(topology, queues=queues)
    await bind(channel, declared, queues)
    return Declared(declared, tuple(differences))


async def declare_on(url: str, topology: Topology) -> Declared:
    """Connect to the broker and declare there; raises as aio-pika and `declare_topology` do."""
    connection = await aio_pika.connect(url, timeout=CONNECT_SECONDS)
    async with connection:
        return await declare_topology(await connection.channel(), topology)


async def bind(channel: AbstractChannel, topology: Topology, queues: Iterable[str]) -> None:
    """Bind those shared queues of the contract, given by its names."""
    for binding in topology.bindings:
        queue, exchange = topology.queue(binding.queue), topology.exchange(binding.exchange)
        if binding.queue in queues and exchange.name and not queue.per_instance:
            target = await channel.get_queue(queue.name, ensure=False)
            await target.bind(exchange.name, topology.routing_key(binding.routing_key))


def part(topology: Topology, prefix: str) -> Topology:
    """Return what the contract names with this prefix: what one kind of process needs."""
    queues = {name: queue for name, queue in topology.queues.items() if name.startswith(prefix)}
    return replace(
        topology,
        exchanges={
            name: exchange
            for name, exchange in topology.exchanges.items()
            if name.startswith(prefix)
        },
        queues=queues,
        bindings=tuple(each for each in topology.bindings if each.queue in queues),
    )


async def declare_exchange(
    channel: AbstractChannel, name: str, exchange: Exchange
) -> list[Difference]:
    """Declare the exchange that the contract calls `name`; say how what is there differs."""
    wanted: dict[str, Any] = {
        "type": exchange.type,
        "durable": exchange.durable,
        "auto_delete": exchange.auto_delete,
    }
    try:
        await channel.declare_exchange(exchange.name, **wanted)
    except ChannelPreconditionFailed as error:
        await channel.reopen()
        argument, present = _read(error, wanted)
        return [
            Difference("exchange", name, exchange.name, argument, wanted.get(argument), present)
        ]
    return []


async def declare_queue(
    channel: AbstractChannel, name: str, queue: Queue
) -> tuple[Queue, list[Difference]]:
    """Declare the queue that the contract calls `name`; give it as it is, and how it differs.

    The broker tells one argument at a time, so it is asked until it agrees.
    """
    asked = queue
    differences: list[Difference] = []
    for _ in range(_MOST_ARGUMENTS):
        try:
            await channel.declare_queue(
                asked.name,
                durable=asked.durable,
                exclusive=asked.exclusive,
                auto_delete=asked.auto_delete,
                arguments=dict(asked.arguments) or None,
            )
        except ChannelPreconditionFailed as error:
            await channel.reopen()
            wanted = _wanted(queue)
            argument, present = _read(error, wanted)
            if any(each.argument == argument for each in differences):
                raise TopologyMismatch(f"queue {queue.name!r}: {error}") from error
            value = wanted.get(argument)
            differences.append(Difference("queue", name, queue.name, argument, value, present))
            asked = _with(asked, argument, present)
        else:
            return asked, differences
    raise TopologyMismatch(f"queue {queue.name!r} has too many arguments of its own")


def _wanted(queue: Queue) -> dict[str, Any]:
    flags = {flag: getattr(queue, flag) for flag in _FLAGS}
    return {**queue.arguments, **flags}


def _with(queue: Queue, argument: str, value: Any) -> Queue:
    if argument in _FLAGS:
        return replace(queue, **{argument: value})
    arguments = {**queue.arguments, argument: value}
    if value is None:
        del arguments[argument]
        if argument == "x-dead-letter-exchange":
            # A broker takes no key without the exchange.
            arguments.pop("x-dead-letter-routing-key", None)
    return replace(queue, arguments=arguments)


def _read(error: ChannelPreconditionFailed, wanted: dict[str, Any]) -> tuple[str, Any]:
    text = str(error)
    found = read_mismatch(text, None)
    if found is None:
        raise TopologyMismatch(f"the broker refuses a declaration: {text}") from error
    return read_mismatch(text, wanted.get(found[0])) or found
