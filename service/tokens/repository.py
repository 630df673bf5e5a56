"""API tokens in the database: hashes and beginnings, never a token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import api_tokens, memberships, users


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An API token as its owner sees it; times in epoch seconds."""

    id: int
    user_id: int
    team_id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: float
    expires_at: float | None
    last_used_at: float | None


_COLUMNS = (
    api_tokens.c.id,
    api_tokens.c.user_id,
    api_tokens.c.team_id,
    api_tokens.c.name,
    api_tokens.c.prefix,
    api_tokens.c.scopes,
    api_tokens.c.created_at,
    api_tokens.c.expires_at,
    api_tokens.c.last_used_at,
)
_OPEN = api_tokens.c.revoked_at.is_(None)


async def list_open(conn: AsyncConnection, *which: ColumnElement[bool]) -> Sequence[TokenRow]:
    """Return the tokens that are not revoked and meet `which`, the newest first."""
    query = select(*_COLUMNS).where(_OPEN, *which).order_by(api_tokens.c.id.desc()).limit(500)
    rows = (await conn.execute(query)).all()
    return [TokenRow(*row[:5], tuple(row.scopes), *row[6:]) for row in rows]


async def add(
    conn: AsyncConnection,
    *,
    token_hash: str,
    prefix: str,
    name: str,
    user_id: int,
    team_id: int,
    scopes: Sequence[str],
    now: float,
    expires_at: float | None,
) -> TokenRow:
    """Store a token."""
    statement = (
        insert(api_tokens)
        .values(
            token_hash=token_hash,
            prefix=prefix,
            name=name,
            user_id=user_id,
            team_id=team_id,
            scopes=list(scopes),
            created_at=now,
            expires_at=expires_at,
        )
        .returning(api_tokens.c.id)
    )
    key = int((await conn.execute(statement)).scalar_one())
    return TokenRow(key, user_id, team_id, name, prefix, tuple(scopes), now, expires_at, None)


async def revoke(conn: AsyncConnection, token_id: int, now: float) -> None:
    """End a token."""
    await conn.execute(
        update(api_tokens).where(api_tokens.c.id == token_id, _OPEN).values(revoked_at=now)
    )


async def role_in(
    conn: AsyncConnection, team_id: int, user_id: int
) -> tuple[str | None, list[str] | None, bool] | None:
    """Return a user's role in a team, what restricts it, and whether the user is an operator."""
    query = (
        select(memberships.c.role, memberships.c.permissions, users.c.is_operator)
        .select_from(
            users.outerjoin(
                memberships,
                (memberships.c.user_id == users.c.id) & (memberships.c.team_id == team_id),
            )
        )
        .where(users.c.id == user_id, users.c.disabled_at.is_(None))
    )
    row = (await conn.execute(query)).one_or_none()
    return None if row is None else (row.role, row.permissions, bool(row.is_operator))
