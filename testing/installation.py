"""Service, relay, worker and gateway as processes of their own, as in production, for tests."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from backbone.cipher import new_key
from testing.process import Process
from testing.program import free_port
from testing.stack import bare_environment

STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Installation:
    """The processes by name, where two of them answer, and the admin port of each."""

    processes: dict[str, Process]
    service_url: str
    gateway_url: str
    admin_ports: dict[str, int]

    async def stop(self) -> dict[str, int | None]:
        """End all of them as an operator does; returns their statuses."""
        return {
            name: await process.terminate(STOP_SECONDS) for name, process in self.processes.items()
        }


@asynccontextmanager
async def installation(
    home: Path, *, database_url: str, rabbitmq_url: str, **settings: str
) -> AsyncIterator[Installation]:
    """Run them, with the provider's simulator as the fifth, while the block runs."""
    ports = {name: free_port() for name in ("service", "gateway", "simulator")}
    admin = {name: free_port() for name in ("service", "gateway", "relay", "worker")}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    environment = bare_environment(home) | {
        "DATABASE_URL": database_url,
        "RABBITMQ_URL": rabbitmq_url,
        "SLIPWAY_SECRET_KEYS": new_key(),
        "VIRTUOZZO_BASE_URL": urls["simulator"],
        "VIRTUOZZO_LOGIN": "ops@example.test",
        "VIRTUOZZO_PASSWORD": secrets.token_urlsafe(12),
        "LOG_FORMAT": "json",
        **settings,
    }
    arguments = {
        "simulator": ["simulator", "--port", str(ports["simulator"])],
        "service": ["service", "--port", str(ports["service"])],
        "relay": ["relay"],
        "worker": ["worker"],
        "gateway": ["gateway", "--port", str(ports["gateway"])],
    }
    processes = {
        name: Process(
            name,
            given,
            environment | ({"ADMIN_PORT": str(admin[name])} if name in admin else {}),
            home / f"{name}.log",
            _ready(admin[name]) if name in admin else None,
        )
        for name, given in arguments.items()
    }
    async with AsyncExitStack() as stack:
        for process in processes.values():
            stack.push_async_callback(process.kill)
        # The service migrates; the others shall find it done.
        await processes["service"].start()
        await asyncio.gather(
            *(process.start() for name, process in processes.items() if name != "service")
        )
        yield Installation(processes, urls["service"], urls["gateway"], admin)


def _ready(port: int) -> Callable[[], Awaitable[bool]]:
    async def ready() -> bool:
        try:
            async with httpx.AsyncClient() as http:
                answer = await http.get(f"http://127.0.0.1:{port}/health/ready", timeout=5)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    return ready
