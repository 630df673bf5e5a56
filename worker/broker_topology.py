"""The topology as a worker's broker has it: declared on each new connection, before consuming.

A queue that can't keep the contract is not consumed from; it is looked at again until it is mended.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import structlog
from celery.worker.state import maybe_shutdown

from backbone.topology.declare import Declared, declare_on, part
from backbone.topology.difference import TopologyMismatch
from generated.messaging.topology import Queue, Topology

RETRY_SECONDS: Final = 5.0
_STEP_SECONDS: Final = 0.2

log = structlog.get_logger(__name__)


class TopologyNotDeclaredError(OSError):
    """The broker went away during it; an OSError, so that Celery connects again."""


class BrokerTopology:
    """The jobs' part of the topology, under the arguments that the broker has.

    `topology` stays the same object, so those who were given it see what is found out later.
    """

    def __init__(
        self,
        topology: Topology,
        *,
        retry: float = RETRY_SECONDS,
        declare: Callable[[str, Topology], Declared] | None = None,
        interrupted: Callable[[], None] = maybe_shutdown,
    ) -> None:
        self._wanted = part(topology, "jobs.")
        self._queues: dict[str, Queue] = dict(self._wanted.queues)
        self._retry = retry
        self._declare = declare or _declare
        self._interrupted = interrupted
        self.topology = replace(self._wanted, queues=self._queues)

    def declare(self, url: str) -> None:
        """Declare on the broker at `url`, and wait for what is wrong there to be mended.

        Raises TopologyNotDeclaredError, and WorkerShutdown when the worker shall end.
        """
        while True:
            try:
                self._queues.update(self._declare(url, self._wanted).checked().queues)
            except TopologyMismatch as error:
                log.error("worker_waits_for_topology", why=str(error), retry_in=self._retry)  # noqa: TRY400 - a traceback says nothing more
                self._wait()
            except Exception as error:
                raise TopologyNotDeclaredError(f"{type(error).__name__}: {error}") from error
            else:
                return

    def arguments_of(self, queue: str) -> dict[str, Any]:
        """Return the arguments that the broker has for the queue of this configured name."""
        return next((dict(q.arguments) for q in self._queues.values() if q.name == queue), {})

    def dead_letters_by_itself(self, queue: str) -> bool:
        """Return whether the broker keeps messages rejected from the queue of this name."""
        return "x-dead-letter-exchange" in self.arguments_of(queue)

    def _wait(self) -> None:
        end = time.monotonic() + self._retry
        while time.monotonic() < end:
            self._interrupted()
            time.sleep(_STEP_SECONDS)

    def queue_of(self, delivery_info: Mapping[str, Any]) -> str:
        """Return the queue that a delivery came from, told by its route: one key, one queue."""
        exchange, key = delivery_info.get("exchange", ""), delivery_info.get("routing_key", "")
        if not exchange:
            return str(key)
        for binding in self.topology.bindings:
            if self.topology.exchange(binding.exchange).name == exchange and (
                self.topology.routing_key(binding.routing_key) == key
            ):
                return self.topology.queue(binding.queue).name
        return ""


def _declare(url: str, topology: Topology) -> Declared:
    return asyncio.run(declare_on(url, topology))
