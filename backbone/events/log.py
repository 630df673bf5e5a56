"""A team's event log: read from it and ask how far it goes; see `append` for writing."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, func, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.id_in import id_in
from backbone.database.tables import events, job_logs, teams
from backbone.errors import NotFound
from backbone.events.entry import HistoryTrimmed, LoggedEvent, LoggedJob, LogHead, LogPage
from backbone.events.snapshot import snapshot
from backbone.job_status import TERMINAL

__all__ = [
    "HistoryTrimmed",
    "LogHead",
    "LogPage",
    "LoggedEvent",
    "LoggedJob",
    "head",
    "heads",
    "job",
    "page",
    "read",
    "snapshot",
]

_HEAD = (teams.c.epoch, teams.c.last_position, teams.c.trimmed_position)
_EVENT = (
    events.c.position,
    events.c.type,
    events.c.job_id,
    events.c.user_id,
    events.c.status,
    events.c.routing_key,
    events.c.body,
)


async def head(conn: AsyncConnection, team_id: int) -> LogHead:
    """Tell how far the team's log goes. Raises NotFound when there is no such team."""
    row = (await conn.execute(select(*_HEAD).where(teams.c.id == team_id))).one_or_none()
    if row is None:
        raise NotFound(f"There is no team {team_id}.")
    return LogHead(*row)


async def heads(conn: AsyncConnection, team_ids: Iterable[int]) -> dict[int, LogHead]:
    """Tell how far the logs of many teams go; unknown teams are absent."""
    wanted = list(team_ids)
    if not wanted:
        return {}
    rows = await conn.execute(select(teams.c.id, *_HEAD).where(id_in(conn, teams.c.id, wanted)))
    return {row[0]: LogHead(*row[1:]) for row in rows}


async def page(
    conn: AsyncConnection, team_id: int, after: int, *, job_id: int | None = None, limit: int = 500
) -> LogPage:
    """Read up to `limit` events behind position `after`, ascending, with the head of that moment.

    With `job_id` the events of other jobs are left out; those of users and team stay. Compare
    `after` with `head.trimmed_position`: if it is less, events are missing. Raises NotFound.
    """
    rows = (await conn.execute(_page(team_id, after, job_id, limit))).all()
    if not rows:
        raise NotFound(f"There is no team {team_id}.")
    top = LogHead(*rows[0][:3])
    return LogPage(top, tuple(_event(team_id, row) for row in rows if row.position is not None))


async def read(
    conn: AsyncConnection, team_id: int, after: int, *, job_id: int | None = None, limit: int = 500
) -> list[LoggedEvent]:
    """Read as `page` does, but raise HistoryTrimmed instead of leaving events out in silence."""
    found = await page(conn, team_id, after, job_id=job_id, limit=limit)
    if after < found.head.trimmed_position:
        raise HistoryTrimmed(team_id, found.head.trimmed_position)
    return list(found.events)


async def job(conn: AsyncConnection, team_id: int, job_id: int) -> LoggedJob | None:
    """Look up a job of the team; None when the team has no such job."""
    terminal = (
        select(func.max(events.c.position))
        .where(
            events.c.team_id == team_id,
            events.c.job_id == job_id,
            events.c.status.in_(sorted(TERMINAL)),
        )
        .scalar_subquery()
    )
    row = (
        await conn.execute(
            select(job_logs.c.status, terminal).where(
                job_logs.c.id == job_id, job_logs.c.team_id == team_id
            )
        )
    ).one_or_none()
    return None if row is None else LoggedJob(*row)


def _page(team_id: int, after: int, job_id: int | None, limit: int) -> Select[Any]:
    # One statement, because only then head and events are of the same moment. The limit is inside,
    # or all that lies behind `after` would be read for each page.
    behind = (
        select(*_EVENT)
        .where(events.c.team_id == team_id, events.c.position > after)
        .order_by(events.c.position)
        .limit(limit)
    )
    if job_id is None:
        found = behind.subquery()
    else:
        # Each half by the index that has it; for both at once all of the log might be read.
        halves = (events.c.job_id == job_id, events.c.job_id.is_(None))
        both = union_all(*(select(behind.where(half).subquery()) for half in halves)).subquery()
        found = select(both).order_by(both.c.position).limit(limit).subquery()
    return (
        select(*_HEAD, *found.c)
        .select_from(teams.outerjoin(found, true()))
        .where(teams.c.id == team_id)
        .order_by(found.c.position)
    )


def _event(team_id: int, row: Row[Any]) -> LoggedEvent:
    return LoggedEvent(
        team_id=team_id,
        epoch=row.epoch,
        position=row.position,
        type=row.type,
        job_id=row.job_id,
        user_id=row.user_id,
        status=row.status,
        routing_key=row.routing_key,
        body=row.body,
    )
