"""The state that stands for a team's history: its unfinished and latest jobs, at one position."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.id_order import in_id_order
from backbone.database.tables import job_logs, teams
from backbone.errors import NotFound
from backbone.events.position import EventId
from backbone.job_model import JOB_COLUMNS, job_model
from backbone.job_status import TERMINAL
from generated.models.stream import Snapshot

MAX_JOBS = 200
"""The contract's limit of jobs in a snapshot."""


async def snapshot(conn: AsyncConnection, team_id: int, *, limit: int = 100) -> Snapshot:
    """Read up to `limit` jobs, the unfinished first, then the latest; true at `last_event_id`.

    Raises NotFound when there is no such team.
    """
    # One statement sees the team's position and its jobs at the same moment. Each half is read by
    # an index and has its own limit, or all jobs of the team would be sorted.
    most = min(limit, MAX_JOBS)
    unfinished = job_logs.c.status.not_in(sorted(TERMINAL))
    found = union_all(
        _latest(team_id, and_(job_logs.c.ended_at.is_(None), unfinished), most, part=0),
        # By the status: in partial indexes of what has ended PostgreSQL may look for all of a
        # team's jobs and sort them, when it knows no better than that most teams have few.
        _latest(team_id, job_logs.c.status.in_(sorted(TERMINAL)), most, part=1),
    ).subquery()
    statement = (
        select(teams.c.epoch, teams.c.last_position, found)
        .select_from(teams.outerjoin(found, true()))
        .where(teams.c.id == team_id)
        .order_by(found.c.part, found.c.id.desc())
        .limit(most)
    )
    rows = (await conn.execute(statement)).mappings().all()
    if not rows:
        raise NotFound(f"There is no team {team_id}.")
    place = EventId(rows[0]["epoch"], rows[0]["last_position"])
    jobs = [job_model({c.name: row[c.name] for c in JOB_COLUMNS}) for row in rows if row["id"]]
    return Snapshot(last_event_id=str(place), jobs=jobs)


def _latest(
    team_id: int, which: ColumnElement[bool], limit: int, *, part: int
) -> Select[tuple[Any, ...]]:
    jobs = select(literal(part).label("part"), *JOB_COLUMNS).where(which)
    return select(in_id_order(jobs, job_logs, team_id).limit(limit).subquery())
