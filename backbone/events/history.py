"""A team's history for people: what happened to one job, or what a user may see of the team.

Streams are served from `log`; here nothing is promised about what was trimmed but that it is told.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import events, teams
from backbone.errors import NotFound
from backbone.events.entry import LogHead

_FOR_ALL = ("job_status", "team_status_changed")
"""What the whole team hears of; other events are of one user's account."""


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event's place, when it was logged (epoch seconds), and its body as it was sent."""

    position: int
    created_at: float
    body: str


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some events in the order asked for, the head of that moment, and whether more follow."""

    head: LogHead
    events: tuple[RecordedEvent, ...]
    more: bool


async def of_job(
    conn: AsyncConnection, team_id: int, job_id: int, *, after: int, limit: int
) -> HistoryPage:
    """Read up to `limit` events of a job behind position `after`, ascending. Raises NotFound."""
    theirs = (events.c.job_id == job_id) & (events.c.position > after)
    return await _page(conn, team_id, theirs, events.c.position, limit)


async def of_team(
    conn: AsyncConnection, team_id: int, user_id: int, *, before: int | None, limit: int
) -> HistoryPage:
    """Read up to `limit` events that a user may see, before position `before`, the newest first.

    Raises NotFound.
    """
    theirs = or_(events.c.type.in_(_FOR_ALL), events.c.user_id == user_id)
    if before is not None:
        theirs &= events.c.position < before
    return await _page(conn, team_id, theirs, events.c.position.desc(), limit)


async def _page(
    conn: AsyncConnection,
    team_id: int,
    wanted: ColumnElement[bool],
    order: ColumnElement[Any],
    limit: int,
) -> HistoryPage:
    # One statement, because only then head and events are of the same moment; one event more than
    # wanted tells whether there is another page.
    found = (
        select(events.c.position, events.c.created_at, events.c.body)
        .where(events.c.team_id == team_id, wanted)
        .order_by(order)
        .limit(limit + 1)
        .subquery()
    )
    head = (teams.c.epoch, teams.c.last_position, teams.c.trimmed_position)
    statement = (
        select(*head, *found.c)
        .select_from(teams.outerjoin(found, true()))
        .where(teams.c.id == team_id)
    )
    rows = (await conn.execute(statement)).all()
    if not rows:
        raise NotFound(f"There is no team {team_id}.")
    read = [RecordedEvent(*row[3:]) for row in rows if row.position is not None]
    read.sort(key=lambda event: event.position, reverse=order is not events.c.position)
    return HistoryPage(LogHead(*rows[0][:3]), tuple(read[:limit]), len(read) > limit)
