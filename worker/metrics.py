"""What a worker counts, for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from backbone.tracing.context import exemplar

_JOB_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0)
_CALL_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)


class WorkerMetrics:
    """A worker's numbers in a registry of its own. Labels come from short lists, never from ids."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.in_hand = Gauge(
            "slipway_worker_jobs_in_hand", "Jobs that are being worked on.", registry=registry
        )
        self.waiting = Gauge(
            "slipway_worker_jobs_waiting",
            "Jobs that wait at the provider, where this process polls; 0 elsewhere.",
            registry=registry,
        )
        self.deliveries = Counter(
            "slipway_worker_deliveries",
            "Jobs that were begun, by how that ended: waiting is suspended or put off.",
            ("kind", "outcome"),
            registry=registry,
        )
        self.seconds = Histogram(
            "slipway_worker_delivery_seconds",
            "How long a job was in hand.",
            ("kind",),
            buckets=_JOB_BUCKETS,
            registry=registry,
        )
        self.put_aside = Counter(
            "slipway_messages_put_aside",
            "Messages that failed their contract, by their queue and the rule.",
            ("queue", "reason"),
            registry=registry,
        )
        self.calls = Histogram(
            "slipway_provider_call_seconds",
            "How long the provider took, by method and how it ended.",
            ("method", "outcome"),
            buckets=_CALL_BUCKETS,
            registry=registry,
        )

    @contextmanager
    def call(self, method: str) -> Iterator[None]:
        """Time a call of the provider; an error counts by the name of its class."""
        started = time.perf_counter()
        outcome = "ok"
        try:
            yield
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            self.calls.labels(method, outcome).observe(time.perf_counter() - started, exemplar())
