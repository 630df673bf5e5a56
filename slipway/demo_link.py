"""A link that signs the demo's user in once: the token stands behind the `#`, so no server logs it.

The page takes it out of the address before it does anything else. What the token opens is the demo
team, for whoever reads the terminal that it was printed on.
"""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import transaction
from backbone.database.tables import exchange_tokens, users
from backbone.identity import hash_token, new_token

LIFETIME = 900.0
"""Seconds in which the link may be opened."""


async def sign_in_link(engine: AsyncEngine, base_url: str, email: str, now: float) -> str:
    """Return the link for the user of this address; it works once, and for a quarter of an hour."""
    token = new_token()
    async with transaction(engine) as conn:
        found = await conn.execute(select(users.c.id).where(users.c.email == email))
        await conn.execute(
            insert(exchange_tokens).values(
                token_hash=hash_token(token),
                user_id=found.scalar_one(),
                expires_at=now + LIFETIME,
                created_at=now,
            )
        )
    return f"{base_url}/sign-in#token={token}"
