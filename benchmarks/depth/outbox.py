"""A full outbox: how fast it is drained, and what a reading costs while a backup keeps dead rows."""

import asyncio
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from backbone.relay import queue
from backbone.relay.low_water_mark import LowWaterMark
from benchmarks.depth.installation import Installation, installation, until
from benchmarks.depth.orders import SWEEPS
from benchmarks.figures import Figure
from benchmarks.pipeline.programs import cpu_seconds

WAITING = 300_000
DEAD = 100_000
READINGS = 50
BATCH = 500

# An event and a job's message of each job, as an order writes them.
_FILL = """
    INSERT INTO outbox (team_id, epoch, position, exchange, routing_key, body, properties, created_at)
    SELECT CASE WHEN logged THEN job.team_id END, CASE WHEN logged THEN 'epoch' || job.team_id END,
           CASE WHEN logged THEN 10000000 + n END,
           CASE WHEN logged THEN 'events.topic' ELSE 'jobs.direct' END,
           CASE WHEN logged THEN 'team.' || job.team_id || '.job.' || job.id || '.status'
                ELSE 'jobs.env.create' END,
           convert_to(repeat('x', CASE WHEN logged THEN 230 ELSE 420 END), 'UTF8'),
           json_build_object(
               'operation', CASE WHEN logged THEN 'sendJobStatus' ELSE 'sendCreateEnvironment' END,
               'headers', json_build_object(), 'delivery_mode', 2, 'mandatory', NOT logged),
           :now
    FROM (SELECT id, team_id, row_number() OVER (ORDER BY id DESC) AS n FROM job_logs
          WHERE id < 1000000000 ORDER BY id DESC LIMIT :jobs) AS job
    CROSS JOIN (VALUES (true), (false)) AS half (logged) ORDER BY n, logged
"""


async def fill_outbox(where: Installation, messages: int) -> float:
    """Let messages wait, as many as there are jobs for; how many they are."""
    await where.run_sql(_FILL, jobs=messages // 2, now=time.time() - 600)
    await where.run_sql("ANALYZE outbox")
    return await where.number("SELECT count(*) FROM outbox")


async def measure(url: str, folder: Path) -> list[Figure]:
    """Drain with a real relay; then churn under an old snapshot and read as the relay does."""
    async with installation(url, folder) as where:
        await where.take(*SWEEPS)
        waiting = await fill_outbox(where, WAITING)
        with where.program("relay") as relay:

            async def is_empty() -> bool:
                return (
                    await where.number("SELECT count(*) FROM (SELECT FROM outbox LIMIT 1) x") == 0
                )

            seconds = await until(is_empty, relay, every=0.2)
            spent = cpu_seconds(relay.pids())
        readings = await under_snapshot(where)
    title = "outbox"
    return [
        Figure(title, f"{waiting:,.0f} messages drained, s", seconds),
        Figure(title, "messages per second", waiting / seconds),
        Figure(title, "relay, processor µs per message", spent / waiting * 1e6),
        *readings,
    ]


async def under_snapshot(where: Installation) -> list[Figure]:
    """Read while a transaction from before sees all deleted rows, so that none is vacuumed."""
    mark = LowWaterMark()
    async with where.engine.connect() as old:
        await old.execution_options(isolation_level="REPEATABLE READ")
        await old.execute(text("SELECT count(*) FROM outbox"))
        without = await readings(where, mark)
        await fill_outbox(where, DEAD)
        gone: list[int] = []
        while found := await queue.advance(
            where.engine, gone, time.time(), limit=BATCH, low_water_mark=mark
        ):
            gone = [message.id for message in found]
        whole = await readings(where, None)
        bounded = await readings(where, mark)
    title = f"outbox, {DEAD:,} dead rows of an old snapshot"
    return [
        Figure(title, "reading before, ms", without),
        Figure(title, "reading from the first row on (each 30 s), ms", whole),
        Figure(title, "reading from the low-water mark on, ms", bounded, max(5.0, 1.5 * without)),
    ]


async def readings(where: Installation, mark: LowWaterMark | None) -> float:
    """Return the milliseconds of the fastest of some readings: what others do does not count."""
    taken: list[float] = []
    for _ in range(READINGS):
        values: dict[str, Any] = {"limit": BATCH, "low_water_mark": mark}
        began = time.perf_counter()
        await queue.advance(where.engine, (), time.time(), **values)
        taken.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.01)
    return min(taken)
