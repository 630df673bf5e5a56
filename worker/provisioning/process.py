"""What one worker process stands on: an engine, an HTTP client, and provisioning upon them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import create_engine
from backbone.health import check_database
from backbone.http.admin_port import AdminPages, admin_port
from backbone.secret_keys import load_cipher
from backbone.settings import Settings
from backbone.tracing.start import start_tracing
from generated.models.health import Check, CheckStatus
from generated.models.job import JobKind
from worker.metrics import WorkerMetrics
from worker.provisioning.checkpoints import Checkpoints
from worker.provisioning.create_environment import CreateEnvironment
from worker.provisioning.delete_environment import DeleteEnvironment
from worker.provisioning.delivery import Provisioning
from worker.provisioning.job_table import JobTable
from worker.provisioning.limits import Limits
from worker.provisioning.provider_accounts import Credentials, ProviderAccounts
from worker.virtuozzo.client import VirtuozzoClient
from worker.virtuozzo.connections import AiohttpTransport
from worker.virtuozzo.transport import ProviderTimeouts


def limits_of(settings: Settings) -> Limits:
    """Return the bounds of a job, from the settings."""
    return Limits(
        lease=settings.job_lease_seconds,
        hold=settings.job_hold_seconds,
        deadline=settings.job_deadline_seconds,
        max_failures=settings.job_max_attempts,
        retry_first=settings.job_retry_base_seconds,
        retry_longest=settings.job_retry_max_seconds,
        poll_first=settings.virtuozzo_poll_seconds,
        poll_longest=settings.virtuozzo_poll_max_seconds,
    )


@asynccontextmanager
async def open_provisioning(
    settings: Settings,
    checkpoints: Checkpoints,
    *,
    metrics: WorkerMetrics | None = None,
    consuming: Callable[[], bool] | None = None,
) -> AsyncGenerator[Provisioning, None]:
    """Build provisioning on the running loop, and close what was opened.

    With `consuming`, which tells whether the broker hands messages over, the admin port is served,
    too. Raises ListenError.
    """
    metrics = metrics or WorkerMetrics()
    # Here and not in the process that Celery forks from.
    start_tracing("worker")
    limits = limits_of(settings)
    engine = create_engine(
        settings.sql_url, pool_size=settings.database_pool_size, application="slipway-worker"
    )
    try:
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(AiohttpTransport())
            client = VirtuozzoClient(
                http,
                base_url=settings.virtuozzo_base_url,
                timeouts=ProviderTimeouts(
                    connect=settings.virtuozzo_connect_timeout,
                    read=settings.virtuozzo_read_timeout,
                    create_read=settings.virtuozzo_create_timeout,
                ),
                metrics=metrics,
            )
            if consuming is not None:
                pages = _pages(engine, metrics, consuming)
                await stack.enter_async_context(admin_port(settings, pages, engine=engine))
            yield Provisioning(
                jobs=JobTable(
                    engine,
                    now=time.time,
                    lease_seconds=limits.lease,
                ),
                accounts=ProviderAccounts(
                    engine, client, load_cipher(settings), _credentials(settings)
                ),
                flows={
                    JobKind.environment_create: CreateEnvironment(
                        client, installation=settings.virtuozzo_installation
                    ),
                    JobKind.environment_delete: DeleteEnvironment(client),
                },
                limits=limits,
                checkpoints=checkpoints,
                now=time.time,
                jitter=random.random,
                draining=asyncio.Event(),
            )
    finally:
        await engine.dispose()


def _pages(
    engine: AsyncEngine, metrics: WorkerMetrics, consuming: Callable[[], bool]
) -> AdminPages:
    async def readiness() -> list[Check]:
        broker = Check(name="broker", status=CheckStatus.ok)
        if not consuming():
            detail = "not connected; jobs wait in their queues"
            broker = Check(name="broker", status=CheckStatus.failed, detail=detail)
        return [await check_database(engine, without="jobs go back to their queues"), broker]

    # Whoever answers has a loop that runs.
    return AdminPages(lambda: (), readiness, (metrics.registry,))


def _credentials(settings: Settings) -> Credentials | None:
    if settings.virtuozzo_login is None or settings.virtuozzo_password is None:
        return None
    return Credentials(settings.virtuozzo_login, settings.virtuozzo_password)
