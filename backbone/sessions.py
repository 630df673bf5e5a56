"""Ends sessions before their time, and tells their user; the caller's transaction holds both."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import sessions
from backbone.events.append import append
from generated.models.event import SessionRevokedEvent


async def end_sessions(
    conn: AsyncConnection, *which: ColumnElement[bool], reason: str, message: str, now: float
) -> tuple[str, ...]:
    """Revoke the open sessions that meet all of `which`, and return their hashes.

    Each user and team concerned gets one `session_revoked` with `message`. `reason` is a word for
    programs, such as `logout`. Without `which` all sessions of the installation end.
    """
    open_ones = (
        select(sessions.c.token_hash)
        .where(sessions.c.revoked_at.is_(None), sessions.c.expires_at > now, *which)
        # One order of locking for everybody who ends several.
        .order_by(sessions.c.team_id, sessions.c.token_hash)
    )
    hashes = (await conn.execute(open_ones)).scalars().all()
    if not hashes:
        return ()
    statement = (
        update(sessions)
        .where(sessions.c.token_hash.in_(hashes), sessions.c.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=reason)
        .returning(sessions.c.token_hash, sessions.c.team_id, sessions.c.user_id)
    )
    ended = (await conn.execute(statement)).all()
    for team_id, user_id in sorted({(row.team_id, row.user_id) for row in ended}):
        event = SessionRevokedEvent(
            type="session_revoked",
            team_id=team_id,
            user_id=user_id,
            message=message,
            occurred_at=int(now),
        )
        await append(conn, team_id, event, now=now)
    return tuple(row.token_hash for row in ended)


async def count_open(conn: AsyncConnection, *which: ColumnElement[bool], now: float) -> int:
    """Count the open sessions that meet all of `which`."""
    query = (
        select(func.count())
        .select_from(sessions)
        .where(sessions.c.revoked_at.is_(None), sessions.c.expires_at > now, *which)
    )
    return int((await conn.execute(query)).scalar_one())
