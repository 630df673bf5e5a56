"""What is done to the database of a run: a server of its own, stopped, locked and misconfigured."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress

import asyncpg

from benchmarks.chaos.database import ROLE, Database

TAKING_SECONDS = 5.0

GROWING = ("events", "job_logs", "outbox")
FULL_DISK = """CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$"""
FULL_TABLE = "CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION full_disk()"
"""Makes PostgreSQL refuse each new row of a table as it does on a full disk."""
SPACE = "DROP TRIGGER IF EXISTS full_disk ON {table}"

Fault = Callable[[], Awaitable[None]]


class DatabaseFaults:
    """Each holds for some seconds and is mended again."""

    def __init__(self, database: Database, dice: random.Random) -> None:
        self._database = database
        self._dice = dice

    def kinds(self) -> Mapping[str, Fault]:
        """Return the faults by name."""
        return {
            "stop PostgreSQL": self.stop,
            "forbid the role to log in": self.forbid,
            "rename the database": self.rename,
            "lock the teams": self.lock,
            "use up the connections": self.exhaust,
            "fill the database's disk": self.fill,
        }

    async def stop(self) -> None:
        """Stop the server and start it again."""
        server = self._database.server
        await asyncio.to_thread(server.stop)
        await self._hold()
        await asyncio.to_thread(server.start)

    async def forbid(self) -> None:
        """Refuse new sessions (28000), and end those that are there."""
        await self._database.execute(f"ALTER ROLE {ROLE} NOLOGIN")
        await self._database.end_sessions()
        try:
            await self._hold()
        finally:
            await self._database.execute(f"ALTER ROLE {ROLE} LOGIN")

    async def rename(self) -> None:
        """Take the database away under its name (3D000)."""
        await self._database.rename("slipway", "elsewhere")
        try:
            await self._hold()
        finally:
            await self._database.rename("elsewhere", "slipway")

    async def lock(self) -> None:
        """Hold a lock on all teams, as a forgotten transaction does."""
        connection = await self._database.connect()
        try:
            async with connection.transaction():
                await connection.execute("SELECT 1 FROM teams FOR UPDATE")
                await self._hold()
        finally:
            await connection.close()

    async def exhaust(self) -> None:
        """Take all connections that are free (53300); those in use stay."""
        async with AsyncExitStack() as stack:
            # On a slow machine taking them all would be a longer fault than any other.
            with suppress(asyncpg.PostgresError, TimeoutError):
                async with asyncio.timeout(TAKING_SECONDS):
                    while True:
                        connection = await self._database.connect_as_role()
                        stack.callback(connection.terminate)
            await self._database.end_sessions(share=0.5)
            await self._hold()

    async def fill(self) -> None:
        """Refuse each row with 53100, as PostgreSQL does on a full disk; reading goes on."""
        connection = await self._database.connect()
        try:
            await connection.execute(FULL_DISK)
            # A transaction for each table: who holds one lock and waits for none can't deadlock.
            try:
                for table in GROWING:
                    await connection.execute(FULL_TABLE.format(table=table))
                await self._hold()
            finally:
                for table in GROWING:
                    await connection.execute(SPACE.format(table=table))
        finally:
            await connection.close()

    async def _hold(self) -> None:
        await asyncio.sleep(self._dice.uniform(0.5, 5.0))
