"""`python -m benchmarks.depth`: every named statement at 1 %, 10 % and 100 % of a full installation.

Each size gets a database of its own, which is removed at the end. 100 % takes some minutes and
10 GB on PostgreSQL; SQLite is filled up to a tenth of it. Times are of a second run, in milliseconds,
planning included; the worse plan of PostgreSQL's two is told.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from backbone.database.engine import create_engine
from backbone.database.migrate import upgrade
from benchmarks.depth.fill import fill, whole
from benchmarks.depth.plans import MODES, PostgresPlans, capturing
from benchmarks.depth.statements import cases, facts
from testing.postgres import postgres_database

MOST_MILLISECONDS = 5.0
MOST_GROWTH = 1.5
NOISE = 1.0
"""Milliseconds below which a growth is not told from the machine's noise."""

Times = dict[str, float]


async def on_postgresql(url: str) -> Times:
    """Explain every statement in both plan modes; the worst of a case's statements."""
    engine, found = create_engine(url), {}
    known = await facts(engine)
    async with PostgresPlans(url) as plans:
        for name, act in cases(engine, known).items():
            async with capturing(engine) as caught:
                await act()
            for number, statement in enumerate(caught.statements, 1):
                label = name if len(caught.statements) == 1 else f"{name} ({number})"
                found[label] = max(
                    [(await plans.explain(statement, mode, times=2)).milliseconds for mode in MODES]
                )
    await engine.dispose()
    return found


async def on_sqlite(url: str) -> Times:
    """Do each case twice and time the second, driver and commit included."""
    engine, found = create_engine(url), {}
    for again in (False, True):
        for name, act in cases(engine, await facts(engine)).items():
            began = time.perf_counter()
            await act()
            if again and "sweep" not in name:
                found[name] = (time.perf_counter() - began) * 1000
    await engine.dispose()
    return found


async def measure(url: str, scale: float) -> Times:
    await upgrade(url)
    engine, began = create_engine(url, unbounded=True), time.perf_counter()
    await fill(engine, whole(scale))
    await engine.dispose()
    print(f"filled {scale:.0%} in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return await (on_sqlite(url) if url.startswith("sqlite") else on_postgresql(url))


def show(database: str, columns: dict[float, Times]) -> bool:
    """Print the table; whether every statement keeps to the goals."""
    scales = sorted(columns)
    print(f"\n### {database}\n\n| statement | " + " | ".join(f"{s:.0%}" for s in scales) + " | |")
    print("|---" * (len(scales) + 2) + "|")
    kept = True
    for name, least in columns[scales[0]].items():
        times = [columns[scale].get(name, 0.0) for scale in scales]
        grown = times[-1] > max(NOISE, MOST_GROWTH * least)
        bad = times[-1] > MOST_MILLISECONDS or grown
        kept = kept and not bad
        told = "grows" if grown else "slow" if bad else ""
        print(f"| {name} | " + " | ".join(f"{each:.2f}" for each in times) + f" | {told} |")
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.depth", description=__doc__)
    parser.add_argument(
        "--scales", type=float, nargs="+", default=[0.01, 0.1, 1.0], help="parts of the whole"
    )
    parser.add_argument("--database", choices=["both", "postgresql", "sqlite"], default="both")
    given = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    kept = True
    if given.database != "sqlite":
        columns = {}
        for scale in given.scales:
            with postgres_database() as url:
                columns[scale] = asyncio.run(measure(url, scale))
        kept = show("PostgreSQL", columns)
    if given.database != "postgresql":
        columns = {}
        for scale in sorted({min(scale, 0.1) for scale in given.scales}):
            with tempfile.TemporaryDirectory() as folder:
                url = f"sqlite:///{Path(folder) / 'depth.db'}"
                columns[scale] = asyncio.run(measure(url, scale))
        kept = show("SQLite", columns) and kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
