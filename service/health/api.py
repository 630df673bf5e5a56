"""The `health` operations over HTTP; translates only."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.identity import Principal
from generated.http.health import GetReadinessReply, HealthApi
from generated.models.health import CheckStatus, Health
from service.cache import Cache
from service.health import use_cases


class HealthOperations(HealthApi[Principal]):
    """What probes and operators are told."""

    def __init__(self, engine: AsyncEngine, cache: Cache, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._cache = cache
        self._clock = clock

    async def get_liveness(self) -> Health:
        """Answer, which is all that it takes to be alive."""
        return Health(status=CheckStatus.ok, checks=[])

    async def get_readiness(self) -> GetReadinessReply:
        """Tell whether requests will be served."""
        health = await use_cases.readiness(self._engine, self._cache, self._clock)
        return GetReadinessReply(
            body=health, status=503 if health.status is CheckStatus.failed else 200
        )

    async def smoke_observability(
        self,
        principal: Principal,  # noqa: ARG002 - its permission was checked
    ) -> Health:
        """Send the smoke event."""
        return await use_cases.smoke(self._engine, self._cache, self._clock)
