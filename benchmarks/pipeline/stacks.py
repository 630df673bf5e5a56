"""The three stacks, each running with a database and a broker of its own."""

import os
import secrets
import socket
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from backbone.cipher import new_key
from backbone.database.engine import async_url
from benchmarks.pipeline import simulator
from benchmarks.pipeline.database import JobDatabase, fill_guide, fill_slipway
from benchmarks.pipeline.orders import Address, Session
from benchmarks.pipeline.programs import Program
from slipway import run_file
from testing.postgres import postgres_database
from testing.rabbitmq import rabbitmq_vhost

HOST = "127.0.0.1"
QUEUE = "jobs.env.create"
WORKER = "worker"
EXTERNAL, EMBEDDED, GUIDE, STUB, NOOP = "slipway", "embedded", "guide", "stub", "noop"
TITLES = {
    EXTERNAL: "Slipway, PostgreSQL + RabbitMQ",
    EMBEDDED: "Slipway, embedded",
    GUIDE: "guide's style, PostgreSQL + RabbitMQ",
    STUB: "API that records nothing",
    NOOP: "Celery task that does nothing",
}


@dataclass(frozen=True)
class Stack:
    """A running stack: where it is reached, and whose processor time it uses."""

    name: str
    api: Address
    events: Address
    sessions: Sequence[Session]
    amqp_url: str
    database: JobDatabase
    programs: Sequence[Program]
    worker: Callable[[], list[int]]
    done: Path | None = None
    """A file that gets a byte for each task that does nothing; only their stack has it."""

    async def pids(self) -> dict[str, list[int]]:
        """Return the processes of each role."""
        worker = self.worker()
        roles = {
            program.name: [pid for pid in program.pids() if pid not in worker]
            for program in self.programs
            if program.name != WORKER
        }
        return {**roles, WORKER: worker, "postgres": await self.database.backends()}

    def check(self) -> None:
        """Raise ProgramFailedError when a program has ended."""
        for program in self.programs:
            program.check()


@dataclass(frozen=True)
class SharedServices:
    """What all stacks share: a folder for logs, the provider and a key."""

    folder: Path
    provider_url: str
    provider_key: str
    secret_key: str = field(default_factory=new_key)
    """What encrypts the teams' provider sessions: a worker without it does not start."""

    def environment(self, name: str, **variables: str) -> dict[str, str]:
        """Return the environment of a stack's programs: the provider, and nothing of the caller's."""
        kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
        return kept | {
            "HOME": str(self.folder),
            "SLIPWAY_HOME": str(self.folder / name),
            "PYTHONUNBUFFERED": "1",
            "VIRTUOZZO_BASE_URL": self.provider_url,
            "VIRTUOZZO_LOGIN": simulator.LOGIN,
            "VIRTUOZZO_PASSWORD": simulator.PASSWORD,
            # Purged jobs must stay away, or they would be worked on in a later round.
            "JOB_LOST_AFTER_SECONDS": "86400",
            "ORDERS_PER_MINUTE": "1000000",
            "LOG_LEVEL": "warning",
            "SLIPWAY_SECRET_KEYS": self.secret_key,
            **variables,
        }


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


@asynccontextmanager
async def place(folder: Path) -> AsyncGenerator[SharedServices, None]:
    """Start the provider."""
    port, key = free_port(), secrets.token_hex(20)
    with ExitStack() as stack:
        program = Program.start(
            "provider",
            ["benchmarks.pipeline.simulator", str(port), key],
            folder / "provider.log",
            os.environ,
        )
        stack.callback(program.stop)
        url = f"http://{HOST}:{port}"
        program.wait_for_answer(f"{url}/simulator/state")
        yield SharedServices(folder, url, key)


class _Builder:
    """Starts programs, and ends them in reverse order with what else was opened."""

    def __init__(self, where: SharedServices, name: str, stack: AsyncExitStack) -> None:
        self.where, self.name, self.stack = where, name, stack
        self.programs: list[Program] = []

    def start(self, role: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Program:
        log = self.where.folder / f"{self.name}-{role}.log"
        program = Program.start(role, arguments, log, environment)
        self.programs.append(program)
        self.stack.callback(program.stop)
        return program

    def database(self, url: str, *, outbox: bool) -> JobDatabase:
        database = JobDatabase(url, outbox=outbox)
        self.stack.push_async_callback(database.close)
        return database


@asynccontextmanager
async def slipway_external(
    where: SharedServices, broker_url: str | None = None, **settings: str
) -> AsyncGenerator[Stack, None]:
    """Service, relay, gateway and worker as processes of their own, on the broker at hand."""
    async with AsyncExitStack() as stack:
        build = _Builder(where, EXTERNAL, stack)
        database_url = stack.enter_context(postgres_database())
        amqp_url = broker_url or stack.enter_context(rabbitmq_vhost())
        sessions = await fill_slipway(database_url)
        variables = where.environment(
            EXTERNAL, DATABASE_URL=database_url, RABBITMQ_URL=amqp_url, **settings
        )
        api, events = free_port(), free_port()
        service = build.start("service", ["slipway", "service", "--port", str(api)], variables)
        gateway = build.start("gateway", ["slipway", "gateway", "--port", str(events)], variables)
        build.start("relay", ["slipway", "relay"], variables)
        worker = build.start(WORKER, ["slipway", "worker"], variables)
        service.wait_for_answer(f"http://{HOST}:{api}/api/v1/health/ready")
        gateway.wait_for_answer(f"http://{HOST}:{events}/api/v1/health/ready")
        yield Stack(
            EXTERNAL,
            Address(HOST, api),
            Address(HOST, events),
            sessions,
            amqp_url,
            build.database(database_url, outbox=True),
            build.programs,
            worker.pids,
        )


@asynccontextmanager
async def slipway_embedded(where: SharedServices) -> AsyncGenerator[Stack, None]:
    """`slipway up` without any service: SQLite, the embedded broker, the worker beside it."""
    async with AsyncExitStack() as stack:
        build = _Builder(where, EMBEDDED, stack)
        variables = where.environment(EMBEDDED)
        home = Path(variables["SLIPWAY_HOME"])
        home.mkdir()
        database_url = f"sqlite:///{home / 'slipway.db'}"
        sessions = await fill_slipway(database_url)
        port = free_port()
        up = build.start("up", ["slipway", "up", "--port", str(port)], variables)
        up.wait_for_answer(f"http://{HOST}:{port}/api/v1/health/ready")
        amqp_url = run_file.read(home).amqp_url
        assert amqp_url is not None
        address = Address(HOST, port)
        yield Stack(
            EMBEDDED,
            address,
            address,
            sessions,
            amqp_url,
            build.database(database_url, outbox=True),
            build.programs,
            lambda: up.pids()[1:],
        )


@asynccontextmanager
async def guide_style(where: SharedServices) -> AsyncGenerator[Stack, None]:
    """The API with its SSE broker, and a Celery worker with a child for each core."""
    async with AsyncExitStack() as stack:
        build = _Builder(where, GUIDE, stack)
        database_url = stack.enter_context(postgres_database())
        amqp_url = stack.enter_context(rabbitmq_vhost())
        sessions = await fill_guide(database_url)
        variables = where.environment(
            GUIDE,
            DATABASE_URL=async_url(database_url).render_as_string(hide_password=False),
            RABBITMQ_URL=amqp_url,
            GUIDE_PROVIDER_KEY=where.provider_key,
        )
        port = free_port()
        app = "benchmarks.pipeline.guide.app:create_app"
        serve = ["uvicorn", "--factory", app, "--port", str(port), "--log-level", "warning"]
        api = build.start("api", [*serve, "--no-access-log"], variables)
        celery = ["celery", "-A", "benchmarks.pipeline.guide.worker:app", "worker"]
        quiet = ["--without-gossip", "--without-mingle", "--loglevel", "warning"]
        worker = build.start(WORKER, [*celery, "--concurrency", "2", *quiet], variables)
        api.wait_for_answer(f"http://{HOST}:{port}/ready")
        address = Address(HOST, port)
        yield Stack(
            GUIDE,
            address,
            address,
            sessions,
            amqp_url,
            build.database(database_url, outbox=False),
            build.programs,
            worker.pids,
        )


@asynccontextmanager
async def stub(where: SharedServices) -> AsyncGenerator[Stack, None]:
    """The service alone, whose orders are not recorded."""
    async with AsyncExitStack() as stack:
        build = _Builder(where, STUB, stack)
        database_url = stack.enter_context(postgres_database())
        sessions = await fill_slipway(database_url)
        variables = where.environment(STUB, DATABASE_URL=database_url)
        port = free_port()
        api = build.start(
            "service", ["benchmarks.pipeline.stub_service", "--port", str(port)], variables
        )
        api.wait_for_answer(f"http://{HOST}:{port}/api/v1/health/ready")
        address = Address(HOST, port)
        database = build.database(database_url, outbox=True)
        yield Stack(STUB, address, address, sessions, "", database, build.programs, list)


@asynccontextmanager
async def noop_worker(where: SharedServices) -> AsyncGenerator[Stack, None]:
    """A Celery worker of Slipway's options, whose task does nothing; there is no API."""
    async with AsyncExitStack() as stack:
        build = _Builder(where, NOOP, stack)
        database_url = stack.enter_context(postgres_database())
        amqp_url = stack.enter_context(rabbitmq_vhost())
        done = where.folder / "noop.done"
        arguments = ["benchmarks.pipeline.noop", amqp_url, str(done)]
        worker = build.start(WORKER, arguments, where.environment(NOOP))
        nowhere = Address(HOST, 0)
        database = build.database(database_url, outbox=False)
        yield Stack(
            NOOP, nowhere, nowhere, [], amqp_url, database, build.programs, worker.pids, done
        )


STACKS = {
    EXTERNAL: slipway_external,
    STUB: stub,
    NOOP: noop_worker,
    EMBEDDED: slipway_embedded,
    GUIDE: guide_style,
}
"""The order in which each round goes through them."""
