"""Leases that are renewed: those of several jobs at a moment share a commit, as steps do."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.direct import DirectStatement
from backbone.database.sqlite_writer import SqliteWriter
from backbone.jobs.job import Job
from backbone.jobs.states import AT_WORK
from backbone.jobs.step import RETURNING

_AT_WORK: Final = ", ".join(f"'{status.value}'" for status in sorted(AT_WORK))


def _held_by(of_lease: str) -> str:
    """Return SQL that is true of the row of a job that the attempt holds; see `may_be_written`."""
    return f"""
        job_logs.id = {of_lease}job_id AND job_logs.attempt = {of_lease}attempt
        AND job_logs.status IN ({_AT_WORK})
    """


def _statement(locking: str) -> DirectStatement:
    return DirectStatement(
        f"""
    WITH wanted AS (
        SELECT * FROM unnest(CAST(:job_id AS bigint[]), CAST(:attempt AS integer[]),
                             CAST(:lease_until AS double precision[]))
            AS wanted (job_id, attempt, lease_until) ORDER BY job_id
    ), held AS MATERIALIZED (
        SELECT job.id, wanted.lease_until FROM wanted CROSS JOIN LATERAL (
            SELECT id FROM job_logs WHERE {_held_by("wanted.")} LIMIT 1 FOR NO KEY UPDATE {locking}
        ) AS job
    )
    UPDATE job_logs SET lease_until = held.lease_until FROM held WHERE job_logs.id = held.id
    RETURNING {RETURNING}
    """  # noqa: S608 - only constants are inserted
    )


_RENEW: Final = _statement("")
_RENEW_UNLESS_LOCKED: Final = _statement("SKIP LOCKED")
_SQLITE: Final = f"""
    UPDATE job_logs SET lease_until = :lease_until WHERE {_held_by(":")} RETURNING {RETURNING}
"""  # noqa: S608 - only constants are inserted


async def renew_all(
    engine: AsyncEngine, leases: Sequence[Mapping[str, Any]], *, waits: bool
) -> dict[int, Job]:
    """Prolong leases (job_id, attempt, lease_until) on PostgreSQL; return the jobs by id.

    Absent are those that another attempt holds and, unless it `waits`, those that are locked.
    """
    statement = _RENEW if waits else _RENEW_UNLESS_LOCKED
    names = ("job_id", "attempt", "lease_until")
    rows = await statement.all(engine, {name: [each[name] for each in leases] for name in names})
    return {row[0]: Job.of_values(row) for row in rows}


async def renew_on_sqlite(writer: SqliteWriter, lease: Mapping[str, Any]) -> Job | None:
    """Prolong one lease; None when another attempt holds it."""

    def write(connection: sqlite3.Connection) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = connection.execute(_SQLITE, lease).fetchone()
        return row

    # After a power failure nobody holds it any more.
    row = await writer.run(write, sql=_SQLITE, durable=False)
    return None if row is None else Job.of_values(row)
