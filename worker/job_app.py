"""The Celery application of a worker, with what Celery itself has no place for."""

from __future__ import annotations

from typing import Any

from celery import Celery

from worker.broker_topology import BrokerTopology
from worker.loop_thread import LoopThread
from worker.provisioning.process import JobProcess


class JobApp(Celery):
    """A Celery application that knows the contract's topology, and its process's loop_thread."""

    broker_topology: BrokerTopology
    loop_thread: LoopThread[JobProcess]
    is_worker: bool = False
    """Whether this is the main process of a worker, which has the admin port."""
    consumer: Any = None
    """Celery's consumer, once it consumed for the first time."""

    def consuming(self) -> bool:
        """Whether the broker hands messages over. Thread-safe."""
        connection = getattr(self.consumer, "connection", None)
        return connection is not None and bool(connection.connected)
