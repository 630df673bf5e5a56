"""How many updates of a job's row stay on its page without touching an index (HOT), on PostgreSQL.

`python -m benchmarks.depth.updates` lets jobs live as they do and reads what the server counted,
with all indexes and without those that are named (`--without ix_job_logs_held`).
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import create_engine, transaction
from backbone.database.migrate import upgrade
from backbone.jobs import claims
from backbone.jobs.change import Change
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Job
from backbone.jobs.steps import Steps
from backbone.orders.record import Recorder
from generated.models.job import JobKind, JobStatus
from testing.postgres import postgres_database
from tests.backbone.rows import creation, make_team

UPDATES = 4
"""Of a life."""
AT_A_TIME = 8


async def begun(engine: AsyncEngine) -> Job:
    """Order an environment and claim the job: its first update."""
    order = creation()
    await Recorder(engine).record(order)
    wanted = claims.Wanted(
        order.job_id, order.team_id, JobKind.environment_create, order.env_name, order.user_id
    )
    job = await claims.claim_at_once(Steps(engine), wanted, now=time.time(), lease_seconds=30)
    assert job is not None
    return job


async def waits(engine: AsyncEngine) -> None:
    """A job that is left to the poller, which reads it again once."""
    job = await begun(engine)
    now = time.time()
    change = Change(to=JobStatus.polling, message="m", app_id="a", poll_at=now)
    suspended = await Steps(engine).write(job, change, now)
    assert suspended is not None
    async with transaction(engine) as conn:
        await conn.execute(
            text("UPDATE job_logs SET poll_at = :at WHERE id = :id"),
            {"at": now + 60, "id": job.id},
        )
    await complete(engine, suspended)


async def held(engine: AsyncEngine) -> None:
    """A job whose worker keeps it, and renews its lease once."""
    job = await begun(engine)
    change = Change(to=JobStatus.polling, message="m", app_id="a")
    polling = await Steps(engine).write(job, change, time.time())
    assert polling is not None
    await Steps(engine).renew(polling.fence, time.time() + 30)
    await complete(engine, polling)


async def complete(engine: AsyncEngine, job: Job) -> None:
    """End it: its last update."""
    made = CreatedEnvironment(
        env_name=job.env_name, shortdomain=job.env_name, app_id="a", domain="d", display_name="d",
        metadata={},
    )  # fmt: skip
    change = Change(to=JobStatus.completed, message="m")
    assert await Steps(engine).write(job, change, time.time(), made) is not None


LIVES: dict[str, Callable[[AsyncEngine], Awaitable[None]]] = {
    "waits for the provider": waits,
    "held to its end": held,
}


async def share(life: str, without: list[str], jobs: int) -> tuple[int, int]:
    """Let so many jobs live; return how many updates there were, and how many were HOT."""
    with postgres_database() as url:
        await upgrade(url)
        engine = create_engine(url)
        await make_team(engine)
        async with transaction(engine) as conn:
            for index in without:
                await conn.execute(text(f"DROP INDEX {index}"))
        waiting = iter(range(jobs))

        async def work() -> None:
            for _ in waiting:
                await LIVES[life](engine)

        await asyncio.gather(*(work() for _ in range(AT_A_TIME)))
        # A connection tells the server's statistics what it did when it ends.
        await engine.dispose()
        return await _counted(url, jobs * UPDATES)


async def _counted(url: str, wanted: int) -> tuple[int, int]:
    connection = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(60):
            while True:
                row = await connection.fetchrow(
                    "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables "
                    "WHERE relname = 'job_logs'"
                )
                if row["n_tup_upd"] >= wanted:
                    return row["n_tup_upd"], row["n_tup_hot_upd"]
                await asyncio.sleep(0.2)
    finally:
        await connection.close()


def main() -> None:
    """Print a line per life."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=10_000, help="of all lives together")
    parser.add_argument("--without", action="append", default=[], help="index to drop before")
    given = parser.parse_args()
    jobs = given.updates // UPDATES // len(LIVES)
    for life in LIVES:
        updates, hot = asyncio.run(share(life, given.without, jobs))
        print(f"{life:24} {hot:6,} of {updates:6,} updates HOT ({hot / updates:.0%})")


if __name__ == "__main__":
    main()
