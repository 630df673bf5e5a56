"""Writes ended jobs as JSON lines, each behind its events: after the line of a job it is whole."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import reading
from backbone.database.tables import events
from backbone.retention.archive import append, line
from backbone.retention.rows import FIRST_ROW, RowCursor


class JobArchive:
    """Writes to `out` and keeps count; `place` is that of the last job written."""

    def __init__(self, engine: AsyncEngine, out: TextIO, place: RowCursor = FIRST_ROW) -> None:
        self._engine = engine
        self._out = out
        self.place = place
        self.jobs = 0
        self.events = 0

    async def write(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write jobs with what the log still has of them. Raises DatabaseUnavailable, OSError."""
        jobs = list(rows)
        lines = []
        async with reading(self._engine) as conn:
            for job in jobs:
                told = await events_of(conn, job["team_id"], job["id"])
                lines += [line(events.name, event) for event in told]
                lines.append(line(table, job))
        await asyncio.to_thread(append, self._out, "".join(f"{each}\n" for each in lines))
        self.place = RowCursor(jobs[-1]["ended_at"], jobs[-1]["id"])
        self.jobs += len(jobs)
        self.events += len(lines) - len(jobs)


async def events_of(conn: AsyncConnection, team_id: int, job_id: int) -> list[dict[str, Any]]:
    """Return the rows of a job's events, in the order of the log."""
    # One job at a time: for many at once a planner may go through all that the teams have.
    query = (
        select(*events.c)
        .where(events.c.team_id == team_id, events.c.job_id == job_id)
        .order_by(events.c.position)
    )
    return [dict(row) for row in (await conn.execute(query)).mappings()]
