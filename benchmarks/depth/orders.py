"""How long orders take alone, while the history is swept, and while the giant's log is trimmed.

Orders come at an even pace, half of them the giant's, so that what is measured is waiting and not a
machine that is full.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.depth.fill import GIANT
from benchmarks.depth.installation import Installation, installation, percentile, until
from benchmarks.figures import Figure
from benchmarks.pipeline.connection import Connection
from benchmarks.pipeline.orders import Address, Session, job_of, order
from benchmarks.pipeline.programs import Program

SWEEPS = ("retention", "expiry")
PER_SECOND = 40
CONNECTIONS = 8
WINDOW = 20.0
NOTICED = 22.0
"""Seconds: a third of the sweeps' lease, after which they have noticed that it is taken."""
WARM = 3.0
TRIMMED = 0.4
"""The part of the giant's log that goes."""


async def load(address: Address, sessions: Sequence[Session], seconds: float) -> list[float]:
    """Post at an even pace for so many seconds; the milliseconds that each took."""
    taken: list[float] = []
    began = time.perf_counter()
    connections = [await Connection.open(address.host, address.port) for _ in range(CONNECTIONS)]

    async def go(connection: Connection, number: int) -> None:
        turn = itertools.cycle([*sessions[number:], *sessions[:number]])
        step = CONNECTIONS / PER_SECOND
        for place in itertools.count():
            wait = began + (place + number / CONNECTIONS) * step - time.perf_counter()
            if wait < -step:
                continue
            await asyncio.sleep(max(0.0, wait))
            sent = time.perf_counter()
            if sent - began >= seconds:
                return
            status, body, answered = await connection.request(order(address, next(turn)))
            job_of(status, body)
            taken.append((answered - sent) * 1000)

    try:
        await asyncio.gather(*(go(each, number) for number, each in enumerate(connections)))
    finally:
        for connection in connections:
            connection.close()
    return taken


async def compare(
    where: Installation,
    address: Address,
    sessions: Sequence[Session],
    *programs: Program,
    trim: bool,
) -> tuple[list[float], list[float]]:
    """Measure alone and during, twice each, in turns; the sweeps run when nobody has their leases."""
    alone, during = [], []
    for number in range(2):
        await load(address, sessions, WARM)
        alone += await load(address, sessions, WINDOW)
        before = await trimmed(where)
        await where.give_back(*SWEEPS)
        if trim:
            # All teams are looked at before the first is trimmed.
            async def begun(before: float = before) -> bool:
                return await trimmed(where) > before

            await until(begun, *programs, every=0.05)
        during += await load(address, sessions, WINDOW)
        await where.take(*SWEEPS)
        if number == 0:
            await asyncio.sleep(NOTICED)
    return alone, during


async def trimmed(where: Installation) -> float:
    """Tell how far the giant's log is trimmed."""
    return await where.number("SELECT trimmed_position FROM teams WHERE id = :team", team=GIANT)


async def length(where: Installation) -> float:
    """Tell how long the giant's log is."""
    return await where.number(
        "SELECT last_position - trimmed_position FROM teams WHERE id = :team", team=GIANT
    )


@asynccontextmanager
async def running_service(
    where: Installation, settings: dict[str, object]
) -> AsyncIterator[tuple[Address, list[Program]]]:
    """Run the service and the relay; on SQLite all of it in one process, as `slipway up` does."""
    if where.url.startswith("postgresql"):
        with where.program("relay", **settings) as relay:
            async with where.serving("service") as (service, address):
                yield address, [service, relay]
        return
    alone = replace(
        where, variables={k: v for k, v in where.variables.items() if k != "RABBITMQ_URL"}
    )
    async with alone.serving("up", **settings) as (up, address):
        yield address, [up]


async def measure(url: str, folder: Path) -> list[Figure]:
    """Measure on a filled database, which has less of the giant's log afterwards."""
    title = "orders, PostgreSQL" if url.startswith("postgresql") else "orders, SQLite"
    often = {"EVENTS_RETENTION_INTERVAL_SECONDS": 1, "RETENTION_INTERVAL_SECONDS": 1}
    figures: list[Figure] = []
    async with installation(url, folder, **often) as where:
        # Nobody polls the simulator for what it does not have.
        await where.run_sql(
            "UPDATE job_logs SET poll_at = NULL, lease_until = :until WHERE poll_at IS NOT NULL",
            until=time.time() + 86_400,
        )
        teams = [n for n in range(2, 100) if n % 20 != 7][:CONNECTIONS]
        sessions = await where.sessions([each for team in teams for each in (GIANT, team)])
        for phase, trim in (("the sweep", False), ("the giant's trim", True)):
            keep = int(await length(where) * (1 - TRIMMED)) if trim else None
            settings = {} if keep is None else {"EVENTS_RETENTION_COUNT": keep}
            await where.take(*SWEEPS)
            async with running_service(where, settings) as (address, programs):
                alone, during = await compare(where, address, sessions, *programs, trim=trim)
            figures += told(title, phase, alone, during)
    return figures


def told(title: str, phase: str, alone: list[float], during: list[float]) -> list[Figure]:
    """Return both and the ratio of their p99."""
    p99 = percentile(alone, 0.99), percentile(during, 0.99)
    return [
        Figure(title, f"p50 alone, before {phase}, ms", percentile(alone, 0.5)),
        Figure(title, f"p99 alone, before {phase}, ms", p99[0]),
        Figure(title, f"p50 during {phase}, ms", percentile(during, 0.5)),
        Figure(title, f"p99 during {phase}, ms", p99[1]),
        Figure(title, f"p99 during {phase} / alone", p99[1] / p99[0], 2.0),
    ]
