"""Users in the database: who exists, under which address; addresses are kept in lower case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import users
from backbone.errors import EmailTaken

MAX_EMAIL = 254
MAX_NAME = 128


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user without the password; `disabled_at` in epoch seconds, None for who may sign in."""

    id: int
    email: str
    display_name: str
    is_operator: bool
    disabled_at: float | None

    @property
    def disabled(self) -> bool:
        """Whether the user may not sign in."""
        return self.disabled_at is not None


async def find_user(conn: AsyncConnection, user_id: int) -> UserRow | None:
    """One user by id."""
    return await _one(conn, users.c.id == user_id)


async def find_by_email(conn: AsyncConnection, email: str) -> UserRow | None:
    """One user by address, however it is spelled."""
    return await _one(conn, users.c.email == email.lower())


async def list_users(conn: AsyncConnection, *, above: int = 0, limit: int) -> Sequence[UserRow]:
    """Return users with ids above `above`, ascending."""
    query = _users().where(users.c.id > above).order_by(users.c.id).limit(limit)
    return [UserRow(*row) for row in (await conn.execute(query)).all()]


async def add_user(
    conn: AsyncConnection,
    *,
    user_id: int,
    email: str,
    display_name: str,
    password_hash: str,
    is_operator: bool = False,
) -> UserRow:
    """Store a user. Raises `EmailTaken`; the transaction is lost then."""
    try:
        await conn.execute(
            insert(users).values(
                id=user_id,
                email=email.lower(),
                display_name=display_name,
                password_hash=password_hash,
                is_operator=is_operator,
            )
        )
    except IntegrityError:
        raise EmailTaken from None
    return UserRow(user_id, email.lower(), display_name, is_operator, None)


async def change_user(conn: AsyncConnection, user_id: int, **values: Any) -> bool:
    """Set columns of a user; false when there is no such user."""
    statement = update(users).where(users.c.id == user_id).values(**values).returning(users.c.id)
    return (await conn.execute(statement)).one_or_none() is not None


async def nobody_is_there(conn: AsyncConnection) -> bool:
    """Return whether the installation has no user yet."""
    return (await conn.execute(select(users.c.id).limit(1))).first() is None


async def _one(conn: AsyncConnection, condition: ColumnElement[bool]) -> UserRow | None:
    row = (await conn.execute(_users().where(condition))).one_or_none()
    return None if row is None else UserRow(*row)


def _users() -> Select[Any]:
    return select(
        users.c.id, users.c.email, users.c.display_name, users.c.is_operator, users.c.disabled_at
    )
