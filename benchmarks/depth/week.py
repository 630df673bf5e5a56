"""A week of a busy installation in ten minutes: what grows levels off, and nothing piles up.

Orders, deletions and sign-ins go through the product's own code with a clock that is a thousand
times as fast; messages go through a real relay and RabbitMQ to a worker that asks no provider.
Sweeps come at their default intervals by that clock. Rows are kept for a day or two instead of a
week or a quarter, so that a week shows what stays.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aio_pika
import argon2
from limits.aio.storage import MemoryStorage
from sqlalchemy import insert, select, text

from backbone.database.engine import reading, transaction
from backbone.database.migrate import upgrade
from backbone.database.tables import environments, memberships, metadata, users
from backbone.events.retention import Retention, RetentionRules
from backbone.jobs import claims
from backbone.jobs.change import Change
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Job
from backbone.jobs.reaper import Reaper, ReaperRules
from backbone.jobs.steps import Steps
from backbone.orders.record import Recorder
from backbone.retention.expiry import Expiry, ExpiryRules
from backbone.settings import load_settings
from backbone.topology.declare import declare_topology
from benchmarks.depth.installation import NEVER, Installation, installation
from generated.models.job import JobKind, JobStatus
from service.attempts import LoginAttempts, LoginLimits
from service.auth.approval import ConcurrentSignIns
from service.auth.use_cases import Client, Lifetimes, SignIn, exchange_session, login
from service.passwords import Passwords
from testing.postgres import postgres_database
from tests.backbone.rows import creation, deletion, make_team

DAY = 86_400.0
DAYS = 7
TICK = 300.0
"""Simulated seconds of one step, which is the default interval of the deletion of old rows."""
SPEED = 1_000
TEAMS, USERS = 50, 200
ORDERS, SIGN_INS = 15, 20
"""Of a step."""
LIVES = 72
"""Steps after which an environment is deleted: six hours."""
SAMPLE = 12
"""Steps between two looks: an hour."""
PASSWORD = "a password"
QUEUES = ("jobs.env.create", "jobs.env.delete", "jobs.dead", "events.dead")
LEASE = 3 * DAY
"""A worker's, in simulated seconds: real ones are a thousand times as long."""


@dataclass
class Week:
    """What was seen each simulated hour: rows of each table, megabytes, messages of each queue."""

    rows: list[Mapping[str, int]] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    queues: list[Mapping[str, int]] = field(default_factory=list)
    speed: float = 0.0
    orders: int = 0
    deletions: int = 0
    sign_ins: int = 0


class Clock:
    """Simulated epoch seconds; a week from now back."""

    def __init__(self) -> None:
        self.now = time.time() - DAYS * DAY

    def __call__(self) -> float:
        return self.now


class Simulation:
    """One installation and its people."""

    def __init__(self, where: Installation, channel: aio_pika.abc.AbstractChannel) -> None:
        self.where, self.channel, self.clock = where, channel, Clock()
        self.engine = where.engine
        self.recorder = Recorder(self.engine)
        self.random = random.Random(7)
        self.seen = Week()
        self.open = 0
        self.sign_in = SignIn(
            engine=self.engine,
            passwords=Passwords(argon2.PasswordHasher(1, 8, 1)),
            attempts=LoginAttempts(LoginLimits(NEVER, NEVER), MemoryStorage()),
            lifetimes=Lifetimes(60.0, DAY / 2, DAY / 6, 100),
            clock=self.clock,
            concurrent=ConcurrentSignIns(),
        )
        rules = RetentionRules(seconds=DAY, count=10_000, interval=TICK)
        kept = ExpiryRules(environments=DAY, jobs=2 * DAY, interval=TICK)
        self.sweeps = (
            Retention(self.engine, rules, clock=self.clock),
            Expiry(self.engine, kept, clock=self.clock),
            Reaper(self.engine, ReaperRules(lost_after=LEASE), clock=self.clock),
        )

    async def people(self) -> None:
        """Make teams, and users whose password is known."""
        encoded = await self.sign_in.passwords.hash(PASSWORD)
        for team in range(1, TEAMS + 1):
            await make_team(self.engine, team)
        numbers = range(1, USERS + 1)
        async with transaction(self.engine) as conn:
            await conn.execute(
                insert(users),
                [
                    {"id": n, "email": f"u{n}@example.com", "display_name": "U",
                     "password_hash": encoded}
                    for n in numbers
                ],
            )  # fmt: skip
            await conn.execute(
                insert(memberships), [{"team_id": 1 + n % TEAMS, "user_id": n} for n in numbers]
            )

    async def step(self, number: int) -> None:
        """Do what happens in five minutes."""
        self.clock.now += TICK
        now = self.clock()
        old = select(environments.c.id, environments.c.team_id, environments.c.env_name).where(
            environments.c.status == "running", environments.c.created_at < now - LIVES * TICK
        )
        async with reading(self.engine) as conn:
            going = (await conn.execute(old.order_by(environments.c.id).limit(2 * ORDERS))).all()
        work = [self.order(number) for number in range(ORDERS)]
        work += [self.delete(row.team_id, row.id, row.env_name) for row in going]
        await asyncio.gather(*work)
        for _ in range(SIGN_INS):
            await self.signs_in()
        for sweep in self.sweeps:
            await sweep.sweep()
        if number % SAMPLE == 0:
            await self.look()

    async def order(self, number: int) -> None:
        """Order an environment, a third of them the first team's."""
        team = 1 if number % 3 == 0 else self.random.randint(2, TEAMS)
        key = f"key-{self.seen.orders}-{number}"
        order = replace(creation(team, key=key), created_at=self.clock())
        self.open += 1
        await self.recorder.record(order)
        self.seen.orders += 1

    async def delete(self, team: int, environment: int, name: str) -> None:
        """Order the deletion of an environment."""
        order = replace(deletion(team, environment, name), created_at=self.clock())
        self.open += 1
        await self.recorder.record(order)
        self.seen.deletions += 1

    async def signs_in(self) -> None:
        """Sign a user in."""
        user = self.random.randint(1, USERS)
        client = Client(f"192.0.2.{user}", "benchmark")
        token = await login(self.sign_in, client, email=f"u{user}@example.com", password=PASSWORD)
        client = replace(client, device=token.device)
        await exchange_session(self.sign_in, client, exchange_token=token.token, team_id=None)
        self.seen.sign_ins += 1

    async def work(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        """Do a job as a worker does, one in forty to a bad end."""
        payload = json.loads(message.body)[1]["payload"]
        deletes = "environment_id" in payload
        kind = JobKind.environment_delete if deletes else JobKind.environment_create
        wanted = claims.Wanted(payload["job_id"], payload["team_id"], kind)
        async with transaction(self.engine) as conn:
            job = await claims.claim(conn, wanted, now=self.clock(), lease_seconds=LEASE)
        if job is not None:
            job = await self.write(job, Change(to=JobStatus.polling, message="m", app_id="a"))
            bad = kind is JobKind.environment_create and job.id % 40 == 0
            end = JobStatus.failed if bad else JobStatus.completed
            change = Change(to=end, message="m", error_code="quota_exceeded" if bad else None)
            await self.write(job, change)
            self.open -= 1
        await message.ack()

    async def write(self, job: Job, change: Change) -> Job:
        """Write a step; what completes an order makes its environment."""
        made = None
        if change.to is JobStatus.completed and job.kind is JobKind.environment_create:
            made = CreatedEnvironment(job.env_name, job.env_name, "a", "d", job.env_name, {})
        written = await Steps(self.engine).write(job, change, self.clock(), made)
        assert written is not None, "another attempt has the job"
        return written

    async def look(self) -> None:
        """Count rows and messages, after the vacuum that a server has done by then."""
        async with self.engine.connect() as conn:
            await conn.execution_options(isolation_level="AUTOCOMMIT")
            await conn.execute(text("VACUUM"))
            rows = {
                name: int(await conn.scalar(text(f"SELECT count(*) FROM {name}")) or 0)
                for name in metadata.tables
            }
            size = await conn.scalar(text("SELECT pg_database_size(current_database())"))
        self.seen.rows.append(rows)
        self.seen.megabytes.append(float(size or 0) / 1e6)
        depths = {}
        for name in QUEUES:
            queue = await self.channel.declare_queue(name, passive=True)
            depths[name] = queue.declaration_result.message_count or 0
        self.seen.queues.append(depths)

    async def drained(self) -> None:
        """Wait until the worker has done all jobs, and the relay sent all messages."""
        while self.open:
            await asyncio.sleep(0.01)


@asynccontextmanager
async def simulation(url: str, folder: Path) -> AsyncIterator[Simulation]:
    """Return an empty installation with a relay, and a worker on its queues."""
    await upgrade(url)
    never = dict.fromkeys(
        (
            "EVENTS_RETENTION_INTERVAL_SECONDS",
            "RETENTION_INTERVAL_SECONDS",
            "REAPER_INTERVAL_SECONDS",
        ),
        NEVER,
    )
    async with (
        installation(url, folder, **never) as where,
        await aio_pika.connect(where.variables["RABBITMQ_URL"]) as connection,
    ):
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=20)
        await declare_topology(channel, load_settings({}).topology())
        with where.program("relay") as relay:
            await asyncio.to_thread(relay.wait_for_words, "relay_active")
            yield Simulation(where, channel)


async def measure(folder: Path, days: int = DAYS) -> Week:
    """Simulate so many days, not faster than SPEED."""
    with postgres_database() as url:
        async with simulation(url, folder) as there:
            await there.people()
            for name in QUEUES[:2]:
                queue = await there.channel.get_queue(name)
                await queue.consume(there.work)
            # What the relay began with is over.
            await there.where.give_back("retention", "expiry", "reaper")
            began = time.monotonic()
            steps = round(days * DAY / TICK)
            for number in range(1, steps + 1):
                await there.step(number)
                await there.drained()
                ahead = number * TICK / SPEED - (time.monotonic() - began)
                await asyncio.sleep(max(0.0, ahead))
            there.seen.speed = steps * TICK / (time.monotonic() - began)
            return there.seen


def growth(values: Sequence[float]) -> float:
    """Compare the last seventh with the one before the one before it."""
    day = max(1, len(values) // DAYS)
    late, earlier = values[-day:], values[-3 * day : -2 * day]
    return (sum(late) / len(late)) / max(1.0, sum(earlier) / len(earlier))
