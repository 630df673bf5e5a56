"""The Celery application of a worker, with what Celery itself has no place for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from celery import Celery, Task
from celery.exceptions import Ignore

from generated.messaging.contract import ContractError
from worker.broker_topology import BrokerTopology
from worker.loop_thread import LoopThread
from worker.metrics import WorkerMetrics
from worker.provisioning.process import JobProcess

log = structlog.get_logger(__name__)


class JobTask(Task[Any, Any]):
    """A task that tells of a message that the generated wrapper has put aside."""

    abstract = True
    app: JobApp

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task as Celery does, whose own call would hide the message."""
        try:
            return self.run(*args, **kwargs)
        except Ignore as ignored:
            if isinstance(ignored.__cause__, ContractError):
                self.app.note_put_aside(ignored.__cause__, self.request.delivery_info or {})
            raise


class JobApp(Celery):
    """A Celery application that knows the contract's topology, and its process's loop_thread."""

    broker_topology: BrokerTopology
    loop_thread: LoopThread[JobProcess]
    is_worker: bool = False
    """Whether this is the main process of a worker, which has the admin port."""
    metrics: WorkerMetrics
    consumer: Any = None
    """Celery's consumer, once it consumed for the first time."""

    def note_put_aside(self, error: ContractError, came: Mapping[str, Any]) -> None:
        """Count and log a message that was put aside; `came` is Celery's delivery_info."""
        queue = self.broker_topology.queue_of(came)
        self.metrics.put_aside.labels(queue, error.rule).inc()
        log.warning(
            "delivery_refused",
            queue=queue,
            rule=error.rule,
            pointer=error.pointer,
            why=error.detail,
        )

    def consuming(self) -> bool:
        """Return whether the broker hands messages over. Thread-safe."""
        connection = getattr(self.consumer, "connection", None)
        return connection is not None and bool(connection.connected)
