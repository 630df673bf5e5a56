"""Makes one relay the active one: an advisory lock on PostgreSQL, a lease row on SQLite."""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.availability import database_errors
from backbone.database.engine import is_postgresql, reading, transaction
from backbone.errors import DatabaseUnavailable
from backbone.leases import acquire, release

NAME = "relay"
ADVISORY_KEY = 0x51_1D_3A_02
"""Any fixed number; PostgreSQL's advisory locks are named by one."""

log = structlog.get_logger(__name__)


class RelayLock(Protocol):
    """Who may publish. All verbs may raise DatabaseUnavailable, which also loses the lock."""

    async def acquire(self) -> bool:
        """Try to get it; False when another has it."""

    async def hold(self) -> None:
        """Keep it; return when it is lost."""

    async def release(self) -> None:
        """Give it back, if it is still there; never raises."""

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a connection to read by, while the lock is held."""

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a connection to write by; its block commits, while the lock is held."""


class AdvisoryLock:
    """A session's lock on PostgreSQL. The holder works on the same connection.

    Whoever loses the connection loses the lock and can't write any more; both happen at once.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._lost = asyncio.Event()

    async def acquire(self) -> bool:
        """Try to get it, on a connection that stays open without a transaction."""
        with database_errors():
            connection = await self._engine.connect()
            try:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                got = bool(
                    await connection.scalar(
                        text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_KEY}
                    )
                )
                if got:
                    await self._watch(connection)
                    # What the relay writes may be forgotten in a crash: a message whose deletion is
                    # lost is sent again, which readers must bear anyway. So it waits for no disk.
                    await connection.execute(text("SET synchronous_commit = off"))
            except BaseException:
                await _end(connection)
                raise
            if not got:
                await connection.close()
                return False
        self._connection = connection
        return True

    async def _watch(self, connection: AsyncConnection) -> None:
        self._lost = lost = asyncio.Event()
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101 - an open connection has one
        driver.add_termination_listener(lambda _: lost.set())

    async def hold(self) -> None:
        """Wait until the connection ends."""
        await self._lost.wait()

    async def release(self) -> None:
        """End the connection: the server then frees the lock, whatever state it was in."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await _end(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection, None]:
        """Use the connection that holds the lock."""
        if self._connection is None or self._lost.is_set():
            raise DatabaseUnavailable("The relay's connection is gone.")
        with database_errors():
            yield self._connection

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Use the connection that holds the lock; each statement commits."""
        return self.reading()


async def _end(connection: AsyncConnection) -> None:
    try:
        await connection.invalidate()
        await connection.close()
    except Exception as error:  # noqa: BLE001 - the connection is given up either way
        log.debug("relay_lock_connection_was_gone", error=repr(error))


class LeaseLock:
    """A row that must be renewed; a dead holder's successor waits `seconds` at the most."""

    def __init__(
        self, engine: AsyncEngine, seconds: float, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._engine = engine
        self._seconds = seconds
        self._clock = clock
        self._holder = secrets.token_hex(8)

    async def acquire(self) -> bool:
        """Take the lease if it is free, over or ours."""
        async with transaction(self._engine) as conn:
            return await acquire(conn, NAME, self._holder, self._clock(), self._seconds)

    async def hold(self) -> None:
        """Renew the lease until somebody else has it."""
        while True:
            await asyncio.sleep(self._seconds / 3)
            try:
                # A renewal that comes too late must not count, so it is bounded by the lease.
                async with asyncio.timeout(self._seconds / 2):
                    if not await self.acquire():
                        return
            except (DatabaseUnavailable, TimeoutError):
                return

    async def release(self) -> None:
        """Give the lease back, so that the next relay need not wait for its end."""
        try:
            async with transaction(self._engine) as conn:
                await release(conn, NAME, self._holder)
        except DatabaseUnavailable:
            log.info("relay_lease_expires_by_itself")

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open any connection of the engine."""
        return reading(self._engine)

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction."""
        return transaction(self._engine)


def relay_lock(engine: AsyncEngine, *, lease_seconds: float = 3.0) -> RelayLock:
    """Make the lock that fits the database."""
    return AdvisoryLock(engine) if is_postgresql(engine) else LeaseLock(engine, lease_seconds)
