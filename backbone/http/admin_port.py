"""A process's own port for operators and probes: liveness, readiness and metrics.

The relay and the worker have no other; of service and gateway it is for networks that the public
does not reach. It asks for no token and has no TLS.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import uvicorn
from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from backbone.errors import SettingsError
from backbone.health import health
from backbone.http.exposition import metrics_answer, process_registry
from backbone.http.limits import http_limits
from backbone.http.listening import listen
from backbone.http.server import server_config
from backbone.http.serving import serving
from backbone.settings import Settings
from generated.models.health import Check, CheckStatus


@dataclass(frozen=True, slots=True)
class AdminPages:
    """What a process tells on its admin port.

    `liveness` names what only a restart may cure, `readiness` all that was checked; `registries`
    have its numbers.
    """

    liveness: Callable[[], Iterable[Check]]
    readiness: Callable[[], Awaitable[Iterable[Check]]]
    registries: tuple[CollectorRegistry, ...]

    def routes(self) -> list[Route]:
        """Return `/health/live`, `/health/ready`, `/metrics`, and at `/` a list of them."""

        async def live(_: Request) -> Response:
            return health_answer(self.liveness())

        async def ready(_: Request) -> Response:
            return health_answer(await self.readiness())

        async def metrics(request: Request) -> Response:
            return metrics_answer(request, self.registries)

        async def index(_: Request) -> Response:
            return PlainTextResponse("/health/live\n/health/ready\n/metrics\n")

        return [
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/metrics", metrics),
            Route("/", index),
        ]


def joined(*all_pages: AdminPages) -> AdminPages:
    """Make one of the pages of several parts in a process; a check that two have comes once."""

    def liveness() -> list[Check]:
        return _once(check for pages in all_pages for check in pages.liveness())

    async def readiness() -> list[Check]:
        return _once([check for pages in all_pages for check in await pages.readiness()])

    registries = tuple(registry for pages in all_pages for registry in pages.registries)
    return AdminPages(liveness, readiness, registries)


def _once(checks: Iterable[Check]) -> list[Check]:
    return list({(check.name, check.detail): check for check in checks}.values())


def health_answer(checks: Iterable[Check]) -> Response:
    """Answer a probe: 503 when a check failed, else 200; with all checks."""
    told = health(checks)
    status = 503 if told.status is CheckStatus.failed else 200
    return JSONResponse(told.model_dump(mode="json"), status, {"Cache-Control": "no-store"})


def admin_url(settings: Settings, path: str) -> str:
    """Return where a page of the process on this machine is.

    Raises:
        SettingsError: there is no ADMIN_PORT.
    """
    if settings.admin_port is None:
        raise SettingsError("ADMIN_PORT is not set; name the port that the process has it on")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.admin_host, settings.admin_host)
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{settings.admin_port}{path}"


@asynccontextmanager
async def admin_port(
    settings: Settings, pages: AdminPages, *, engine: AsyncEngine | None = None, offset: int = 0
) -> AsyncGenerator[None]:
    """Serve the pages on ADMIN_HOST:ADMIN_PORT while the block runs; without ADMIN_PORT, nothing.

    The process's own numbers and those of `engine` are added to those of the pages. `offset` is
    added to the port by processes of which several run from one command.

    Raises:
        ListenError: nobody can listen there.
    """
    if settings.admin_port is None:
        yield
        return
    listener = listen(settings.admin_host, settings.admin_port + offset)
    pages = replace(pages, registries=(*pages.registries, process_registry(engine)))
    config = server_config(Starlette(routes=pages.routes()), http_limits(settings), lifespan="off")
    async with serving(uvicorn.Server(config), listener):
        yield
