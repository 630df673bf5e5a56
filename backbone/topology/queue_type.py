"""Quorum queues by setting: the contract leaves open how a broker keeps its queues."""

from dataclasses import replace
from typing import Literal

from generated.messaging.topology import Topology

QueueType = Literal["classic", "quorum"]


def with_queue_type(topology: Topology, kind: QueueType, *, delivery_limit: int) -> Topology:
    """Return the topology with its durable, shared queues of this type.

    After `delivery_limit` returns to its queue a message of a quorum queue is dead-lettered.
    A classic queue has no such limit and says nothing of its type, as ever.
    """
    if kind == "classic":
        return topology
    return replace(
        topology,
        queues={
            name: queue
            if queue.per_instance or not queue.durable
            else replace(
                queue,
                arguments={
                    **queue.arguments,
                    "x-queue-type": "quorum",
                    "x-delivery-limit": delivery_limit,
                },
            )
            for name, queue in topology.queues.items()
        },
    )
