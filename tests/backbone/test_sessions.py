"""Sessions that end: once, with an event per team and user, at the moment that ends them."""

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading, transaction
from backbone.database.tables import events, sessions, users
from backbone.sessions import end_sessions
from tests.backbone.rows import make_team

NOW = 1_000_000.0
"""Long ago by the clock of the machine, which must not show in what is written."""


async def test_sessions_end_by_the_moment_that_they_are_told(engine: AsyncEngine) -> None:
    await make_team(engine)
    async with transaction(engine) as conn:
        await conn.execute(
            insert(users),
            {"id": 3, "email": "u@example.com", "display_name": "U", "password_hash": "x"},
        )
        one = {"user_id": 3, "team_id": 7, "created_at": NOW - 5, "expires_at": NOW + 5}
        await conn.execute(insert(sessions), [one | {"token_hash": name} for name in ("a", "b")])
        ended = await end_sessions(
            conn, sessions.c.user_id == 3, now=NOW, reason="logout", message="Bye"
        )
    assert sorted(ended) == ["a", "b"]
    async with reading(engine) as conn:
        told = (
            await conn.execute(select(events.c.type, events.c.occurred_at, events.c.created_at))
        ).all()
        revoked = (await conn.execute(select(sessions.c.revoked_at))).scalars().all()
    assert [tuple(row) for row in told] == [("session_revoked", NOW, NOW)]
    assert revoked == [NOW, NOW]
