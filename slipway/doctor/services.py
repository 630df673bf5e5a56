"""The database, the broker and the cache, and what they tell of the installation."""

import asyncio
import ssl
import time
from collections.abc import Iterator

from aio_pika.exceptions import AMQPError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.availability import server_message
from backbone.database.engine import is_postgresql, reading
from backbone.database.migrate import schema_of
from backbone.errors import DatabaseUnavailable
from backbone.outbox import STALE_SECONDS
from backbone.relay.create import partition_count
from backbone.relay.installation import Installation, Snapshot
from backbone.settings import Settings
from backbone.users import nobody_is_there
from service.cache import Cache
from slipway.dead_letters import QUEUES
from slipway.doctor.finding import Finding, failed, ok, skipped, warning
from slipway.topology import plan

SKEW_SECONDS = 2.0
"""Clocks that differ by less are told apart by nobody."""
LONG_QUEUED_SECONDS = 300.0
SECONDS = 10.0


async def database(engine: AsyncEngine, settings: Settings) -> list[Finding]:
    """Look whether it answers, has the newest schema, and agrees on the time; and for users."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _database(engine)
    except (DatabaseUnavailable, TimeoutError) as error:
        why = server_message(error) if isinstance(error, DatabaseUnavailable) else ""
        name = "DATABASE_URL" if settings.database_url else "SLIPWAY_HOME"
        told = f"it does not answer{f' ({why})' if why else ''}"
        return [failed("database", told, f"start it, or correct {name}")]


async def _database(engine: AsyncEngine) -> list[Finding]:
    found = []
    schema = await schema_of(engine)
    async with reading(engine) as conn:
        kind = "PostgreSQL" if is_postgresql(conn) else "SQLite"
        found.append(ok("database", f"{kind} answers"))
        if not schema.is_current:
            present = schema.present or "nothing"
            told = f"the schema is at {present}, this program wants {schema.newest}"
            return [*found, failed("schema", told, "run `slipway migrate` of the newest release")]
        found.append(ok("schema", f"at {schema.newest}"))
        if is_postgresql(conn):
            before = time.time()
            there = await conn.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
            skew = float(there or 0) - (before + time.time()) / 2
            told = f"the database's clock is {skew:+.1f} s from this machine's"
            mend = "run a time service (chrony, systemd-timesyncd) on both"
            found.append(
                ok("clock", told) if abs(skew) < SKEW_SECONDS else warning("clock", told, mend)
            )
        if await nobody_is_there(conn):
            mend = "run `slipway admin bootstrap you@example.com`"
            found.append(warning("users", "nobody can sign in", mend))
        else:
            found.append(ok("users", "somebody can sign in"))
    return found


async def broker(url: str, settings: Settings) -> list[Finding]:
    """Look whether it answers and has what the contract wants."""
    try:
        async with asyncio.timeout(SECONDS):
            entries = await plan(url, settings.topology())
    except (AMQPError, OSError, TimeoutError) as error:
        if (why := _certificate_fault(error)) is not None:
            mend = "name the host that it is for, or its authority with `cafile` in RABBITMQ_URL"
            return [failed("broker", f"its certificate is refused: {why}", mend)]
        told = f"it does not answer ({type(error).__name__})"
        return [failed("broker", told, "start it, or correct RABBITMQ_URL and the user's rights")]
    wrong = [entry.name for entry in entries if not entry.as_wanted]
    if wrong:
        told = f"{', '.join(wrong)} are not as the contract wants them"
        mend = "look with `slipway topology plan`, mend with `slipway topology apply`"
        return [ok("broker", "RabbitMQ answers"), warning("topology", told, mend)]
    return [ok("broker", "RabbitMQ answers"), ok("topology", "as the contract wants it")]


def _certificate_fault(error: BaseException | None) -> str | None:
    """Return why a certificate was refused, if that is where an error came from."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__
    return None


async def installation(engine: AsyncEngine, url: str, settings: Settings) -> list[Finding]:
    """Look for a relay, workers, backlogs and dead letters."""
    topology = settings.topology()
    dead = [topology.queue(name).name for name in QUEUES]
    partitions = partition_count(settings, engine)
    looked = Installation(engine, url, topology, dead_queues=dead, partitions=partitions)
    try:
        async with asyncio.timeout(SECONDS):
            last = await looked.look()
    except (DatabaseUnavailable, TimeoutError):
        return [skipped("installation", "the database does not tell")]
    return [
        *_relay(last, looked),
        *_workers(last, looked),
        *_jobs(last),
        *_dead_letters(last, dead),
    ]


def _relay(last: Snapshot, looked: Installation) -> Iterator[Finding]:
    if last.has_leader:
        yield ok("relay", "one is active")
    else:
        yield failed("relay", looked.without_relay(last), "start `slipway relay`")
    if last.outbox_age > STALE_SECONDS:
        told = f"{last.outbox_messages} messages wait, the oldest for {last.outbox_age:.0f} s"
        mend = "look at the relay's log and the broker's alarms (memory, disk)"
        yield failed("outbox", told, mend)
    else:
        yield ok("outbox", f"{last.outbox_messages} messages wait")


def _workers(last: Snapshot, looked: Installation) -> Iterator[Finding]:
    if last.queues is None:
        yield skipped("workers", "the broker does not tell")
        return
    for name in looked.job_queues:
        consumers = last.queues[name].consumers
        if consumers:
            yield ok("workers", f"{consumers} consume from {name}")
        else:
            yield failed("workers", f"none consumes from {name}", "start `slipway worker`")


def _jobs(last: Snapshot) -> Iterator[Finding]:
    oldest = max(last.queued_age.values(), default=0.0)
    told = f"{sum(last.jobs.values())} unfinished, the oldest queued for {oldest:.0f} s"
    if oldest > LONG_QUEUED_SECONDS:
        yield warning("jobs", told, "add workers, or raise WORKER_CONCURRENCY")
    else:
        yield ok("jobs", told)


def _dead_letters(last: Snapshot, queues: list[str]) -> Iterator[Finding]:
    states = last.queues or {}
    for name in queues:
        if name in states and states[name].messages:
            told = f"{states[name].messages} messages failed their contract in {name}"
            yield warning("dead letters", told, "look with `slipway dead-letters list`")


async def cache(settings: Settings) -> list[Finding]:
    """Look whether Redis answers, if it is named."""
    if settings.redis_url is None:
        return [skipped("redis", "REDIS_URL is not set: each process counts limits for itself")]
    store = Cache(settings.redis_url.get_secret_value())
    try:
        if await store.touch():
            return [ok("redis", "answers")]
        mend = "start it, or correct REDIS_URL; until then limits count for each process alone"
        return [warning("redis", "it does not answer", mend)]
    finally:
        await store.close()
