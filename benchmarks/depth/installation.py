"""The real processes on a filled database: started with settings, their processor time, their leases."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.cipher import new_key
from backbone.database.engine import create_engine, transaction
from benchmarks.pipeline.database import JobDatabase
from benchmarks.pipeline.orders import Address, Session
from benchmarks.pipeline.programs import Program, cpu_seconds, running
from testing.accounts import add_session
from testing.program import free_port
from testing.rabbitmq import rabbitmq_vhost

HOST = "127.0.0.1"
NEVER = 1_000_000_000
"""Seconds, or events: more than there are."""
LONGEST = 1_200.0
"""Seconds after which a measurement is given up."""

_TAKE = text(
    "INSERT INTO leases (name, holder, fence, seconds, expires_at) "
    "VALUES (:name, 'benchmark', 1, 3600, :until) ON CONFLICT (name) DO UPDATE "
    "SET holder = 'benchmark', fence = leases.fence + 1, seconds = 3600, expires_at = :until"
)
_GIVE = text("UPDATE leases SET holder = '', expires_at = 0 WHERE name = :name")


@dataclass(frozen=True)
class Load:
    """Shares of a core: the program's, and that of the database's processes that work for it."""

    program: float
    database: float


@dataclass(frozen=True)
class Installation:
    """A filled database, a broker, and the environment of the programs."""

    folder: Path
    url: str
    engine: AsyncEngine
    database: JobDatabase
    variables: dict[str, str]

    def program(
        self, name: str, *arguments: str, **settings: object
    ) -> AbstractContextManager[Program]:
        """Run `slipway name` with these settings while the block runs."""
        variables = self.variables | {key: str(value) for key, value in settings.items()}
        return running(self.folder, variables, name, name, *arguments)

    @asynccontextmanager
    async def serving(
        self, name: str, **settings: object
    ) -> AsyncIterator[tuple[Program, Address]]:
        """Run a program that serves HTTP; goes on when it is ready."""
        port = free_port()
        with self.program(name, "--port", str(port), **settings) as program:
            url = f"http://{HOST}:{port}/api/v1/health/ready"
            await asyncio.to_thread(program.wait_for_answer, url)
            yield program, Address(HOST, port)

    async def take(self, *leases: str) -> None:
        """Let no process do these tasks. One at work notices within a third of its lease."""
        await self._each(_TAKE, leases, until=time.time() + 3600)

    async def give_back(self, *leases: str) -> None:
        """Let them be done again."""
        await self._each(_GIVE, leases)

    async def _each(self, statement: object, leases: Iterable[str], **values: float) -> None:
        async with transaction(self.engine) as conn:
            for name in leases:
                await conn.execute(statement, {"name": name} | values)  # type: ignore[call-overload]

    async def sessions(self, teams: Iterable[int]) -> list[Session]:
        """Sign the user of each team in who has the team's number."""
        return [Session(team, await add_session(self.engine, team, team)) for team in teams]

    async def run_sql(self, sql: str, **values: object) -> None:
        """Run a statement that may take long."""
        async with transaction(self.engine) as conn:
            await conn.execute(text(sql), values)

    async def number(self, sql: str, **values: object) -> float:
        """Ask for a number; null is 0."""
        async with self.engine.connect() as conn:
            return float(await conn.scalar(text(sql), values) or 0)

    async def loads(self, program: Program, seconds: float) -> Load:
        """Measure for so many seconds. The program has to be the only one that works here."""
        backends = await self.database.backends()
        before = cpu_seconds(program.pids()), cpu_seconds(backends)
        began = time.monotonic()
        await asyncio.sleep(seconds)
        taken = time.monotonic() - began
        after = cpu_seconds(program.pids()), cpu_seconds(backends)
        return Load(*((b - a) / taken for a, b in zip(before, after, strict=True)))


@asynccontextmanager
async def installation(url: str, folder: Path, **settings: object) -> AsyncIterator[Installation]:
    """Return a filled database a broker and settings; the programs are started by the caller."""
    with rabbitmq_vhost() as amqp_url:
        engine = create_engine(url, pool_size=3, unbounded=True)
        database = JobDatabase(url, outbox=True)
        variables = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ} | {
            "HOME": str(folder),
            "SLIPWAY_HOME": str(folder / "home"),
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": url,
            "RABBITMQ_URL": amqp_url,
            "SLIPWAY_SECRET_KEYS": new_key(),
            "ORDERS_PER_MINUTE": "1000000",
            "LOG_LEVEL": "info",
            # Only what is measured goes.
            "EVENTS_RETENTION_SECONDS": str(NEVER),
            "EVENTS_RETENTION_COUNT": str(NEVER),
            "JOBS_RETENTION_SECONDS": str(NEVER),
            "ENVIRONMENTS_RETENTION_SECONDS": str(NEVER),
            "JOB_QUEUE_DEADLINE_SECONDS": str(NEVER),
            "JOB_LOST_AFTER_SECONDS": "86400",
            **{key: str(value) for key, value in settings.items()},
        }
        try:
            yield Installation(folder, url, engine, database, variables)
        finally:
            await database.close()
            await engine.dispose()


async def until(
    done: Callable[[], Awaitable[bool]], *programs: Program, every: float = 0.5
) -> float:
    """Wait until it is so, while the programs run; the seconds that it took."""
    began = time.monotonic()
    while not await done():
        for program in programs:
            program.check()
        if time.monotonic() - began > LONGEST:
            raise TimeoutError("it takes too long to be measured")
        await asyncio.sleep(every)
    return time.monotonic() - began


def percentile(values: list[float], share: float) -> float:
    """Return the value below which so large a share of them lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
