"""A team's row, as operators change it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import teams


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team and its status."""

    id: int
    name: str
    status: str


async def change_status(
    conn: AsyncConnection, team_id: int, status: str, now: float
) -> TeamRow | None:
    """Set another status; `None` when the team has this one already or does not exist."""
    statement = (
        update(teams)
        .where(teams.c.id == team_id, teams.c.status != status)
        .values(status=status, status_changed_at=now)
        .returning(teams.c.id, teams.c.name, teams.c.status)
    )
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else TeamRow(row.id, row.name, row.status)


async def find_team(conn: AsyncConnection, team_id: int) -> TeamRow | None:
    """One team."""
    statement = select(teams.c.id, teams.c.name, teams.c.status).where(teams.c.id == team_id)
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else TeamRow(row.id, row.name, row.status)
