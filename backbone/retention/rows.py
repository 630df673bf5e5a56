"""Ended jobs and deleted environments that are old enough to go, a batch at a time.

A job stays as long as the row of the environment that it created. What goes is counted first.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Select, Table, delete, literal, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.engine import is_postgresql
from backbone.database.id_in import id_in
from backbone.database.tables import environments, job_counts, job_logs


@dataclass(frozen=True, slots=True)
class RowCursor:
    """How far the rows have been read: the end of the last one (epoch seconds), and its id."""

    ended: float
    id: int


FIRST_ROW = RowCursor(0.0, 0)
"""Before all rows."""


@dataclass(frozen=True, slots=True)
class RowRange:
    """Up to `most` rows after `after` that ended before `before` (epoch seconds)."""

    before: float
    after: RowCursor
    most: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one table that may go, and where the walk goes on; None at its end."""

    table: Table
    rows: Sequence[Mapping[str, Any]]
    next: RowCursor | None


async def old_jobs(conn: AsyncConnection, wanted: RowRange) -> Batch:
    """Find jobs that have ended, without those whose environment still has a row."""
    stays = (
        select(literal(1))
        .where(environments.c.job_id == job_logs.c.id)
        .correlate(job_logs)
        .limit(1)
        .scalar_subquery()
    )
    query = select(*job_logs.c, stays.label("stays"))
    return await _batch(conn, query, job_logs, job_logs.c.ended_at, wanted)


async def ended_jobs(conn: AsyncConnection, wanted: RowRange) -> Batch:
    """Find jobs that have ended, whether or not they may go."""
    query = select(*job_logs.c, literal(None).label("stays"))
    return await _batch(conn, query, job_logs, job_logs.c.ended_at, wanted)


async def old_environments(conn: AsyncConnection, wanted: RowRange) -> Batch:
    """Find environments that were deleted."""
    query = select(*environments.c, literal(None).label("stays"))
    return await _batch(conn, query, environments, environments.c.deleted_at, wanted)


async def _batch(
    conn: AsyncConnection,
    query: Select[Any],
    table: Table,
    ended: Column[float],
    wanted: RowRange,
) -> Batch:
    after = tuple_(literal(wanted.after.ended), literal(wanted.after.id))
    query = (
        query.where(ended.is_not(None), ended < wanted.before, tuple_(ended, table.c.id) > after)
        .order_by(ended, table.c.id)
        .limit(wanted.most)
    )
    found = [dict(row) for row in (await conn.execute(query)).mappings()]
    last = RowCursor(found[-1][ended.name], found[-1]["id"]) if len(found) == wanted.most else None
    gone = [row for row in found if row.pop("stays") is None]
    return Batch(table, gone, last)


async def delete_batch(conn: AsyncConnection, batch: Batch) -> int:
    """Delete the rows of a batch and count jobs among them; tells how many went."""
    table = batch.table
    if not batch.rows:
        return 0
    old = id_in(conn, table.c.id, [row["id"] for row in batch.rows])
    ids = set((await conn.scalars(delete(table).where(old).returning(table.c.id))).all())
    if table is job_logs:
        # Another process may have been faster; each row is counted by who deleted it.
        await _count(conn, [row for row in batch.rows if row["id"] in ids])
    return len(ids)


async def _count(conn: AsyncConnection, jobs: Collection[Mapping[str, Any]]) -> None:
    counted: dict[tuple[int, str, str, str], list[float]] = defaultdict(lambda: [0, 0.0])
    for job in jobs:
        month = datetime.fromtimestamp(job["ended_at"], UTC).strftime("%Y-%m")
        entry = counted[job["team_id"], month, job["kind"], job["status"]]
        entry[0] += 1
        entry[1] += max(0.0, job["ended_at"] - job["created_at"])
    if not counted:
        return
    names = ("team_id", "month", "kind", "status")
    # In one order, for whoever counts at the same time.
    rows = [
        dict(zip(names, key, strict=True)) | {"jobs": jobs, "seconds": seconds}
        for key, (jobs, seconds) in sorted(counted.items())
    ]
    insert = postgresql.insert if is_postgresql(conn) else sqlite.insert
    statement = insert(job_counts)
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=[job_counts.c[name] for name in names],
            set_={
                "jobs": job_counts.c.jobs + statement.excluded.jobs,
                "seconds": job_counts.c.seconds + statement.excluded.seconds,
            },
        ),
        rows,
    )
