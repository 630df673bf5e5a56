"""Writes ended jobs as JSON lines, each behind its events: after the line of a job it is whole."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from sqlalchemy import ARRAY, BigInteger, Select, and_, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import is_postgresql, reading
from backbone.database.tables import events
from backbone.retention.archive import append, line
from backbone.retention.rows import FIRST_ROW, RowCursor

TeamAndJob = tuple[int, int]


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
            told = await events_of(conn, [(job["team_id"], job["id"]) for job in jobs])
        for job in jobs:
            lines += [line(events.name, event) for event in told[job["team_id"], job["id"]]]
            lines.append(line(table, job))
        await asyncio.to_thread(append, self._out, "".join(f"{each}\n" for each in lines))
        self.place = RowCursor(jobs[-1]["ended_at"], jobs[-1]["id"])
        self.jobs += len(jobs)
        self.events += len(lines) - len(jobs)


async def events_of(
    conn: AsyncConnection, jobs: Sequence[TeamAndJob]
) -> Mapping[TeamAndJob, list[dict[str, Any]]]:
    """Return the rows of the events of jobs, of each in the order of the log, by one statement."""
    query = _of_each if is_postgresql(conn) else _of_all
    told: dict[TeamAndJob, list[dict[str, Any]]] = defaultdict(list)
    for row in (await conn.execute(query(jobs))).mappings():
        told[row["team_id"], row["job_id"]].append(dict(row))
    return told


def _of_each(jobs: Sequence[TeamAndJob]) -> Select[Any]:
    """Look for one job after the other: a join may go through all that their teams have."""
    teams, ids = (literal(list(column), ARRAY(BigInteger)) for column in zip(*jobs, strict=True))
    wanted = func.unnest(teams, ids).table_valued("team_id", "id").render_derived("wanted")
    found = (
        select(*events.c)
        .where(events.c.team_id == wanted.c.team_id, events.c.job_id == wanted.c.id)
        .order_by(events.c.position)
        .lateral("found")
    )
    return select(*found.c).select_from(wanted.join(found, true()))


def _of_all(jobs: Sequence[TeamAndJob]) -> Select[Any]:
    wanted = func.json_each(json.dumps(jobs)).table_valued("value", name="wanted")
    team, job = (func.json_extract(wanted.c.value, f"$[{place}]") for place in (0, 1))
    found = and_(events.c.team_id == team, events.c.job_id == job)
    return select(*events.c).select_from(wanted.join(events, found)).order_by(events.c.position)
