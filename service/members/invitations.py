"""Invitations in the database: a link that works once, of which only a hash is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import invitations, teams


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation; times in epoch seconds."""

    id: int
    team_id: int
    team_name: str
    role: str
    email: str | None
    created_at: float
    expires_at: float


_COLUMNS = (
    invitations.c.id,
    invitations.c.team_id,
    teams.c.name,
    invitations.c.role,
    invitations.c.email,
    invitations.c.created_at,
    invitations.c.expires_at,
)
_OPEN = (invitations.c.accepted_at.is_(None), invitations.c.revoked_at.is_(None))


async def list_open(conn: AsyncConnection, team_id: int, now: float) -> Sequence[InvitationRow]:
    """Return the team's invitations that can still be accepted, the newest first."""
    query = (
        select(*_COLUMNS)
        .join_from(invitations, teams)
        .where(invitations.c.team_id == team_id, invitations.c.expires_at > now, *_OPEN)
        .order_by(invitations.c.id.desc())
        .limit(500)
    )
    return [InvitationRow(*row) for row in (await conn.execute(query)).all()]


async def add(
    conn: AsyncConnection,
    *,
    token_hash: str,
    team_id: int,
    role: str,
    email: str | None,
    created_by: int | None,
    now: float,
    expires_at: float,
) -> int:
    """Store an invitation and return its id."""
    statement = (
        insert(invitations)
        .values(
            token_hash=token_hash,
            team_id=team_id,
            role=role,
            email=email,
            created_by=created_by,
            created_at=now,
            expires_at=expires_at,
        )
        .returning(invitations.c.id)
    )
    return int((await conn.execute(statement)).scalar_one())


async def revoke(conn: AsyncConnection, team_id: int, invitation_id: int, now: float) -> str | None:
    """Take an open invitation back and return its role; None when there is none."""
    statement = (
        update(invitations)
        .where(invitations.c.id == invitation_id, invitations.c.team_id == team_id, *_OPEN)
        .values(revoked_at=now)
        .returning(invitations.c.role)
    )
    role: str | None = (await conn.execute(statement)).scalar_one_or_none()
    return role


async def find_open(conn: AsyncConnection, token_hash: str, now: float) -> InvitationRow | None:
    """Return the invitation of a link, if it can still be accepted."""
    query = (
        select(*_COLUMNS)
        .join_from(invitations, teams)
        .where(invitations.c.token_hash == token_hash, invitations.c.expires_at > now, *_OPEN)
    )
    row = (await conn.execute(query)).one_or_none()
    return None if row is None else InvitationRow(*row)


async def use(conn: AsyncConnection, invitation_id: int, user_id: int, now: float) -> bool:
    """Use an invitation up; of several at the same time only one is told so."""
    statement = (
        update(invitations)
        .where(invitations.c.id == invitation_id, *_OPEN)
        .values(accepted_at=now, accepted_by=user_id)
        .returning(invitations.c.id)
    )
    return (await conn.execute(statement)).one_or_none() is not None
