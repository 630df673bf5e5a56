"""Fills an empty database with a team to try things with; run again, it sets the passwords."""

import time
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import transaction
from backbone.database.tables import memberships, teams, users
from backbone.events.position import new_epoch
from backbone.identifiers import IdentifierAllocator

TEAM_PERMISSIONS = (
    "environments:read",
    "environments:write",
    "jobs:read",
    "jobs:cancel",
    "events:read",
)
"""What it takes to order and to listen."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who to make: a user who signs in with these."""

    email: str
    password: str
    display_name: str


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """The ids of what is there after seeding."""

    team_id: int
    user_id: int
    operator_id: int


async def seed_demo(
    engine: AsyncEngine,
    *,
    member: Account,
    operator: Account,
    team_name: str = "Harbour Works",
    provider_login: str | None = None,
    provider_session_encrypted: str | None = None,
    node_group: str | None = None,
    hasher: PasswordHasher | None = None,
) -> DemoTeam:
    """Make an ACTIVE team with a member who may do everything in it, and a platform operator.

    Users are known by their e-mail addresses, the team by its member; what exists stays as it is,
    but for the passwords, which become the given ones.
    `provider_session_encrypted` is what `Cipher.encrypt` gave.
    """
    hashing = hasher or PasswordHasher()
    # Taken before the transaction, because an id needs one of its own; a gap is no harm.
    spare_team = await IdentifierAllocator(engine, "teams", first=1).next()
    user_ids = IdentifierAllocator(engine, "users", first=2)
    spare_users = (await user_ids.next(), await user_ids.next())
    now = time.time()
    async with transaction(engine) as conn:
        user_id = await _user(conn, member, spare_users[0], hashing, is_operator=False)
        operator_id = await _user(conn, operator, spare_users[1], hashing, is_operator=True)
        team_id = await conn.scalar(
            select(memberships.c.team_id).where(memberships.c.user_id == user_id).limit(1)
        )
        if team_id is None:
            team_id = spare_team
            await conn.execute(
                insert(teams),
                {
                    "id": team_id,
                    "name": team_name,
                    "status": "ACTIVE",
                    "status_changed_at": now,
                    "epoch": new_epoch(),
                    "provider_login": provider_login,
                    "provider_session_encrypted": provider_session_encrypted,
                    "node_group": node_group,
                    "created_at": now,
                },
            )
            # The operator is a member too, because a session always belongs to a team.
            await conn.execute(
                insert(memberships),
                [
                    {"team_id": team_id, "user_id": who, "role": "owner"}
                    for who in (user_id, operator_id)
                ],
            )
    return DemoTeam(team_id=team_id, user_id=user_id, operator_id=operator_id)


async def _user(
    conn: AsyncConnection,
    account: Account,
    spare_id: int,
    hasher: PasswordHasher,
    *,
    is_operator: bool,
) -> int:
    known = await conn.scalar(select(users.c.id).where(users.c.email == account.email))
    if known is not None:
        await conn.execute(
            update(users)
            .where(users.c.id == known)
            .values(password_hash=hasher.hash(account.password))
        )
        return int(known)
    await conn.execute(
        insert(users),
        {
            "id": spare_id,
            "email": account.email,
            "display_name": account.display_name,
            "password_hash": hasher.hash(account.password),
            "is_operator": is_operator,
        },
    )
    return spare_id
