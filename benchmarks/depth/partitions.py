"""Events in one table beside events in sixteen, by a hash of the team: what is read, written, vacuumed.

The tables have the events' columns and indexes. A fifth of the events is one team's.
"""

import statistics
import time
from collections.abc import Awaitable, Callable

import asyncpg

from benchmarks.figures import Figure
from testing.postgres import postgres_database

PARTITIONS = 16
TEAMS = 100_000
TIMES = 200
TRIMMED = 500

_COLUMNS = """
    team_id bigint NOT NULL, position bigint NOT NULL, type text NOT NULL, job_id bigint,
    user_id bigint, status text, routing_key text NOT NULL, body text NOT NULL,
    occurred_at double precision NOT NULL, created_at double precision NOT NULL
"""
# Every fifth event is the giant's; the others' teams come in turn, as they order in turn.
_FILL = """
    INSERT INTO {table}
    SELECT team, place, 'job_status', place / 5 + team * 1000000, NULL, 'polling',
           'team.' || team || '.job.' || place / 5 || '.status',
           '{{"type":"job_status","job_id":' || n / 5 || ',"team_id":' || team || ',"status":"polling"'
           || ',"message":"The environment is polling","env_name":"env-' || n / 5
           || '","occurred_at":1766000000}}', n, n
    FROM (SELECT n, CASE WHEN n % 5 = 0 THEN 1 ELSE 2 + (n - n / 5 - 1) % ({teams} - 1) END AS team,
                 CASE WHEN n % 5 = 0 THEN n / 5 ELSE (n - n / 5 - 1) / ({teams} - 1) + 1 END AS place
          FROM generate_series(CAST({first} AS bigint), {last}) AS n) AS made
"""
_AT_ONCE = 5_000_000


async def measure(events: int) -> list[Figure]:
    """Fill both, and do the same with each."""
    found: list[Figure] = []
    for table, partitions in (("one_table", 1), ("sixteen", PARTITIONS)):
        with postgres_database() as url:
            conn = await asyncpg.connect(url, command_timeout=None)
            await conn.execute("SET jit = off; SET synchronous_commit = off")
            seconds = await _fill(conn, table, partitions, events)
            title = f"{events:,} events, {partitions} partition(s)"
            found += [Figure(title, "filled and indexed, s", seconds)]
            found += [
                Figure(title, what, value)
                for what, value in (await _figures(conn, table, events)).items()
            ]
            await conn.close()
    return found


async def _fill(conn: asyncpg.Connection, table: str, partitions: int, events: int) -> float:
    began = time.monotonic()
    if partitions == 1:
        await conn.execute(f"CREATE TABLE {table} ({_COLUMNS})")
    else:
        await conn.execute(f"CREATE TABLE {table} ({_COLUMNS}) PARTITION BY HASH (team_id)")
        for number in range(partitions):
            await conn.execute(
                f"CREATE TABLE {table}_{number} PARTITION OF {table} "
                f"FOR VALUES WITH (MODULUS {partitions}, REMAINDER {number})"
            )
    for first in range(1, events + 1, _AT_ONCE):
        last = min(events, first + _AT_ONCE - 1)
        await conn.execute(_FILL.format(table=table, teams=TEAMS, first=first, last=last))
    await conn.execute("SET maintenance_work_mem = '1GB'")
    await conn.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (team_id, position)")
    await conn.execute(f"CREATE INDEX ON {table} (team_id, job_id, position)")
    await conn.execute(f"VACUUM ANALYZE {table}")
    return time.monotonic() - began


async def _figures(conn: asyncpg.Connection, table: str, events: int) -> dict[str, float]:
    top = events // 5
    page = f"SELECT * FROM {table} WHERE team_id = $1 AND position > $2 ORDER BY position LIMIT 500"
    job = f"SELECT * FROM {table} WHERE team_id = $1 AND job_id = $2 ORDER BY position"
    add = (
        f"INSERT INTO {table} SELECT team_id, $2, type, job_id, user_id, status, routing_key, body, "
        f"occurred_at, created_at FROM {table} WHERE team_id = $1 AND position = $3"
    )
    trim = (
        f"DELETE FROM {table} WHERE team_id = $1 AND position = ANY(ARRAY(SELECT position "
        f"FROM {table} WHERE team_id = $1 ORDER BY position LIMIT {TRIMMED}))"
    )
    small = range(2, 2 + TIMES)
    found = {
        "page of the giant, 90 % behind, ms": await _fastest(
            lambda n: conn.fetch(page, 1, top // 10 + n * 500)
        ),
        "page of small teams, ms": await _fastest(lambda n: conn.fetch(page, small[n], 0)),
        "a job's events, ms": await _fastest(
            lambda n: conn.fetch(job, 1, (top // 2 + n) // 5 + 1_000_000)
        ),
        "append, ms": await _fastest(lambda n: conn.execute(add, small[n], events + n, 1)),
        f"trim {TRIMMED} of the giant, ms": await _fastest(
            lambda _: conn.execute(trim, 1), times=TIMES // 4
        ),
    }
    began = time.monotonic()
    await conn.execute(f"VACUUM {table}")
    found["vacuum after that, s"] = time.monotonic() - began
    tables = (
        f"SELECT relid FROM pg_partition_tree('{table}') WHERE isleaf "
        f"UNION SELECT '{table}'::regclass"
    )
    size = f"SELECT sum(pg_total_relation_size(relid)) FROM ({tables}) AS all_of_them"
    found["size, GB"] = float(await conn.fetchval(size)) / 1e9
    height = (
        "SELECT max((bt).level) + 1 FROM (SELECT bt_metap(i.indexrelid::regclass::text) AS bt FROM "
        "pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relkind = 'i' AND i.indrelid IN "
        f"({tables})) AS heights"
    )
    try:
        await conn.execute("CREATE EXTENSION IF NOT EXISTS pageinspect")
        found["levels of the highest index"] = float(await conn.fetchval(height))
    except asyncpg.PostgresError:
        pass  # the extension is not installed
    return found


async def _fastest(act: Callable[[int], Awaitable[object]], times: int = TIMES) -> float:
    """Return the milliseconds of which a quarter took less."""
    taken = []
    for number in range(times):
        began = time.perf_counter()
        await act(number)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(taken, n=4)[0]
