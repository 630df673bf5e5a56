"""The processes of an installation, with a proxy between each of them and what it needs."""

import asyncio
import shutil
import tempfile
import urllib.parse
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.cipher import new_key
from backbone.database.engine import create_engine
from backbone.database.migrate import upgrade
from benchmarks.chaos.accounts import Member, make_teams
from benchmarks.chaos.clocks import Clocks
from benchmarks.chaos.database import Database
from testing.probe import healthy
from testing.process import Process
from testing.program import free_port
from testing.rabbitmq import PrivateRabbit
from testing.rabbitmq_cluster import RabbitCluster
from testing.tcp_proxy import Address, Proxy

NARROW = 2048
DRAIN_SECONDS = 2.0
EXIT_SECONDS = DRAIN_SECONDS + 8.0
"""The window for a gateway's end: draining, closing its connections, and a busy machine."""

API_LIVE = "/api/v1/health/live"

STARTS = 5

# Short enough for a recovery within the run.
SETTINGS = {
    "DATABASE_POOL_SIZE": "4",
    "JOB_LEASE_SECONDS": "3",
    "JOB_LOST_AFTER_SECONDS": "10",
    "JOB_RETRY_BASE_SECONDS": "0.2",
    "JOB_RETRY_MAX_SECONDS": "2",
    "LOG_FORMAT": "json",
    "ORDERS_PER_MINUTE": "1000000",
    "REAPER_INTERVAL_SECONDS": "0.5",
    "RELAY_BACKOFF_MAX_SECONDS": "0.5",
    "RELAY_LEASE_SECONDS": "1",
    "RELAY_PUBLISH_TIMEOUT_SECONDS": "2",
    "RELAY_SWEEP_SECONDS": "0.3",
    # A worker and whoever reads what it wrote need the same key.
    "SLIPWAY_SECRET_KEYS": new_key(),
    "SSE_DRAIN_SECONDS": str(DRAIN_SECONDS),
    "SSE_HEARTBEAT_SECONDS": "1",
    "SSE_MAX_AGE_SECONDS": "25",
    "SSE_POLL_SECONDS": "0.1",
    "SSE_QUEUE_SIZE": "20",
    "SSE_REFILL_LIMIT": "30",
    "SSE_RETRY_MILLISECONDS": "200",
    "SSE_SEND_TIMEOUT_SECONDS": "6",
    "SSE_SWEEP_SECONDS": "1",
    "VIRTUOZZO_CREATE_TIMEOUT": "10",
    "VIRTUOZZO_LOGIN": "chaos@simulator.test",
    "VIRTUOZZO_PASSWORD": "chaos",
    "VIRTUOZZO_POLL_MAX_SECONDS": "0.5",
    "VIRTUOZZO_ACCOUNT_POLL_SECONDS": "0.2",
    "VIRTUOZZO_POLL_SECONDS": "0.1",
    "VIRTUOZZO_READ_TIMEOUT": "5",
}


@dataclass(slots=True)
class Stack:
    """Everything that runs. Proxies are keyed by the process whose connections they carry.

    `rewound` is of a team that orders nothing, and whose log goes back.
    """

    folder: Path
    engine: AsyncEngine
    broker: PrivateRabbit | RabbitCluster
    database: Database
    members: list[Member]
    rewound: Member
    clocks: Clocks
    simulator_url: str = ""
    service_url: str = ""
    simulator: Process | None = None
    service: Process | None = None
    relays: list[Process] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)
    gateways: list[Process] = field(default_factory=list)
    to_broker: dict[str, Proxy] = field(default_factory=dict)
    to_database: dict[str, Proxy] = field(default_factory=dict)
    to_gateways: list[Proxy] = field(default_factory=list)
    narrow: Proxy | None = None

    @property
    def processes(self) -> list[Process]:
        single = [process for process in (self.simulator, self.service) if process is not None]
        return [*single, *self.relays, *self.workers, *self.gateways]

    @property
    def proxies(self) -> list[Proxy]:
        edge = [*self.to_gateways, *([self.narrow] if self.narrow else [])]
        return [*self.to_broker.values(), *self.to_database.values(), *edge]

    @property
    def crashes(self) -> list[str]:
        """Processes that ended unasked, with their statuses."""
        return [f"{p.name}: status {status}" for p in self.processes for status in p.crashes]

    def heal(self) -> None:
        for proxy in self.proxies:
            proxy.heal()


@asynccontextmanager
async def running_stack(folder: Path, teams: int, nodes: int = 1) -> AsyncIterator[Stack]:
    """Start everything; at the end nothing of it is left but the logs in `folder`.

    With several `nodes` the broker is a cluster of them, and its queues are quorum queues.

    Raises ServiceMissing when PostgreSQL or RabbitMQ is neither running nor installed.
    """
    async with AsyncExitStack() as cleanup:
        broker = await asyncio.to_thread(_make_broker, nodes)
        cleanup.push_async_callback(asyncio.to_thread, broker.remove)
        starting = asyncio.create_task(asyncio.to_thread(broker.start))
        cleanup.push_async_callback(asyncio.wait, {starting})
        database = await asyncio.to_thread(Database)
        cleanup.push_async_callback(asyncio.to_thread, database.server.remove)
        await asyncio.to_thread(database.start)
        database_url = database.url
        await upgrade(database_url)
        engine = create_engine(database_url, pool_size=2, application="slipway-chaos")
        cleanup.push_async_callback(engine.dispose)
        home = Path(tempfile.mkdtemp(prefix="slipway-chaos-home-"))
        cleanup.callback(shutil.rmtree, home, ignore_errors=True)
        *members, rewound = await make_teams(engine, teams + 1)
        stack = Stack(folder, engine, broker, database, members, rewound, Clocks(home))
        cleanup.push_async_callback(_stop, stack)
        await _assemble(stack, home, database_url)
        await starting
        # Two at a time: all at once, each would take so long that it gave up its database.
        processes = stack.processes
        for first in range(0, len(processes), 2):
            await asyncio.gather(*map(start, processes[first : first + 2]))
        yield stack


async def start(process: Process) -> None:
    """Start it as a service manager does: again, when it ends at once for want of its database.

    Raises RuntimeError when it ends again and again.
    """
    for left in reversed(range(STARTS)):
        try:
            await process.start()
        except RuntimeError:
            if not left:
                raise
        else:
            return


async def _assemble(stack: Stack, home: Path, database_url: str) -> None:
    simulator, service = free_port(), free_port()
    gateways: list[Address] = [("127.0.0.1", free_port()) for _ in range(2)]
    stack.simulator_url = f"http://127.0.0.1:{simulator}"
    stack.service_url = f"http://127.0.0.1:{service}"

    async def make(name: str, *arguments: str, port: int | None = None) -> Process:
        to_broker, to_database = (
            Proxy(*stack.broker.addresses),
            Proxy(_address(database_url)),
        )
        stack.to_broker[name], stack.to_database[name] = to_broker, to_database
        await to_broker.start()
        await to_database.start()
        environment = SETTINGS | {
            "RABBITMQ_QUEUE_TYPE": "classic" if len(stack.broker.addresses) == 1 else "quorum",
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "SLIPWAY_HOME": str(home),
            "PYTHONUNBUFFERED": "1",
            "VIRTUOZZO_BASE_URL": stack.simulator_url,
            "RABBITMQ_URL": _through(to_broker, stack.broker.url),
            "DATABASE_URL": _through(to_database, database_url),
            **stack.clocks.environment(name),
        }
        if port is not None:
            arguments += ("--port", str(port))
            probe = _probe("/simulator/state" if name == "simulator" else API_LIVE, port)
        else:
            admin = free_port()
            environment["ADMIN_PORT"] = str(admin)
            probe = _probe("/health/live", admin)
        return Process(name, list(arguments), environment, stack.folder / f"{name}.log", probe)

    stack.simulator = await make("simulator", "simulator", port=simulator)
    stack.service = await make("service", "service", port=service)
    stack.relays = [await make(f"relay-{n}", "relay") for n in (1, 2)]
    stack.workers = [await make(f"worker-{n}", "worker") for n in (1, 2)]
    stack.gateways = [
        await make(f"gateway-{n}", "gateway", port=address[1])
        for n, address in enumerate(gateways, 1)
    ]
    stack.to_gateways = [Proxy(*gateways), Proxy(*gateways[::-1])]
    stack.narrow = Proxy(*gateways, buffer=NARROW)
    for proxy in (*stack.to_gateways, stack.narrow):
        await proxy.start()


def _make_broker(nodes: int) -> PrivateRabbit | RabbitCluster:
    return PrivateRabbit() if nodes == 1 else RabbitCluster(nodes)


def _probe(path: str, port: int) -> Callable[[], Awaitable[bool]]:
    async def answers() -> bool:
        return await healthy(f"http://127.0.0.1:{port}{path}", seconds=5)

    return answers


async def _stop(stack: Stack) -> None:
    stack.heal()
    await asyncio.gather(*(process.kill() for process in stack.processes))
    await asyncio.gather(*(proxy.stop() for proxy in stack.proxies))


def _address(url: str) -> Address:
    parts = urllib.parse.urlsplit(url)
    return (parts.hostname or "127.0.0.1", parts.port or 5432)


def _through(proxy: Proxy, url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    user, at, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}{at}127.0.0.1:{proxy.port}").geturl()
