"""No statement on a hot or periodic path goes through more than it needs, whatever the plan."""

import pytest

from backbone.database.engine import create_engine
from backbone.database.migrate import upgrade
from backbone.database.tables import leases, metadata
from benchmarks.depth.facts import facts
from benchmarks.depth.fill import Size, fill
from benchmarks.depth.plans import (
    MODES,
    PostgresPlans,
    Statement,
    capturing,
    sqlite_scans,
    sqlite_steps,
)
from benchmarks.depth.statements import ACCESS, SEARCHES, WAITING, cases
from service.page import SEARCHED
from testing.missing import ServiceMissing, skip_or_fail
from testing.postgres import postgres_database

SIZE = Size(jobs=10_000, waiting=2_000, queued=4)
"""50,000 events; the giant has 10,000 of them, 2,000 jobs and 600 deleted environments."""

MOST_ROWS = 600
"""A batch is 500 rows, a page 100, with what is needed to know that there are more."""
MORE_ROWS = {
    **dict.fromkeys(SEARCHES, SEARCHED + MOST_ROWS),
    # What waits, whatever it is: a quarter of the jobs here, so that the planner may read all of
    # them for the first that is lost. Each has a hundredth of the time.
    **dict.fromkeys(WAITING, SIZE.jobs),
    # A thousand sessions are read faster whole than a few of them by an index.
    ACCESS: 1_000,
}
"""Of cases that read more, which does not grow with the installation."""

MOST_STEPS = 80_000
"""SQLite's: some sixty for each row of a search of a thousand."""

MAY_SCAN = {*WAITING, ACCESS}

GROWING = set(metadata.tables) - {leases.name, "id_blocks", "audit_log"}


@pytest.fixture
async def full_postgres():
    try:
        with postgres_database() as url:
            await upgrade(url)
            engine = create_engine(url)
            await fill(engine, SIZE)
            yield url, engine
            await engine.dispose()
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.mark.postgres
async def test_postgresql_reads_little_for_each_statement(full_postgres):
    url, engine = full_postgres
    known = await facts(engine)
    faults = []
    async with PostgresPlans(url) as plans:
        for name, act in cases(engine, known).items():
            async with capturing(engine) as caught:
                await act()
            assert caught.statements, f"{name}: nothing was caught"
            for statement in caught.statements:
                for mode in MODES:
                    plan = await plans.explain(statement, mode)
                    most = MORE_ROWS.get(name, MOST_ROWS)
                    if plan.rows > most or (name not in MAY_SCAN and GROWING & set(plan.scans)):
                        faults.append(f"{name} [{mode}] {plan.rows} rows: {plan.shape}")
        # What the judge is for: it must see a scan, and a sort of everything.
        for sql in (
            "SELECT count(*) FROM events WHERE body LIKE '%x'",
            "SELECT id FROM job_logs WHERE team_id = 1 ORDER BY message LIMIT 5",
        ):
            plan = await plans.explain(Statement(sql, ()), MODES[0])
            assert plan.rows > MOST_ROWS or GROWING & set(plan.scans), sql
    assert faults == [], "\n".join(faults)


async def test_sqlite_goes_through_no_table_and_takes_few_steps(engine):
    await fill(engine, Size(jobs=12_000, waiting=200))
    known = await facts(engine)
    path, faults = engine.url.database, []
    for name, act in cases(engine, known).items():
        async with capturing(engine) as caught:
            await act()
        for statement in caught.statements:
            scans = await sqlite_scans(engine, statement)
            faults += [f"{name}: {step}" for step in scans if name not in WAITING]
            if (steps := sqlite_steps(path, statement)) > MOST_STEPS:
                faults.append(f"{name}: {steps} steps of {statement.sql}")
    assert faults == [], "\n".join(faults)
    everything = Statement("SELECT count(*) FROM events WHERE body LIKE '%x'", ())
    assert await sqlite_scans(engine, everything)
    assert sqlite_steps(path, everything) > MOST_STEPS
