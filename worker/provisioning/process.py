"""What one worker process stands on: an engine, an HTTP client, and provisioning upon them.

Beside the jobs that its messages begin, it polls for those that wait, while that is its turn.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import create_engine
from backbone.health import check_database
from backbone.http.admin_port import AdminPages, admin_port
from backbone.jobs.durations import UsualDurations
from backbone.lease_lock import LeaseLock
from backbone.secret_keys import load_cipher
from backbone.settings import Settings
from backbone.supervisor import Supervisor
from backbone.tracing.start import start_tracing
from generated.models.health import Check, CheckStatus
from generated.models.job import JobKind
from worker.metrics import WorkerMetrics
from worker.provisioning.capacity import Capacity
from worker.provisioning.checkpoints import Checkpoints
from worker.provisioning.create_environment import CreateEnvironment
from worker.provisioning.delete_environment import DeleteEnvironment
from worker.provisioning.delivery import Provisioning
from worker.provisioning.job_runner import JobRunner
from worker.provisioning.job_table import JobTable
from worker.provisioning.limits import Limits
from worker.provisioning.poll_rhythm import PollRhythm
from worker.provisioning.poller import LEASE, LEASE_SECONDS, Poller
from worker.provisioning.provider_accounts import Credentials, ProviderAccounts
from worker.provisioning.suspension_table import SuspensionTable
from worker.virtuozzo.client import VirtuozzoClient
from worker.virtuozzo.connections import AiohttpTransport
from worker.virtuozzo.transport import ProviderTimeouts

POLLER_SILENCE_SECONDS: Final = 60.0
"""After so long without a sweep the poller is started anew."""


def limits_of(settings: Settings) -> Limits:
    """Return the bounds of a job, from the settings."""
    return Limits(
        lease=settings.job_lease_seconds,
        hold=settings.job_hold_seconds,
        deadline=settings.job_deadline_seconds,
        max_failures=settings.job_max_attempts,
        retry_first=settings.job_retry_base_seconds,
        retry_longest=settings.job_retry_max_seconds,
        in_hand=settings.worker_jobs_in_hand,
        per_account=settings.worker_jobs_per_account,
        rhythm=PollRhythm(
            first=settings.virtuozzo_poll_seconds,
            longest=settings.virtuozzo_poll_max_seconds,
            apart=settings.virtuozzo_account_poll_seconds,
        ),
    )


@dataclass(frozen=True, slots=True)
class JobProcess:
    """All that works on jobs in one process."""

    provisioning: Provisioning
    runner: JobRunner
    poller: Poller

    def drain(self) -> None:
        """Begin to end: hand over what can be, and leave the polling to another process."""
        self.provisioning.draining.set()

    async def drained(self, seconds: float) -> None:
        """Drain, and wait until nothing is in hand, but no longer than so."""
        self.drain()
        await self.runner.drained(seconds)
        await self.poller.drained(seconds)


@asynccontextmanager
async def open_provisioning(
    settings: Settings,
    checkpoints: Checkpoints,
    *,
    metrics: WorkerMetrics | None = None,
    consuming: Callable[[], bool] | None = None,
) -> AsyncGenerator[JobProcess, None]:
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
            accounts = ProviderAccounts(
                engine, client, load_cipher(settings), _credentials(settings)
            )
            provisioning = Provisioning(
                jobs=JobTable(
                    engine,
                    now=time.time,
                    lease_seconds=limits.lease,
                ),
                durations=UsualDurations(engine),
                accounts=accounts,
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
            capacity = Capacity(
                in_all=limits.in_hand, per_account=limits.per_account, now=time.time
            )
            poller = Poller(
                provisioning,
                SuspensionTable(engine, now=time.time, lease_seconds=limits.lease),
                accounts,
                client,
                LeaseLock(engine, LEASE, LEASE_SECONDS),
            )
            metrics.waiting.set_function(lambda: poller.waiting)
            supervisor = await stack.enter_async_context(Supervisor())
            supervisor.add("poller", poller.run, silence=POLLER_SILENCE_SECONDS)
            if consuming is not None:
                pages = _pages(engine, metrics, consuming, supervisor)
                await stack.enter_async_context(admin_port(settings, pages, engine=engine))
            runner = JobRunner(provisioning, accounts, capacity, metrics=metrics)
            yield JobProcess(provisioning, runner, poller)
    finally:
        await engine.dispose()


def _pages(
    engine: AsyncEngine,
    metrics: WorkerMetrics,
    consuming: Callable[[], bool],
    supervisor: Supervisor,
) -> AdminPages:
    async def readiness() -> list[Check]:
        broker = Check(name="broker", status=CheckStatus.ok)
        if not consuming():
            detail = "not connected; jobs wait in their queues"
            broker = Check(name="broker", status=CheckStatus.failed, detail=detail)
        database = await check_database(engine, without="jobs go back to their queues")
        return [database, broker, *supervisor.readiness()]

    # Whoever answers has a loop that runs.
    return AdminPages(supervisor.liveness, readiness, (metrics.registry,))


def _credentials(settings: Settings) -> Credentials | None:
    if settings.virtuozzo_login is None or settings.virtuozzo_password is None:
        return None
    return Credentials(settings.virtuozzo_login, settings.virtuozzo_password)
