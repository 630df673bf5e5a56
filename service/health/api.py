"""The `health` operations over HTTP; translates only."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.health import health
from backbone.http.admin_port import AdminPages
from backbone.identity import Principal
from backbone.supervisor import Supervisor
from generated.http.health import GetLivenessReply, GetReadinessReply, HealthApi
from generated.models.health import Check, CheckStatus, Health
from service.cache import Cache
from service.health import use_cases


class HealthOperations(HealthApi[Principal]):
    """What probes and operators are told."""

    def __init__(
        self,
        engine: AsyncEngine,
        cache: Cache,
        clock: Callable[[], float],
        supervisor: Supervisor | None = None,
    ) -> None:
        self._engine = engine
        self._cache = cache
        self._clock = clock
        self._supervisor = supervisor or Supervisor()

    async def get_liveness(self) -> GetLivenessReply:
        """Answer, and name the parts that will hardly recover in this process."""
        found = health(self._supervisor.liveness())
        return GetLivenessReply(
            body=found, status=503 if found.status is CheckStatus.failed else 200
        )

    async def get_readiness(self) -> GetReadinessReply:
        """Tell whether requests will be served, and which parts are down."""
        parts = self._supervisor.readiness()
        found = await use_cases.readiness(self._engine, self._cache, self._clock, parts)
        return GetReadinessReply(
            body=found, status=503 if found.status is CheckStatus.failed else 200
        )

    def pages(self, registry: CollectorRegistry) -> AdminPages:
        """Return what the admin port shows: the same, and the numbers of `registry`."""

        async def readiness() -> list[Check]:
            parts = self._supervisor.readiness()
            found = await use_cases.readiness(self._engine, self._cache, self._clock, parts)
            return found.checks

        return AdminPages(self._supervisor.liveness, readiness, (registry,))

    async def smoke_observability(
        self,
        principal: Principal,  # noqa: ARG002 - its permission was checked
    ) -> Health:
        """Send the smoke event."""
        return await use_cases.smoke(self._engine, self._cache, self._clock)
