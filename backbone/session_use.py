"""Notes that a session or API token is used, at most once a minute, and moves a session's end on.

Requests count; an open event stream does not, because the gateway writes nothing.
"""

from __future__ import annotations

from sqlalchemy import case, literal, update
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import statement
from backbone.database.tables import api_tokens, sessions
from backbone.identity import Principal, forget

INTERVAL_SECONDS = 60.0
"""How exact the time of the last use is; each note is a write."""


async def note_use(engine: AsyncEngine, principal: Principal, *, now: float, idle: float) -> None:
    """Write down that the credential is used now, if the last note is a minute old.

    A session then ends `idle` seconds from now, but not after its absolute end. Raises
    DatabaseUnavailable.
    """
    if principal.last_used_at is None or now - principal.last_used_at < INTERVAL_SECONDS:
        return
    # First, so that of several requests at the same time most find the note already in memory.
    forget(engine, principal.session_hash)
    async with statement(engine) as conn:
        if principal.api_token_id is not None:
            await conn.execute(
                update(api_tokens)
                .where(api_tokens.c.id == principal.api_token_id)
                .values(last_used_at=now)
            )
            return
        ends = literal(now + idle)
        limit = sessions.c.absolute_expires_at
        await conn.execute(
            update(sessions)
            .where(
                sessions.c.token_hash == principal.session_hash,
                sessions.c.revoked_at.is_(None),
                sessions.c.expires_at > now,
                limit.is_not(None),
                # Of several at the same time one writes.
                sessions.c.last_used_at <= now - INTERVAL_SECONDS,
            )
            .values(last_used_at=now, expires_at=case((limit < ends, limit), else_=ends))
        )
