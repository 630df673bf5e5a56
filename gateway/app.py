"""Builds a gateway out of its parts and runs them; the only place that knows all of them."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from backbone.http.admin_port import admin_port
from backbone.http.problem_handlers import install_problem_handlers
from backbone.http.security_headers import SecurityHeadersMiddleware
from backbone.http.tracing import NO_OTHER_SPANS, TracingMiddleware
from backbone.secret_keys import load_event_signatures
from backbone.supervisor import Supervisor, progress
from backbone.tracing.context import is_tracing
from gateway.history.database_log import DatabaseLog
from gateway.history.replay import Replay
from gateway.http.api import Events
from gateway.http.credentials import ReconnectLaterError, principal_of
from gateway.http.fast_path import FastPath
from gateway.http.health import Probes
from gateway.http.openings import OpeningsMiddleware
from gateway.http.stream import RetryLater
from gateway.incoming.access import AccessWatch
from gateway.incoming.consumer import Consumer
from gateway.incoming.follower import Follower
from gateway.limits import Limits
from gateway.listening.hub import Hub
from gateway.metrics import Metrics
from generated.http.events import build_events_router

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from sqlalchemy.ext.asyncio import AsyncEngine

    from backbone.settings import Settings
    from gateway.history.log import Log

EVENTS_PATH = "/api/v1/events"
PART_SILENCE = 30.0
"""Seconds without progress after which a part counts as hanging and is started again."""

log = structlog.get_logger(__name__)


class Gateway:
    """A gateway's parts, joined. `running` starts them, `drain` ends all streams."""

    def __init__(
        self,
        settings: Settings,
        engine: AsyncEngine,
        *,
        instance: str | None = None,
        event_log: Log | None = None,
    ) -> None:
        self.limits = limits_of(settings)
        self.drain_seconds = self.limits.drain
        self.metrics = Metrics()
        self.hub = Hub(
            Replay(
                event_log or DatabaseLog(engine),
                self.metrics,
                readers=self.limits.log_readers,
                tail=self.limits.queue_size,
            ),
            self.limits,
            self.metrics,
            clock=time.monotonic,
            on_access_event=self._access_changed,
        )
        self.access = AccessWatch(engine, self.hub)
        self.follower = Follower(self.hub, pushed=self._pushed, on_silence=self._restart_consumer)
        self.consumer: Consumer | None = None
        if settings.enable_sse_broker and settings.amqp_url is not None:
            self.consumer = Consumer(
                settings.amqp_url,
                settings.topology(),
                self.hub,
                signatures=load_event_signatures(settings),
                instance=instance or new_instance(),
                prefetch=settings.rabbitmq_prefetch_count,
                on_change=self.follower.poke,
                team_bindings=settings.rabbitmq_team_bindings,
            )
        self.supervisor = Supervisor()
        silence = max(PART_SILENCE, 4 * self.limits.sweep)
        self.supervisor.add("streams-clock", self._turn, silence=PART_SILENCE)
        self.supervisor.add("access-watch", self.access.run, silence=PART_SILENCE)
        self.supervisor.add("log-follower", self.follower.run, silence=silence)
        if self.consumer is not None:
            self.supervisor.add("broker-consumer", self.consumer.run)
        self.probes = Probes(
            engine,
            self.hub,
            self.supervisor,
            pushed=None if self.consumer is None else self._pushed,
            access_unknown_for=lambda: self.access.unknown_for,
            metrics_token=settings.metrics_token,
        )

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep the gateway's tasks running; at the end cut what was not drained."""
        try:
            async with self.supervisor:
                yield
        finally:
            await self.hub.close()

    async def drain(self, window: float | None = None) -> None:
        """End all streams, each with a delay of its own, within `window` seconds."""
        streams = self.metrics.subscribers_active
        if streams:
            log.info("gateway_draining", streams=streams)
        await self.hub.drain_all(self.drain_seconds if window is None else window)

    def _pushed(self) -> bool:
        return self.consumer is not None and self.consumer.connected

    def _access_changed(self) -> None:
        self.access.poke()

    def _restart_consumer(self) -> None:
        if self.consumer is not None:
            self.consumer.restart()

    async def _turn(self) -> None:
        """Advance the timers of the streams once a second."""
        while True:
            await asyncio.sleep(1.0)
            self.hub.tick()
            progress()


def create_gateway(
    settings: Settings,
    engine: AsyncEngine,
    *,
    instance: str | None = None,
    event_log: Log | None = None,
    admin_offset: int | None = None,
) -> FastAPI:
    """Make the ASGI application of the contract's `events` operations, probes and `/metrics`.

    Its lifespan runs the gateway; `app.state.gateway` is the `Gateway`. `app.state.fast_path`
    is what a server of our own opens streams by, unless requests are traced. `instance` names its
    queue at the broker and must differ between gateways. With `admin_offset` the admin port is
    served, too, so many ports further than the settings say.
    """
    gateway = Gateway(settings, engine, instance=instance, event_log=event_log)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(gateway.running())
            if admin_offset is not None:
                pages = gateway.probes.pages()
                admin = admin_port(settings, pages, engine=engine, offset=admin_offset)
                await stack.enter_async_context(admin)
            yield

    app = FastAPI(
        lifespan=lifespan,
        telemetry=NO_OTHER_SPANS,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # The redirect would be built from the Host field, which anybody may forge.
        redirect_slashes=False,
    )
    app.state.gateway = gateway
    app.add_middleware(OpeningsMiddleware, hub=gateway.hub, path=EVENTS_PATH)
    app.add_middleware(SecurityHeadersMiddleware)
    install_problem_handlers(app)

    async def retry_later(*_: Any) -> RetryLater:
        return RetryLater(gateway.hub, "overloaded")

    app.add_exception_handler(ReconnectLaterError, retry_later)
    events_api, principal = Events(gateway.hub), principal_of(engine, settings.cookie_secure)
    events = build_events_router(events_api, principal)
    app.router.routes.extend([*events.routes, *gateway.probes.routes()])
    if settings.cors_allow_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_allow_origins),
            # As the service does: never with credentials for everybody.
            allow_credentials="*" not in settings.cors_allow_origins,
            allow_methods=["GET"],
            allow_headers=[
                "Authorization",
                "Cache-Control",
                "Last-Event-ID",
                "Traceparent",
                "Tracestate",
            ],
            expose_headers=["Retry-After"],
        )
    if is_tracing():
        app.add_middleware(TracingMiddleware)
    else:
        app.state.fast_path = FastPath(gateway.hub, events_api, principal, EVENTS_PATH)
    return app


def limits_of(settings: Settings) -> Limits:
    """Take the gateway's limits from the settings."""
    return Limits(
        queue_size=settings.sse_queue_size,
        idle_team=settings.sse_idle_team_seconds,
        refill=settings.sse_refill_limit,
        send_timeout=settings.sse_send_timeout_seconds,
        heartbeat=max(1, round(settings.sse_heartbeat_seconds)),
        max_age=settings.sse_max_age_seconds,
        retry_milliseconds=settings.sse_retry_milliseconds,
        shutdown_retry_milliseconds=settings.sse_shutdown_retry_milliseconds
        or settings.sse_retry_milliseconds,
        streams=settings.sse_max_streams,
        streams_per_team=settings.sse_max_streams_per_team,
        streams_per_user=settings.sse_max_streams_per_user,
        log_readers=settings.sse_log_readers,
        drain=settings.sse_drain_seconds,
        poll=settings.sse_poll_seconds,
        sweep=settings.sse_sweep_seconds,
    )


def new_instance() -> str:
    """Name this process's queue so that no other gateway has the same."""
    host = "".join(c if c.isalnum() or c == "-" else "-" for c in socket.gethostname())[:64]
    return f"{host}-{os.getpid()}-{secrets.token_hex(3)}"
