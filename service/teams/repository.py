"""Teams, as operators and owners change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import memberships, teams
from backbone.events.position import new_epoch


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team and its status."""

    id: int
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A team's account at the provider, without its secrets; no login means the common one."""

    login: str | None
    node_group: str | None
    has_password: bool
    has_session_key: bool


_COLUMNS = (teams.c.id, teams.c.name, teams.c.status)


async def add_team(
    conn: AsyncConnection, *, team_id: int, name: str, status: str, now: float
) -> TeamRow:
    """Store a team with an empty log."""
    await conn.execute(
        insert(teams).values(
            id=team_id,
            name=name,
            status=status,
            status_changed_at=now,
            epoch=new_epoch(),
            created_at=now,
        )
    )
    return TeamRow(team_id, name, status)


async def add_owner(conn: AsyncConnection, team_id: int, user_id: int) -> None:
    """Make a user the owner of a team that has no members yet."""
    await conn.execute(insert(memberships).values(team_id=team_id, user_id=user_id, role="owner"))


async def list_teams(conn: AsyncConnection, *, above: int, limit: int) -> Sequence[TeamRow]:
    """Return teams with ids above `above`, ascending."""
    query = select(*_COLUMNS).where(teams.c.id > above).order_by(teams.c.id).limit(limit)
    return [TeamRow(*row) for row in (await conn.execute(query)).all()]


async def change_status(
    conn: AsyncConnection, team_id: int, status: str, now: float
) -> TeamRow | None:
    """Set another status; `None` when the team has this one already or does not exist."""
    statement = (
        update(teams)
        .where(teams.c.id == team_id, teams.c.status != status)
        .values(status=status, status_changed_at=now)
        .returning(*_COLUMNS)
    )
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else TeamRow(*row)


async def change_team(conn: AsyncConnection, team_id: int, **values: Any) -> TeamRow | None:
    """Set columns of a team; `None` when there is no such team."""
    statement = update(teams).where(teams.c.id == team_id).values(**values).returning(*_COLUMNS)
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else TeamRow(*row)


async def find_team(conn: AsyncConnection, team_id: int) -> TeamRow | None:
    """One team."""
    row = (await conn.execute(select(*_COLUMNS).where(teams.c.id == team_id))).one_or_none()
    return None if row is None else TeamRow(*row)


async def find_provider(conn: AsyncConnection, team_id: int) -> ProviderRow | None:
    """One team's account at the provider; its secrets stay in the table."""
    query = select(
        teams.c.provider_login,
        teams.c.node_group,
        teams.c.provider_password_encrypted.is_not(None),
        teams.c.provider_session_encrypted.is_not(None),
    ).where(teams.c.id == team_id)
    row = (await conn.execute(query)).one_or_none()
    return None if row is None else ProviderRow(*row)
