"""Everything behind one origin, in one process and the worker beside it."""

import os
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import create_engine, reading
from backbone.database.migrate import upgrade
from backbone.http.admin_port import admin_port, joined
from backbone.http.limits import http_limits
from backbone.http.listening import address, listen
from backbone.http.serving import serving
from backbone.memory import freeze_gc
from backbone.secret_keys import with_secret_keys
from backbone.seed import Account, seed_demo
from backbone.settings import Settings
from backbone.supervisor import Part, Supervisor
from backbone.users import nobody_is_there
from gateway.app import create_gateway
from gateway.http.server import create_server
from service.app import create_service
from slipway import run_file
from slipway.background_tasks import BackgroundTasks
from slipway.console.files import OUT
from slipway.dead_letter_store import dead_letters
from slipway.demo import Credentials
from slipway.demo_history import write_history
from slipway.demo_link import sign_in_link
from slipway.documentation import mount_documentation
from slipway.embedded import with_broker, with_provider
from slipway.home import database_file, held
from slipway.origin import Origin, started
from slipway.worker_process import WorkerProcess

DEMO_EMAIL = "demo@slipway.test"
OPERATOR_EMAIL = "operator@slipway.test"
EVENTS_PATH = "/api/v1/events"
DRAIN_SECONDS = 1.0
SHUTDOWN_RETRY_MILLISECONDS = 8_000
"""Nobody answers before it runs again, and some browsers give up when a reconnect is refused."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stack:
    """A running stack: its settings with all that was made up for it, and its addresses."""

    settings: Settings
    base_url: str
    credentials: Credentials | None
    operator: Credentials | None
    without_users: bool = False
    console_url: str | None = None


@asynccontextmanager
async def running_stack(
    settings: Settings,
    worker: WorkerProcess,
    *,
    host: str,
    port: int,
    search: bool = False,
    demo: bool = False,
) -> AsyncIterator[Stack]:
    """Start everything; at the end stop it in the order in which nothing is lost.

    Raises:
        ListenError, HomeError: before anything was started.
    """
    listener = listen(host, port, search=search)
    async with AsyncExitStack() as stack:
        stack.callback(listener.close)
        stack.enter_context(held(settings.slipway_home))
        parts: dict[str, Part] = {}
        # The worker needs keys; a malformed key file is told before anything starts.
        settings = with_secret_keys(settings)
        settings = with_shutdown_retry(settings)
        # Embedded services listen on the loopback interface, whatever the origin does.
        settings = await stack.enter_async_context(with_broker(settings, parts))
        settings = await stack.enter_async_context(with_provider(settings, "127.0.0.1"))
        # It asks the database for nothing before it has a job.
        if not settings.celery_task_always_eager:
            worker.start(worker_environment(settings))
        stack.push_async_callback(worker.stop)
        with database_file(settings.sql_url):
            await upgrade(settings.sql_url)
        engine = create_engine(settings.sql_url, pool_size=settings.database_pool_size)
        stack.push_async_callback(engine.dispose)
        member, operator = await _seed(engine) if demo else (None, None)
        async with reading(engine) as conn:
            without_users = await nobody_is_there(conn)
        tasks = BackgroundTasks(settings, engine)
        stack.push_async_callback(tasks.aclose)
        parts.update(tasks.parts)
        supervisor = await stack.enter_async_context(Supervisor(parts))
        service = create_service(
            settings,
            engine,
            mount_documentation=partial(mount_documentation, try_it=settings.docs_try_it),
            supervisor=supervisor,
            dead_letters=dead_letters(settings),
        )
        gateway = create_gateway(settings, engine)
        await stack.enter_async_context(started(service, gateway))
        freeze_gc()
        server = create_server(
            Origin(service, {EVENTS_PATH: gateway}),
            gateway,
            limits=http_limits(settings),
            drain_seconds=DRAIN_SECONDS,
        )
        await stack.enter_async_context(serving(server, listener))
        pages = joined(
            service.state.admin_pages,
            gateway.state.gateway.probes.pages(),
            tasks.pages(supervisor),
        )
        await stack.enter_async_context(admin_port(settings, pages, engine=engine))
        # The first to be told, so that it winds up while the streams are drained.
        stack.callback(worker.ask_to_end)
        console = await _console(engine, address(listener), member)
        yield Stack(settings, address(listener), member, operator, without_users, console)


def with_shutdown_retry(settings: Settings) -> Settings:
    """Return settings in which browsers wait for one process that starts again, unless told."""
    told = {"sse_retry_milliseconds", "sse_shutdown_retry_milliseconds"}
    if told & settings.model_fields_set:
        return settings
    update = {"sse_shutdown_retry_milliseconds": SHUTDOWN_RETRY_MILLISECONDS}
    return settings.model_copy(update=update)


def worker_environment(settings: Settings) -> Mapping[str, str]:
    """Return the environment of a child process that shall see the same settings."""
    made_up = {
        "RABBITMQ_URL": settings.amqp_url,
        "DATABASE_URL": settings.sql_url,
        "SLIPWAY_HOME": str(settings.slipway_home.absolute()),
        "LOG_LEVEL": settings.log_level,
        # The next one is the worker's.
        "ADMIN_PORT": settings.admin_port and str(settings.admin_port + 1),
        "SLIPWAY_SECRET_KEYS": ",".join(settings.secret_keys),
        "VIRTUOZZO_BASE_URL": settings.virtuozzo_base_url,
        "VIRTUOZZO_LOGIN": settings.virtuozzo_login,
        "VIRTUOZZO_PASSWORD": settings.virtuozzo_password
        and settings.virtuozzo_password.get_secret_value(),
        "VIRTUOZZO_ACCOUNT_POLL_SECONDS": str(settings.virtuozzo_account_poll_seconds),
    }
    return os.environ | {name: value for name, value in made_up.items() if value}


async def _seed(engine: AsyncEngine) -> tuple[Credentials, Credentials]:
    """Return the demo team with passwords that only this run knows."""
    member = Credentials(DEMO_EMAIL, secrets.token_urlsafe(12))
    operator = Credentials(OPERATOR_EMAIL, secrets.token_urlsafe(12))
    team = await seed_demo(
        engine,
        member=Account(member.email, member.password, "Demo"),
        operator=Account(operator.email, operator.password, "Operator"),
    )
    await write_history(engine, team, time.time())
    return member, operator


async def _console(engine: AsyncEngine, base_url: str, member: Credentials | None) -> str | None:
    """Return where the console is, signed in if there is a demo team; None if it is not built."""
    if not (OUT / "index.html").exists():
        return None
    if member is None:
        return base_url
    return await sign_in_link(engine, base_url, member.email, time.time())


def run_of(stack: Stack) -> run_file.Run:
    """Return what other commands need to know of this run."""
    simulated = "virtuozzo_base_url" in stack.settings.model_fields_set
    return run_file.Run(
        pid=os.getpid(),
        base_url=stack.base_url,
        simulator_url=stack.settings.virtuozzo_base_url if simulated else None,
        amqp_url=stack.settings.amqp_url,
        database_url=stack.settings.sql_url,
        demo_email=stack.credentials.email if stack.credentials else None,
        demo_password=stack.credentials.password if stack.credentials else None,
        operator_email=stack.operator.email if stack.operator else None,
        operator_password=stack.operator.password if stack.operator else None,
    )
