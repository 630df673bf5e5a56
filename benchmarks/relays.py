"""What several relays publish together: `python -m benchmarks.relays` on PostgreSQL and RabbitMQ.

A backlog of events of many teams is published by 1, 2 and 4 relays, each a process. Beside the rate
it prints the processor time per message of relays, of their PostgreSQL backends and of RabbitMQ: on
a machine with fewer cores than processes that tells what more cores would give, and the rate does
not. Other work on RabbitMQ is counted with it.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import aio_pika
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import leases
from backbone.cipher import new_key
from backbone.database.engine import create_engine, reading, transaction
from backbone.database.migrate import upgrade
from backbone.events.append import append
from backbone.relay.partition import partitions
from benchmarks.pipeline.programs import Program, cpu_seconds
from testing.postgres import postgres_database
from testing.rabbitmq import rabbitmq_vhost
from tests.backbone.rows import job_event, make_team

TEAMS = 64
SHAPES = ((1, 1), (1, 4), (2, 4), (4, 4))
"""Relays, and partitions of the outbox."""

_FILL = text("""
    INSERT INTO outbox (team_id, epoch, position, exchange, routing_key, body, properties,
                        created_at)
    SELECT team_id, epoch, position + number, exchange, routing_key, body, properties, created_at
    FROM seeds, generate_series(1, :each) AS number ORDER BY number, team_id
""")
_BACKENDS = text("""
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
""")
_SPREAD = text("""
    SELECT count(DISTINCT holder) FROM leases WHERE name LIKE 'relay%' AND name NOT LIKE '%member%'
      AND holder <> '' AND holder NOT LIKE 'of %'
""")


class Cost(NamedTuple):
    """Messages per second, and microseconds of processor time per message."""

    rate: float
    relays: float
    database: float
    broker: float


async def prepare(engine: AsyncEngine) -> None:
    for team in range(1, TEAMS + 1):
        await make_team(engine, team)
        async with transaction(engine) as conn:
            await append(conn, team, job_event(team))
    async with transaction(engine) as conn:
        await conn.execute(text("CREATE TABLE seeds AS SELECT * FROM outbox"))
        await conn.execute(text("DELETE FROM outbox"))


async def shared(engine: AsyncEngine, relays: int, of: int) -> None:
    """Wait until each relay has its share."""
    names = {one.lease for one in partitions(of)}
    while True:
        async with reading(engine) as conn:
            held = await leases.held(conn, "relay")
            if names <= held and await conn.scalar(_SPREAD) == relays:
                return
        await asyncio.sleep(0.1)


async def emptied(engine: AsyncEngine) -> None:
    async with reading(engine) as conn:
        while await conn.scalar(text("SELECT EXISTS (SELECT FROM outbox)")):
            await asyncio.sleep(0.02)


async def measure(engine: AsyncEngine, programs: Sequence[Program], messages: int) -> Cost:
    async with transaction(engine) as conn:
        await conn.execute(_FILL, {"each": messages // TEAMS})
        roles = [
            [pid for program in programs for pid in program.pids()],
            list(await conn.scalars(_BACKENDS)),
            broker_pids(),
        ]
        before = [cpu_seconds(pids) for pids in roles]
    began = time.perf_counter()
    await emptied(engine)
    seconds = time.perf_counter() - began
    used = [cpu_seconds(pids) - was for pids, was in zip(roles, before, strict=True)]
    return Cost(messages / seconds, *(1e6 * each / messages for each in used))


def broker_pids() -> list[int]:
    return [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/comm")
        if path.read_text().startswith("beam.smp")
    ]


async def run(url: str, amqp_url: str, rounds: int, messages: int, folder: Path) -> None:
    engine = create_engine(url, pool_size=2)
    await prepare(engine)
    connection = await aio_pika.connect(amqp_url)
    channel = await connection.channel()
    events = await channel.declare_exchange("events.topic", "topic", durable=True)
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(events, "team.#")
    costs: dict[tuple[int, int], list[Cost]] = {shape: [] for shape in SHAPES}
    for _ in range(rounds):
        for relays, of in SHAPES:
            environment = {
                **os.environ,
                "DATABASE_URL": url,
                "RABBITMQ_URL": amqp_url,
                "RELAY_PARTITIONS": str(of),
                "SLIPWAY_SECRET_KEYS": new_key(),
                "LOG_LEVEL": "warning",
            }
            with ExitStack() as stack:
                programs = []
                for number in range(relays):
                    log = folder / f"relay-{number}.log"
                    program = Program.start("relay", ["slipway", "relay"], log, environment)
                    stack.callback(program.stop)
                    programs.append(program)
                async with asyncio.timeout(120):
                    await shared(engine, relays, of)
                await measure(engine, programs, messages // 10)
                costs[relays, of].append(await measure(engine, programs, messages))
                await queue.purge()
    await connection.close()
    await engine.dispose()
    print("| relays | partitions | messages/s | µs relays | µs PostgreSQL | µs RabbitMQ |")
    print("|---|---|---|---|---|---|")
    for (relays, of), each in costs.items():
        cost = Cost(*(statistics.median(column) for column in zip(*each, strict=True)))
        print(f"| {relays} | {of} |", " | ".join(f"{value:,.0f}" for value in cost), "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=40_000)
    chosen = parser.parse_args()
    with (
        postgres_database() as url,
        rabbitmq_vhost() as amqp_url,
        tempfile.TemporaryDirectory() as folder,
    ):
        asyncio.run(upgrade(url))
        asyncio.run(run(url, amqp_url, chosen.rounds, chosen.messages, Path(folder)))


if __name__ == "__main__":
    main()
