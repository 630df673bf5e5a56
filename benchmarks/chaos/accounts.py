"""The teams that order and listen, each with a member and a session."""

import secrets
import time
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import transaction
from backbone.database.tables import memberships, sessions, teams, users
from backbone.events.position import new_epoch
from backbone.identity import hash_token
from backbone.seed import TEAM_PERMISSIONS


@dataclass(frozen=True, slots=True)
class Member:
    """A team's member. `token` is a bearer."""

    team_id: int
    token: str


async def make_teams(engine: AsyncEngine, count: int) -> list[Member]:
    """Write `count` active teams, numbered from 1."""
    now = time.time()
    members = [Member(number, secrets.token_urlsafe(24)) for number in range(1, count + 1)]
    async with transaction(engine) as conn:
        for member in members:
            number = member.team_id
            await conn.execute(
                insert(teams),
                {
                    "id": number,
                    "name": f"Team {number}",
                    "status": "ACTIVE",
                    "status_changed_at": now,
                    "epoch": new_epoch(),
                    "created_at": now,
                },
            )
            await conn.execute(
                insert(users),
                {
                    "id": number,
                    "email": f"member{number}@chaos.test",
                    "display_name": f"Member {number}",
                    "password_hash": "-",
                    "is_operator": False,
                },
            )
            await conn.execute(
                insert(memberships),
                {"team_id": number, "user_id": number, "permissions": list(TEAM_PERMISSIONS)},
            )
            await conn.execute(
                insert(sessions),
                {
                    "token_hash": hash_token(member.token),
                    "user_id": number,
                    "team_id": number,
                    "created_at": now,
                    "expires_at": now + 86_400,
                },
            )
    return members
