"""Composes the HTTP service from what it is given; builds nothing at import."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from limits import RateLimitItemPerMinute
from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from backbone.http.problem_handlers import install_problem_handlers
from backbone.http.security_headers import SecurityHeadersMiddleware
from backbone.http.tracing import NO_OTHER_SPANS, TracingMiddleware
from backbone.identifiers import IdentifierAllocator
from backbone.jobs.durations import UsualDurations
from backbone.jobs.places import QueuePlaces
from backbone.orders.record import Recorder
from backbone.secret_keys import load_cipher
from backbone.settings import Settings
from backbone.supervisor import Supervisor
from backbone.tracing.context import is_tracing
from generated.http.activity import build_activity_router
from generated.http.audit import build_audit_router
from generated.http.auth import build_auth_router
from generated.http.deadletters import build_deadletters_router
from generated.http.environments import build_environments_router
from generated.http.health import build_health_router
from generated.http.jobs import build_jobs_router
from generated.http.members import build_members_router
from generated.http.teams import build_teams_router
from generated.http.tokens import build_tokens_router
from generated.http.users import build_users_router
from service.activity.api import ActivityOperations
from service.attempts import LoginAttempts, LoginLimits
from service.audit.api import AuditOperations
from service.auth.api import AuthOperations
from service.auth.approval import ConcurrentSignIns
from service.auth.cookie import SessionCookie
from service.auth.use_cases import Lifetimes, SignIn
from service.authentication import SessionAuthentication
from service.cache import Cache
from service.deadletters.api import DeadLetterOperations
from service.deadletters.store import DeadLetterStore
from service.documents import document_routes
from service.environments.api import EnvironmentOperations
from service.health.api import HealthOperations
from service.jobs.api import JobOperations
from service.jobs.expectations import Expectations
from service.limiter import Limiter
from service.members.api import MemberOperations
from service.members.invite import Acceptance
from service.metrics import RequestMetrics, RequestMetricsMiddleware
from service.middleware.body import BodyMiddleware
from service.middleware.failures import FailureMiddleware
from service.middleware.request_context import REQUEST_ID_HEADER, RequestContextMiddleware
from service.middleware.same_origin import SameOriginMiddleware
from service.orders import Orders
from service.passwords import Passwords
from service.teams.api import TeamOperations
from service.tokens.api import TokenOperations
from service.users.api import UserOperations

_SESSION_PATHS = (
    "/api/v1/auth/login",
    "/api/v1/auth/session-exchange",
    "/api/v1/auth/invitations/accept",
)
_CORS_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_CORS_REQUEST_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "Last-Event-ID",
    "Traceparent",
    "Tracestate",
    REQUEST_ID_HEADER,
)
_CORS_RESPONSE_HEADERS = (
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    REQUEST_ID_HEADER,
)


def create_service(
    settings: Settings,
    engine: AsyncEngine,
    *,
    clock: Callable[[], float] = time.time,
    passwords: Passwords | None = None,
    cache: Cache | None = None,
    registry: CollectorRegistry | None = None,
    mount_documentation: Callable[[FastAPI], None] | None = None,
    supervisor: Supervisor | None = None,
    dead_letters: DeadLetterStore | None = None,
) -> FastAPI:
    """Make the application for all of `/api/v1` but the event stream, the documents and `/metrics`.

    `engine` must be migrated and belongs to the caller, who also runs the relay. `clock` tells
    epoch seconds. `mount_documentation` may add pages, such as `/docs` and `/docs/events`. The
    probes name parts of `supervisor` that are down. Without `dead_letters` their operations say
    that there is no broker. A generated operation without an implementation
    is a `TypeError` here, naming it.
    """
    cache = cache or Cache(settings.redis_url.get_secret_value() if settings.redis_url else None)
    metrics = RequestMetrics(registry or CollectorRegistry())
    principal = SessionAuthentication(
        engine,
        idle=settings.session_idle_lifetime,
        cookie_secure=settings.cookie_secure,
        clock=clock,
    )
    sign_in = _sign_in(settings, engine, passwords or Passwords(), cache, clock)
    orders = Orders(
        engine,
        Recorder(engine),
        IdentifierAllocator(engine, "jobs"),
        clock,
        RateLimitItemPerMinute(settings.orders_per_minute),
        Limiter(cache.storage if cache.shared else None),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        yield
        await cache.close()

    app = FastAPI(
        title="Slipway",
        # The written contract is served instead of the derived one.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # The redirect would be built from the Host field, which anybody may forge.
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry=NO_OTHER_SPANS,
        middleware=_middleware(settings, metrics),
    )
    install_problem_handlers(app)
    health = HealthOperations(engine, cache, clock, supervisor)
    # Routes are tried in this order, so orders come first. They are the application's own ones: an
    # included router is asked anew which of its routes applies, for each request.
    for router in (
        build_environments_router(EnvironmentOperations(orders), principal),
        build_jobs_router(
            JobOperations(orders, Expectations(UsualDurations(engine), QueuePlaces(engine))),
            principal,
        ),
        build_auth_router(
            AuthOperations(sign_in, SessionCookie(settings.cookie_secure)), principal
        ),
        build_members_router(
            MemberOperations(
                engine, Acceptance(engine, sign_in.passwords, sign_in.attempts, clock), clock
            ),
            principal,
        ),
        build_tokens_router(TokenOperations(engine, clock), principal),
        build_teams_router(
            TeamOperations(engine, clock, partial(load_cipher, settings)), principal
        ),
        build_users_router(UserOperations(engine, sign_in.passwords, clock), principal),
        build_audit_router(AuditOperations(engine), principal),
        build_activity_router(ActivityOperations(engine), principal),
        build_deadletters_router(DeadLetterOperations(engine, dead_letters, clock), principal),
        build_health_router(health, principal),
    ):
        app.router.routes.extend(router.routes)
    app.router.routes.extend([*document_routes(), metrics.route(settings.metrics_token)])
    app.state.admin_pages = health.pages(metrics.registry)
    if mount_documentation is not None:
        mount_documentation(app)
    return app


def _sign_in(
    settings: Settings,
    engine: AsyncEngine,
    passwords: Passwords,
    cache: Cache,
    clock: Callable[[], float],
) -> SignIn:
    return SignIn(
        engine=engine,
        passwords=passwords,
        attempts=LoginAttempts(
            LoginLimits(settings.login_attempts_per_minute, settings.login_attempts_per_address),
            cache.storage,
        ),
        lifetimes=Lifetimes(
            settings.exchange_token_lifetime,
            settings.session_lifetime,
            settings.session_idle_lifetime,
            settings.sessions_per_user,
        ),
        concurrent=ConcurrentSignIns(
            settings.concurrent_sign_in,
            settings.concurrent_sign_in_timeout,
            settings.concurrent_sign_in_unanswered,
        ),
        clock=clock,
    )


def _middleware(settings: Settings, metrics: RequestMetrics) -> list[Middleware]:
    """Return the layers, the outermost first; all pure ASGI, so that none copies a body."""
    return [
        *([Middleware(TracingMiddleware)] if is_tracing() else []),
        Middleware(RequestContextMiddleware),
        Middleware(SecurityHeadersMiddleware),
        Middleware(RequestMetricsMiddleware, metrics=metrics),
        *_cross_origin(settings),
        Middleware(FailureMiddleware),
        Middleware(BodyMiddleware, max_bytes=settings.max_body_bytes),
        Middleware(
            SameOriginMiddleware,
            session_paths=_SESSION_PATHS,
            trusted=settings.cors_allow_origins,
        ),
    ]


def _cross_origin(settings: Settings) -> list[Middleware]:
    """CORS (Fetch standard, section 3.2) for those that are allowed; for nobody, no layer."""
    if not settings.cors_allow_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_allow_origins,
            # Browsers would let any site act with the cookie if a wildcard came with credentials.
            allow_credentials="*" not in settings.cors_allow_origins,
            allow_methods=_CORS_METHODS,
            allow_headers=_CORS_REQUEST_HEADERS,
            expose_headers=_CORS_RESPONSE_HEADERS,
        )
    ]
