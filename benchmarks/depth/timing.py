"""The time of every named statement at one size, taken so that what else the machine does counts little."""

import sqlite3
import time

from backbone.database.engine import create_engine
from benchmarks.depth.facts import facts
from benchmarks.depth.plans import MODES, PostgresPlans, Statement, capturing
from benchmarks.depth.statements import cases

TIMES = 7
"""How often a statement runs; the fastest counts."""

Times = dict[str, tuple[float, float]]
"""By the case, of its slowest statement: milliseconds of running and of planning."""


async def on_postgresql(url: str) -> Times:
    """Explain every statement in both plan modes; the worse counts."""
    engine, found = create_engine(url), {}
    known = await facts(engine)
    async with PostgresPlans(url) as plans:
        for name, act in cases(engine, known).items():
            async with capturing(engine) as caught:
                await act()
            both = [
                await plans.explain(statement, mode, times=TIMES)
                for statement in caught.statements
                for mode in MODES
            ]
            found[name] = (
                max(plan.running for plan in both),
                max(plan.planning for plan in both),
            )
    await engine.dispose()
    return found


async def on_sqlite(url: str) -> Times:
    """Run every statement and read what it finds; processor time counts, and nothing is written.

    Inserts that can't be done twice are left out.
    """
    engine, found = create_engine(url), {}
    known = await facts(engine)
    conn = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=60)
    for name, act in cases(engine, known).items():
        async with capturing(engine) as caught:
            await act()
        taken = [_fastest(conn, statement) for statement in caught.statements]
        found[name] = (max((each for each in taken if each is not None), default=0.0), 0.0)
    conn.close()
    await engine.dispose()
    return found


def _fastest(conn: sqlite3.Connection, statement: Statement) -> float | None:
    """Return the milliseconds of the fastest of some runs; None when it can't be run again."""
    taken = []
    for _ in range(TIMES):
        conn.execute("BEGIN IMMEDIATE")
        began = time.thread_time()
        try:
            conn.execute(statement.sql, statement.values).fetchall()
        except sqlite3.IntegrityError:
            return None
        finally:
            spent = time.thread_time() - began
            conn.execute("ROLLBACK")
        taken.append(spent * 1000)
    return min(taken)
