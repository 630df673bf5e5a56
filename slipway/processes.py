"""The processes of a production installation, each alone: its composition root and its life."""

import asyncio
import os
import warnings

import uvicorn

from backbone.database.availability import database_errors
from backbone.database.engine import create_engine, transaction
from backbone.database.migrate import upgrade
from backbone.errors import SettingsError
from backbone.events.restored import renew_epochs
from backbone.http.admin_port import admin_port
from backbone.http.limits import http_limits
from backbone.http.listening import listen
from backbone.http.server import server_config
from backbone.http.serving import serving
from backbone.memory import freeze_gc
from backbone.settings import Settings
from backbone.supervisor import Supervisor
from backbone.telemetry import configure_logging
from gateway.workers import run_workers
from service.app import create_service
from slipway.background_tasks import BackgroundTasks
from slipway.composition import run_to_the_end
from slipway.documentation import mount_documentation
from slipway.simulator import SimulatorConfig, create_simulator
from slipway.worker_process import end_with_parent


def _begin(process: str, settings: Settings) -> None:
    # What a process writes may hold secrets or hashes: SQLite's files, the key file.
    os.umask(0o077)
    configure_logging(process, level=settings.log_level, style=settings.log_format)


def _named(settings: Settings) -> Settings:
    """Refuse to run a process alone without the services that it shares with the others."""
    if settings.rabbitmq_url is None:
        raise SettingsError("RABBITMQ_URL is not set; name the broker, or use `slipway up`")
    return settings


def run_service(settings: Settings, *, host: str, port: int) -> None:
    """Run the HTTP service. It needs no broker: the relay publishes what it writes."""
    _begin("service", settings)

    async def run(stop: asyncio.Event) -> int:
        listener = listen(host, port)
        await upgrade(settings.sql_url)
        engine = create_engine(
            settings.sql_url, pool_size=settings.database_pool_size, application="slipway-service"
        )
        app = create_service(settings, engine, mount_documentation=mount_documentation)
        freeze_gc()
        config = server_config(app, http_limits(settings), lifespan="on")
        try:
            async with (
                serving(uvicorn.Server(config), listener),
                admin_port(settings, app.state.admin_pages),
            ):
                await stop.wait()
        finally:
            await engine.dispose()
        return 0

    run_to_the_end(run)


def run_gateway(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Run the event gateway, in one or several processes that share the port."""
    _begin("gateway", settings)
    run_workers(_named(settings), host=host, port=port, workers=workers)


def run_relay(settings: Settings) -> None:
    """Run the relay with its two neighbours, the reaper and the trimming of history."""
    _begin("relay", settings)
    _named(settings)

    async def run(stop: asyncio.Event) -> int:
        await upgrade(settings.sql_url)
        engine = create_engine(settings.sql_url, application="slipway-relay")
        freeze_gc()
        try:
            tasks = BackgroundTasks(settings, engine)
            async with (
                Supervisor(tasks.parts) as supervisor,
                admin_port(settings, tasks.pages(supervisor)),
            ):
                await stop.wait()
        finally:
            await engine.dispose()
        return 0

    run_to_the_end(run)


def run_worker(settings: Settings, *, with_parent: bool) -> None:
    """Run a stock Celery worker, as `celery -A worker.main worker` would start it."""
    from worker.main import app  # noqa: PLC0415 - Celery is imported where a worker runs

    _named(settings)
    if with_parent:
        end_with_parent()
        # The stack tells what is worth telling; the warning is for those who start workers alone.
        warnings.filterwarnings("ignore", message="You're running the worker with superuser")
    app.is_worker = True
    # Now and not with the first job, so that what is wrong is told at the start.
    app.loop_thread.start()
    app.worker_main(
        [
            *(["--quiet"] if with_parent else []),
            "worker",
            "--pool=threads",
            f"--concurrency={settings.worker_concurrency}",
            f"--loglevel={settings.log_level}",
            "--without-gossip",
            "--without-mingle",
        ]
    )


def run_simulator(
    settings: Settings, *, host: str, port: int, latency: float, control: bool
) -> None:
    """Run the provider's simulator; who may sign in is what the settings say."""
    _begin("simulator", settings)
    if settings.virtuozzo_login is None or settings.virtuozzo_password is None:
        raise SettingsError(
            "VIRTUOZZO_LOGIN and VIRTUOZZO_PASSWORD are not set; the simulator lets in only "
            "whom they name, so give it the worker's"
        )
    app = create_simulator(
        SimulatorConfig(
            login=settings.virtuozzo_login,
            password=settings.virtuozzo_password.get_secret_value(),
            latency=latency,
        ),
        control=control,
    )

    async def run(stop: asyncio.Event) -> int:
        config = server_config(app, http_limits(settings))
        async with serving(uvicorn.Server(config), listen(host, port)):
            await stop.wait()
            app.state.simulator.close()
        return 0

    run_to_the_end(run)


async def run_restored(settings: Settings) -> int:
    """Renew the epochs of all event logs; give how many. Raises DatabaseUnavailable."""
    engine = create_engine(settings.sql_url, application="slipway-restored")
    try:
        with database_errors():
            async with transaction(engine) as conn:
                return await renew_epochs(conn)
    finally:
        await engine.dispose()
