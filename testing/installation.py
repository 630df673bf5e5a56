"""Service, relay, worker and gateway as processes of their own, as in production, for tests."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from backbone.cipher import new_key
from testing.checkout import ROOT
from testing.probe import healthy
from testing.process import Process
from testing.program import free_port
from testing.stack import bare_environment

STOP_SECONDS = 20.0
PARTS = ("service", "relay", "worker", "gateway")


@dataclass(frozen=True, slots=True)
class Installation:
    """The processes by name, where two of them answer, and the admin port of each."""

    processes: dict[str, Process]
    service_url: str
    gateway_url: str
    admin_ports: dict[str, int]

    async def start(self) -> None:
        """Start those that do not run, and wait until they are ready."""
        idle = [process for process in self.processes.values() if not process.running]
        await asyncio.gather(*(process.start() for process in idle))

    async def stop(self) -> dict[str, int | None]:
        """End all of them as an operator does; returns their statuses."""
        return {
            name: await process.terminate(STOP_SECONDS) for name, process in self.processes.items()
        }


def release(
    home: Path, environment: Mapping[str, str], simulator: str, *, name: str = "", root: Path = ROOT
) -> Installation:
    """Make the four processes, not started, of the code in `root`; `name` tells their logs apart."""
    ports = {part: free_port() for part in ("service", "gateway")}
    admin = {part: free_port() for part in PARTS}
    environment = {**environment, "VIRTUOZZO_BASE_URL": simulator}
    processes = {
        part: Process(
            f"{name}{part}",
            [part, "--port", str(ports[part])] if part in ports else [part],
            {**environment, "ADMIN_PORT": str(admin[part])},
            home / f"{name}{part}.log",
            _ready(admin[part]),
            root=root,
        )
        for part in PARTS
    }
    urls = {part: f"http://127.0.0.1:{port}" for part, port in ports.items()}
    return Installation(processes, urls["service"], urls["gateway"], admin)


@asynccontextmanager
async def provider(home: Path, environment: Mapping[str, str]) -> AsyncIterator[str]:
    """Run the provider's simulator while the block runs; gives its URL."""
    port = free_port()
    arguments = ["simulator", "--port", str(port)]
    process = Process("simulator", arguments, environment, home / "simulator.log")
    await process.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await process.kill()


def common_environment(home: Path, database_url: str, rabbitmq_url: str) -> dict[str, str]:
    """Return what all processes of an installation share."""
    return bare_environment(home) | {
        "DATABASE_URL": database_url,
        "RABBITMQ_URL": rabbitmq_url,
        "SLIPWAY_SECRET_KEYS": new_key(),
        "VIRTUOZZO_LOGIN": "ops@example.test",
        "VIRTUOZZO_PASSWORD": secrets.token_urlsafe(12),
        "LOG_FORMAT": "json",
    }


@asynccontextmanager
async def installation(
    home: Path, *, database_url: str, rabbitmq_url: str, **settings: str
) -> AsyncIterator[Installation]:
    """Run them, with the provider's simulator as the fifth, while the block runs."""
    environment = common_environment(home, database_url, rabbitmq_url) | settings
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(provider(home, environment))
        running = release(home, environment, simulator)
        for process in running.processes.values():
            stack.push_async_callback(process.kill)
        await running.start()
        yield running


def _ready(port: int) -> Callable[[], Awaitable[bool]]:
    async def ready() -> bool:
        return await healthy(f"http://127.0.0.1:{port}/health/ready")

    return ready
