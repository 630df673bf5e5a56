"""The time of every named statement at one size, taken so that what else the machine does counts little."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import create_engine
from benchmarks.depth.facts import facts
from benchmarks.depth.plans import MODES, PostgresPlans, capturing
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
    """Do each case several times and time its statements, the way to the driver's thread included."""
    engine, found = create_engine(url), {}
    known = await facts(engine)
    for name, act in cases(engine, known).items():
        with _timed(engine) as taken:
            for _ in range(TIMES):
                await act()
        found[name] = (max(map(min, taken.values())), 0.0)
    await engine.dispose()
    return found


@contextmanager
def _timed(engine: AsyncEngine) -> Iterator[dict[str, list[float]]]:
    """Return the milliseconds of each statement that is run, by its text."""
    taken: dict[str, list[float]] = defaultdict(list)
    began = 0.0

    def before(*_: object) -> None:
        nonlocal began
        began = time.perf_counter()

    def after(_: object, __: object, sql: str, *___: object) -> None:
        taken[sql].append((time.perf_counter() - began) * 1000)

    event.listen(engine.sync_engine, "before_cursor_execute", before)
    event.listen(engine.sync_engine, "after_cursor_execute", after)
    try:
        yield taken
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", before)
        event.remove(engine.sync_engine, "after_cursor_execute", after)
