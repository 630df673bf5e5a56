"""Users with sessions and API tokens, written straight into the tables."""

import secrets
import time

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import transaction
from backbone.database.tables import api_tokens, memberships, sessions, users
from backbone.identity import hash_token, new_api_token, shown


async def add_member(engine: AsyncEngine, user_id: int, team_id: int, role: str = "viewer") -> None:
    async with transaction(engine) as conn:
        await conn.execute(
            insert(users).values(
                id=user_id,
                email=f"member-{user_id}@example.com",
                display_name="Member",
                password_hash="x",
                is_operator=False,
            )
        )
        await conn.execute(insert(memberships).values(team_id=team_id, user_id=user_id, role=role))


async def add_session(engine: AsyncEngine, user_id: int, team_id: int) -> str:
    token = secrets.token_urlsafe(32)
    async with transaction(engine) as conn:
        await conn.execute(
            insert(sessions).values(
                token_hash=hash_token(token),
                user_id=user_id,
                team_id=team_id,
                created_at=time.time(),
                expires_at=time.time() + 3600,
            )
        )
    return token


async def add_api_token(engine: AsyncEngine, user_id: int, team_id: int) -> str:
    token = new_api_token()
    async with transaction(engine) as conn:
        await conn.execute(
            insert(api_tokens).values(
                token_hash=hash_token(token),
                prefix=shown(token),
                name="CI",
                user_id=user_id,
                team_id=team_id,
                scopes=["events:read"],
                created_at=time.time(),
            )
        )
    return token
