"""The numbers of a process as Prometheus wants them, and those that every process has.

Who asks for OpenMetrics gets exemplars, by which a slow request leads to its trace.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence

from prometheus_client import (
    CollectorRegistry,
    Gauge,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response

from backbone.database.engine import connections_in_use
from generated.messaging.contract import CONTRACT_VERSION


def metrics_answer(request: Request, registries: Sequence[CollectorRegistry]) -> Response:
    """Answer with the numbers of all registries, in the format that is asked for."""
    together = CollectorRegistry(auto_describe=False)
    for registry in registries:
        together.register(registry)
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(together), headers={"Content-Type": content_type})


def process_registry(engine: AsyncEngine | None) -> CollectorRegistry:
    """Make the registry of what every process tells: itself, its build, its connections."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    build = Gauge(
        "slipway_build_info",
        "1; the labels tell which contract and which Python this is.",
        ("contract_version", "python"),
        registry=registry,
    )
    build.labels(CONTRACT_VERSION, platform.python_version()).set(1)
    if engine is not None:
        registry.register(_Connections(engine))
    return registry


class _Connections(Collector):
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            "slipway_database_connections",
            "Connections to the database that are in use, and how many may be.",
            labels=("pool", "state"),
        )
        for pool, used, most in connections_in_use(self._engine):
            family.add_metric((pool, "in_use"), used)
            family.add_metric((pool, "limit"), most)
        yield family
