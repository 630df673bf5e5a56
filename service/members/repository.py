"""Memberships and the users behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import memberships, teams, users


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of a team; `only` is what of the role's permissions is left, None for all."""

    user_id: int
    email: str
    display_name: str
    role: str
    only: tuple[str, ...] | None
    disabled: bool


async def list_members(conn: AsyncConnection, team_id: int) -> Sequence[MemberRow]:
    """Return all members, by address."""
    query = _members(team_id).order_by(users.c.email)
    return [MemberRow(*row) for row in (await conn.execute(query)).all()]


async def find_member(conn: AsyncConnection, team_id: int, user_id: int) -> MemberRow | None:
    """One member."""
    query = _members(team_id).where(users.c.id == user_id)
    row = (await conn.execute(query)).one_or_none()
    return None if row is None else MemberRow(*row)


async def hold_team(conn: AsyncConnection, team_id: int) -> bool:
    """Keep others from changing the team's members; false when there is no such team."""
    query = select(teams.c.id).where(teams.c.id == team_id).with_for_update()
    return (await conn.execute(query)).one_or_none() is not None


async def count_owners(conn: AsyncConnection, team_id: int) -> int:
    """Count the owners who can act."""
    query = (
        select(func.count())
        .select_from(memberships.join(users, users.c.id == memberships.c.user_id))
        .where(
            memberships.c.team_id == team_id,
            memberships.c.role == "owner",
            users.c.disabled_at.is_(None),
        )
    )
    return int((await conn.execute(query)).scalar_one())


async def add(conn: AsyncConnection, team_id: int, user_id: int, role: str) -> None:
    """Make a user a member."""
    await conn.execute(insert(memberships).values(team_id=team_id, user_id=user_id, role=role))


async def set_role(conn: AsyncConnection, team_id: int, user_id: int, role: str) -> None:
    """Give a member another role, whole."""
    await conn.execute(
        update(memberships)
        .where(memberships.c.team_id == team_id, memberships.c.user_id == user_id)
        .values(role=role, permissions=None)
    )


async def remove(conn: AsyncConnection, team_id: int, user_id: int) -> None:
    """End a membership."""
    await conn.execute(
        delete(memberships).where(
            memberships.c.team_id == team_id, memberships.c.user_id == user_id
        )
    )


def _members(team_id: int) -> Select[Any]:
    return (
        select(
            users.c.id,
            users.c.email,
            users.c.display_name,
            memberships.c.role,
            memberships.c.permissions,
            users.c.disabled_at.is_not(None),
        )
        .join_from(memberships, users, users.c.id == memberships.c.user_id)
        .where(memberships.c.team_id == team_id)
    )
