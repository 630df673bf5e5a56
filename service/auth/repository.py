"""What signing in reads and writes: users, one-time tokens, sessions. Tokens only as hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    and_,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import (
    exchange_tokens,
    known_devices,
    memberships,
    sessions,
    teams,
    users,
)
from backbone.roles import granted

_NUL = "\0"


@dataclass(frozen=True, slots=True)
class Account:
    """A user, the encoded hash of the password, and whether the asking device is known."""

    user_id: int
    password_hash: str
    device_known: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """A user in a team, with what both are called."""

    user_id: int
    email: str
    display_name: str
    is_operator: bool
    team_id: int
    team_name: str
    team_status: str
    role: str | None
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class MyTeam:
    """A team of the user, and what the user is in it."""

    id: int
    name: str
    status: str
    role: str


async def find_account(
    conn: AsyncConnection, email: str, device_hash: str | None
) -> Account | None:
    """Return the user with this address, unless disabled; addresses are stored in lower case."""
    if _NUL in email:
        # PostgreSQL has no such text and would call the question an error.
        return None
    same = and_(known_devices.c.user_id == users.c.id, known_devices.c.device_hash == device_hash)
    statement = (
        select(users.c.id, users.c.password_hash, known_devices.c.device_hash.is_not(None))
        .select_from(users.outerjoin(known_devices, same))
        .where(users.c.email == email.lower(), users.c.disabled_at.is_(None))
    )
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else Account(row[0], row[1], bool(row[2]))


async def replace_password_hash(conn: AsyncConnection, account: Account, rehashed: str) -> None:
    """Store a hash with newer parameters, unless the password was changed in between."""
    await conn.execute(
        update(users)
        .where(users.c.id == account.user_id, users.c.password_hash == account.password_hash)
        .values(password_hash=rehashed)
    )


async def teams_with_sessions(conn: AsyncConnection, user_id: int, now: float) -> Sequence[int]:
    """Return the teams in which the user has an open session, ascending: the order of locking."""
    statement = (
        select(sessions.c.team_id)
        .where(
            sessions.c.user_id == user_id,
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > now,
        )
        .distinct()
        .order_by(sessions.c.team_id)
    )
    return (await conn.execute(statement)).scalars().all()


async def add_exchange_token(conn: AsyncConnection, now: float, **values: Any) -> None:
    """Store a one-time token, by the names of its columns, and drop the user's outdated ones."""
    await conn.execute(
        delete(exchange_tokens).where(
            exchange_tokens.c.user_id == values["user_id"], exchange_tokens.c.expires_at < now
        )
    )
    await conn.execute(insert(exchange_tokens).values(**values))


async def use_exchange_token(
    conn: AsyncConnection,
    token_hash: str,
    now: float,
    *,
    client_hash: str,
    device_hash: str | None,
) -> int | None:
    """Use a token up and tell whose it is; of several at the same time only one is told.

    Only the client or the device that it was issued to may.
    """
    statement = (
        update(exchange_tokens)
        .where(
            exchange_tokens.c.token_hash == token_hash,
            exchange_tokens.c.used_at.is_(None),
            exchange_tokens.c.expires_at > now,
            or_(
                exchange_tokens.c.client_hash == client_hash,
                exchange_tokens.c.device_hash == device_hash,
                # The link that the demo prints: which browser will open it nobody knows yet.
                exchange_tokens.c.client_hash.is_(None),
            ),
        )
        .values(used_at=now)
        .returning(exchange_tokens.c.user_id)
    )
    user_id: int | None = (await conn.execute(statement)).scalar_one_or_none()
    return user_id


async def find_membership(
    conn: AsyncConnection, user_id: int, team_id: int | None
) -> Membership | None:
    """Return the user in that team, or in the user's first one when none is asked for.

    Platform operators may work in teams that they are not members of; their own come first.
    """
    person_in_team = select(
        users.c.email,
        users.c.display_name,
        users.c.is_operator,
        teams.c.id,
        teams.c.name,
        teams.c.status,
        memberships.c.role,
        memberships.c.permissions,
    ).where(users.c.id == user_id)
    own = (
        person_in_team.join_from(memberships, users, users.c.id == memberships.c.user_id)
        .join(teams, teams.c.id == memberships.c.team_id)
        .where(memberships.c.user_id == user_id, *_in_team(team_id, memberships.c.team_id))
        .order_by(memberships.c.team_id)
        .limit(1)
    )
    # A team of others' is looked for apart: together, every team of the installation would be read.
    of_operator = (
        person_in_team.join_from(users, teams, true())
        .outerjoin(memberships, false())
        .where(users.c.is_operator, *_in_team(team_id, teams.c.id))
        .order_by(teams.c.id)
        .limit(1)
    )
    row = (await conn.execute(own)).one_or_none()
    if row is None:
        row = (await conn.execute(of_operator)).one_or_none()
    if row is None:
        return None
    return Membership(
        user_id=user_id,
        email=row.email,
        display_name=row.display_name,
        is_operator=bool(row.is_operator),
        team_id=row.id,
        team_name=row.name,
        team_status=row.status,
        role=row.role,
        permissions=granted(row.role, is_operator=bool(row.is_operator), only=row.permissions),
    )


async def add_session(conn: AsyncConnection, **values: Any) -> None:
    """Store a session, by the names of its columns."""
    await conn.execute(insert(sessions).values(**values))


async def beyond(conn: AsyncConnection, user_id: int, most: int, now: float) -> Sequence[str]:
    """Return the hashes of a user's open sessions but for the `most` that were used last."""
    used = func.coalesce(sessions.c.last_used_at, sessions.c.created_at)
    query = (
        select(sessions.c.token_hash)
        .where(
            sessions.c.user_id == user_id,
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > now,
        )
        .order_by(used.desc(), sessions.c.token_hash)
        .offset(most)
    )
    return (await conn.execute(query)).scalars().all()


def _in_team(team_id: int | None, column: Column[int]) -> tuple[ColumnElement[bool], ...]:
    return () if team_id is None else (column == team_id,)
