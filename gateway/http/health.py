"""What probes are told of a gateway: alive, and whether it can take streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from backbone.health import check_database, health
from backbone.http.admin_port import AdminPages, health_answer
from backbone.http.exposition import metrics_answer
from backbone.http.metrics_access import metrics_route
from gateway.metrics import Metrics, registry_of
from generated.models.health import Check, CheckStatus, Health

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr
    from sqlalchemy.ext.asyncio import AsyncEngine
    from starlette.requests import Request

    from backbone.supervisor import Supervisor
    from gateway.listening.hub import Hub

ACCESS_UNKNOWN_SECONDS = 3.0


class Probes:
    """Readiness is `degraded` while events are read from the log because no broker pushes them."""

    def __init__(
        self,
        engine: AsyncEngine,
        hub: Hub,
        supervisor: Supervisor,
        *,
        pushed: Callable[[], bool] | None,
        access_unknown_for: Callable[[], float],
        metrics_token: SecretStr | None,
    ) -> None:
        self._engine = engine
        self._hub = hub
        self._supervisor = supervisor
        self._pushed = pushed
        self._access_unknown_for = access_unknown_for
        self._metrics_token = metrics_token
        self._registry = registry_of(self._counted)

    async def readiness(self) -> Health:
        """Check what a new stream needs."""
        checks = [
            await check_database(
                self._engine, without="open streams stay open, new ones are refused"
            ),
            self._broker(),
            self._streams(),
            self._access(),
            *self._supervisor.readiness(),
        ]
        return health(checks)

    def routes(self) -> list[Route]:
        """Return the routes of the probes and of the numbers."""
        return [
            Route("/api/v1/health/live", self._live, methods=["GET"]),
            Route("/api/v1/health/ready", self._ready, methods=["GET"]),
            metrics_route(self._metrics_token, self._metrics),
        ]

    def _broker(self) -> Check:
        if self._pushed is None:
            detail = "switched off; events are read from the log"
            return Check(name="broker", status=CheckStatus.ok, detail=detail)
        if self._pushed():
            return Check(name="broker", status=CheckStatus.ok)
        seconds = self._hub.limits.poll
        detail = f"not connected; events are read from the log every {seconds:g} s"
        return Check(name="broker", status=CheckStatus.degraded, detail=detail)

    def _access(self) -> Check:
        seconds = self._access_unknown_for()
        if seconds < ACCESS_UNKNOWN_SECONDS:
            return Check(name="access", status=CheckStatus.ok)
        detail = f"withdrawn access has not been looked for since {seconds:.0f} s"
        return Check(name="access", status=CheckStatus.degraded, detail=detail)

    def _streams(self) -> Check:
        if self._hub.draining:
            return Check(name="streams", status=CheckStatus.failed, detail="shutting down")
        if self._hub.metrics.subscribers_active >= self._hub.limits.streams:
            detail = "as many streams as this process may hold"
            return Check(name="streams", status=CheckStatus.degraded, detail=detail)
        return Check(name="streams", status=CheckStatus.ok)

    async def _live(self, _: Request) -> Response:
        return health_answer(self._supervisor.liveness())

    async def _ready(self, _: Request) -> Response:
        return health_answer((await self.readiness()).checks)

    def pages(self) -> AdminPages:
        """Return what the admin port shows: the same."""

        async def readiness() -> list[Check]:
            return (await self.readiness()).checks

        return AdminPages(self._supervisor.liveness, readiness, (self._registry,))

    async def _metrics(self, request: Request) -> Response:
        return metrics_answer(request, [self._registry])

    def _counted(self) -> Metrics:
        metrics, hub = self._hub.metrics, self._hub
        metrics.teams_active = sum(not team.idle for team in hub.teams.values())
        metrics.subscribers_behind = sum(
            len(channel.behind) for team in hub.teams.values() for channel in team.channels.values()
        )
        return metrics
