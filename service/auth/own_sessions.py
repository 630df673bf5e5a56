"""A user's own sessions: which are open, and ending them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.audit import Act, Actor, record
from backbone.database.engine import reading, transaction
from backbone.database.tables import sessions
from backbone.errors import NotFound
from backbone.identity import forget_all
from backbone.identity import session_id as id_of
from backbone.sessions import end_sessions


@dataclass(frozen=True, slots=True)
class SessionRow:
    """An open session as its user sees it; times in epoch seconds."""

    id: str
    team_id: int
    created_at: float
    last_used_at: float | None
    expires_at: float
    address: str | None
    user_agent: str | None


async def list_sessions(engine: AsyncEngine, *, user_id: int, now: float) -> Sequence[SessionRow]:
    """Return the open sessions of a user, the newest first."""
    query = (
        select(
            sessions.c.token_hash,
            sessions.c.team_id,
            sessions.c.created_at,
            sessions.c.last_used_at,
            sessions.c.expires_at,
            sessions.c.address,
            sessions.c.user_agent,
        )
        .where(
            sessions.c.user_id == user_id,
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > now,
        )
        .order_by(sessions.c.created_at.desc(), sessions.c.token_hash)
        .limit(200)
    )
    async with reading(engine) as conn:
        rows = (await conn.execute(query)).all()
    return [SessionRow(id_of(row.token_hash), *row[1:]) for row in rows]


async def revoke_session(
    engine: AsyncEngine, actor: Actor, *, user_id: int, session_id: str, now: float
) -> None:
    """End one of a user's sessions. Raises `NotFound` when it is not open."""
    async with transaction(engine) as conn:
        ended = await end_sessions(
            conn,
            sessions.c.user_id == user_id,
            func.substr(sessions.c.token_hash, 1, len(id_of("0" * 64))) == session_id,
            reason="revoked",
            message="One of your sessions was ended",
            now=now,
        )
        if not ended:
            raise NotFound("You have no such session; it may be over.")
        act = Act("session.revoke", target=f"user:{user_id}", details={"session": session_id})
        await record(conn, actor, act, now=now)
    forget_all(engine)


async def revoke_others(
    engine: AsyncEngine, actor: Actor, *, user_id: int, keep: str, now: float
) -> int:
    """End all of a user's sessions but the one with this hash, and return how many."""
    async with transaction(engine) as conn:
        ended = await end_sessions(
            conn,
            sessions.c.user_id == user_id,
            sessions.c.token_hash != keep,
            reason="revoked",
            message="You ended your other sessions",
            now=now,
        )
        act = Act("session.revoke", target=f"user:{user_id}", details={"sessions": len(ended)})
        await record(conn, actor, act, now=now)
    forget_all(engine)
    return len(ended)
