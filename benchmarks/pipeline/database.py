"""The databases of the stacks: filled with teams before, asked for jobs and backends during a run."""

import secrets
import time
from collections.abc import Sequence

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backbone.database import tables
from backbone.database.engine import async_url, create_engine, transaction
from backbone.database.migrate import upgrade
from backbone.events.position import new_epoch
from backbone.identity import hash_token
from backbone.seed import TEAM_PERMISSIONS
from benchmarks.pipeline.guide.tables import Base, Team
from benchmarks.pipeline.orders import Session

TEAMS = 20


class JobDatabase:
    """Looks at the jobs of a stack; the columns that it asks for are the same in all stacks."""

    def __init__(self, url: str, *, outbox: bool) -> None:
        self._engine: AsyncEngine = create_async_engine(
            async_url(url), isolation_level="AUTOCOMMIT", pool_size=1
        )
        self._outbox = outbox

    async def ends(self, since: float) -> list[float]:
        """Return when jobs completed (epoch seconds), in order, from `since` on."""
        query = "SELECT ended_at FROM job_logs WHERE status = 'completed' AND ended_at >= :since"
        async with self._engine.connect() as conn:
            return sorted(await conn.scalars(text(query), {"since": since}))

    async def unfinished(self, job_ids: Sequence[int]) -> int:
        """Return how many of these jobs, which were ordered one after the other, have not ended."""
        query = (
            "SELECT count(*) FROM job_logs WHERE ended_at IS NULL AND id BETWEEN :first AND :last"
        )
        values = {"first": min(job_ids), "last": max(job_ids)}
        async with self._engine.connect() as conn:
            return int((await conn.scalars(text(query), values)).one())

    async def backlog(self) -> int:
        """Return how many messages wait to be published; a stack without an outbox has none."""
        if not self._outbox:
            return 0
        async with self._engine.connect() as conn:
            return int((await conn.scalars(text("SELECT count(*) FROM outbox"))).one())

    async def backends(self) -> list[int]:
        """Return the server's processes that work for this database; SQLite has none."""
        if self._engine.dialect.name != "postgresql":
            return []
        query = (
            "SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        async with self._engine.connect() as conn:
            return list(await conn.scalars(text(query)))

    async def close(self) -> None:
        """Close the connection."""
        await self._engine.dispose()


async def fill_slipway(url: str) -> list[Session]:
    """Migrate, and make teams with a user and a session each."""
    await upgrade(url)
    sessions = [Session(team, secrets.token_urlsafe(32)) for team in range(1, TEAMS + 1)]
    now = time.time()
    teams = [
        {
            "id": session.team_id,
            "name": f"Team {session.team_id}",
            "status": "ACTIVE",
            "status_changed_at": now,
            "epoch": new_epoch(),
            "created_at": now,
        }
        for session in sessions
    ]
    users = [
        {
            "id": session.team_id,
            "email": f"user-{session.team_id}@example.com",
            "display_name": f"User {session.team_id}",
            "password_hash": "none",
        }
        for session in sessions
    ]
    memberships = [
        {
            "team_id": session.team_id,
            "user_id": session.team_id,
            "permissions": list(TEAM_PERMISSIONS),
        }
        for session in sessions
    ]
    rows = [
        {
            "token_hash": hash_token(session.token),
            "user_id": session.team_id,
            "team_id": session.team_id,
            "created_at": now,
            "expires_at": now + 86_400,
        }
        for session in sessions
    ]
    engine = create_engine(url, pool_size=1)
    async with transaction(engine) as conn:
        await conn.execute(insert(tables.teams), teams)
        await conn.execute(insert(tables.users), users)
        await conn.execute(insert(tables.memberships), memberships)
        await conn.execute(insert(tables.sessions), rows)
    await engine.dispose()
    return sessions


async def fill_guide(url: str) -> list[Session]:
    """Make the tables and the teams of the guide's style."""
    sessions = [Session(team, secrets.token_urlsafe(32)) for team in range(1, TEAMS + 1)]
    engine = create_async_engine(async_url(url))
    async with engine.begin() as conn:
        await conn.run_sync(Base.metadata.create_all)
        await conn.execute(
            insert(Team),
            [
                {"id": session.team_id, "token": session.token, "status": "ACTIVE"}
                for session in sessions
            ],
        )
    await engine.dispose()
    return sessions
