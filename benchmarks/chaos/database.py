"""The PostgreSQL of a run: private, with a role of its own that may be taken away."""

from typing import Any

import asyncpg

from testing.postgres import PrivatePostgres, execute

ROLE = "slipway"
_TRIES = 20
TIMEOUT_SECONDS = 120.0
"""Seconds for a superuser to connect: what a busy machine takes is no fault of a run."""


class Database:
    """A private server with the database `slipway` of the role `slipway`. Raises ServiceMissing."""

    def __init__(self) -> None:
        self.server = PrivatePostgres()

    def start(self) -> None:
        """Start it and make role and database."""
        self.server.start()
        execute(self.server.url, f"CREATE ROLE {ROLE} LOGIN")
        execute(self.server.url, f"CREATE DATABASE slipway OWNER {ROLE}")

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@127.0.0.1:{self.server.port}/slipway"

    async def connect(self) -> Any:
        """Return a superuser's connection to the database, which faults do not touch."""
        url = self.server.url.rsplit("/", 1)[0] + "/slipway"
        return await asyncpg.connect(url, timeout=TIMEOUT_SECONDS)

    async def connect_as_role(self) -> Any:
        """One more connection of the role. Raises PostgresError when there are too many."""
        return await asyncpg.connect(self.url, timeout=5)

    async def execute(self, sql: str) -> None:
        """Run a statement as superuser, outside the database `slipway`."""
        connection = await asyncpg.connect(self.server.url, timeout=TIMEOUT_SECONDS)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def end_sessions(self, share: float = 1.0) -> None:
        """End that share of the role's sessions."""
        await self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE usename = '{ROLE}' AND random() < {share}"
        )

    async def rename(self, old: str, new: str) -> None:
        """Rename the database; nobody may come in between, or it could not be renamed."""
        await self.execute(f"ALTER ROLE {ROLE} NOLOGIN")
        try:
            for left in reversed(range(_TRIES)):
                await self.end_sessions()
                try:
                    await self.execute(f"ALTER DATABASE {old} RENAME TO {new}")
                except asyncpg.ObjectInUseError:  # by a session that is on its way out
                    if not left:
                        raise
                else:
                    break
        finally:
            await self.execute(f"ALTER ROLE {ROLE} LOGIN")
