"""Makes one relay the active one: a numbered lease that ends by the database's clock.

A relay that freezes, or whose host vanishes, holds nothing that its successor needs: its lease runs
out by the database's clock, and what it deletes later is refused by the lease's number.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Protocol

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.availability import database_errors
from backbone.database.engine import is_postgresql, reading, statement, transaction
from backbone.errors import DatabaseUnavailable, SlipwayError
from backbone.leases import acquire, release
from backbone.relay.queue import LEASE

log = structlog.get_logger(__name__)


class LeaseLost(SlipwayError):  # noqa: N818 - it tells what happened
    """The lease has run out, or another has it."""


def running_clock() -> float:
    """Seconds that go on while the process is frozen and, where it can be told, the host sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class RelayLock(Protocol):
    """Who may publish. The verbs may raise DatabaseUnavailable, but for `check` and `release`."""

    @property
    def fence(self) -> int | None:
        """The number of this holding; a later one's is higher."""

    async def acquire(self) -> bool:
        """Try to get it; False when another has it."""

    async def hold(self) -> None:
        """Keep it; return when it is lost."""

    def check(self) -> None:
        """Raise LeaseLost unless nobody else can have it at this moment."""

    async def release(self) -> None:
        """Give it back, if it is still there; never raises."""

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a connection to read by, while the lock is held."""

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a connection to write by; its block commits, while the lock is held."""


class LeaseLock:
    """A row that must be renewed; its successor waits `seconds` at the most.

    On PostgreSQL the holder works on a connection of its own, each statement of which commits.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        seconds: float,
        *,
        clock: Callable[[], float] = running_clock,
    ) -> None:
        self._engine = engine
        self._seconds = seconds
        self._clock = clock
        self._holder = secrets.token_hex(8)
        self._fence: int | None = None
        self._until = 0.0
        self._connection: AsyncConnection | None = None
        self._gone = asyncio.Event()

    @property
    def fence(self) -> int | None:
        """As `RelayLock.fence`."""
        return self._fence

    async def acquire(self) -> bool:
        """Take the lease if it is free, over or ours."""
        if not await self._take():
            return False
        if is_postgresql(self._engine):
            try:
                await self._connect()
            except BaseException:
                await self.release()
                raise
        return True

    async def hold(self) -> None:
        """Renew the lease until somebody else has it, or it runs out, or the connection ends."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds / 3):
                    await self._gone.wait()
            if self._gone.is_set():
                return
            try:
                # Bounded, so that one lost packet leaves time for another try.
                async with asyncio.timeout(self._seconds / 3):
                    if not await self._take():
                        log.warning("relay_lease_was_taken")
                        return
            except (DatabaseUnavailable, TimeoutError):
                if self._clock() >= self._until:
                    log.warning("relay_lease_ran_out")
                    return

    def check(self) -> None:
        """Raise LeaseLost when the lease may have run out, however long this process was frozen."""
        if self._clock() >= self._until:
            raise LeaseLost("the relay's lease has run out")

    async def release(self) -> None:
        """Give the lease back, so that the next relay need not wait for its end."""
        self._until = 0.0
        connection, self._connection = self._connection, None
        if connection is not None:
            await _end(connection)
        try:
            async with asyncio.timeout(self._seconds), statement(self._engine) as conn:
                await release(conn, LEASE, self._holder)
        except (DatabaseUnavailable, TimeoutError):
            log.info("relay_lease_expires_by_itself")

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Use the holder's connection on PostgreSQL, and any on SQLite."""
        return self._own() if is_postgresql(self._engine) else reading(self._engine)

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Use the holder's connection on PostgreSQL, and a transaction on SQLite."""
        return self._own() if is_postgresql(self._engine) else transaction(self._engine)

    @asynccontextmanager
    async def _own(self) -> AsyncGenerator[AsyncConnection, None]:
        if self._connection is None or self._gone.is_set():
            raise DatabaseUnavailable("The relay's connection is gone.")
        with database_errors():
            yield self._connection

    async def _take(self) -> bool:
        # Counted from before, so it is over here before it is in the database.
        began = self._clock()
        async with statement(self._engine) as conn:
            fence = await acquire(conn, LEASE, self._holder, self._seconds)
        if fence is None:
            return False
        if self._until and fence != self._fence:
            return False  # it ran out, and another had it in between
        self._fence = fence
        self._until = began + self._seconds
        return True

    async def _connect(self) -> None:
        with database_errors():
            connection = await self._engine.connect()
            try:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                # What the relay writes may be forgotten in a crash: a message whose deletion is
                # lost is sent again, which readers must bear anyway. So it waits for no disk.
                await connection.execute(text("SET synchronous_commit = off"))
                self._gone = gone = asyncio.Event()
                driver = (await connection.get_raw_connection()).driver_connection
                assert driver is not None  # noqa: S101 - an open connection has one
                driver.add_termination_listener(lambda _: gone.set())
            except BaseException:
                await _end(connection)
                raise
        self._connection = connection


async def _end(connection: AsyncConnection) -> None:
    try:
        await connection.invalidate()
        await connection.close()
    except Exception as error:  # noqa: BLE001 - the connection is given up either way
        log.debug("relay_connection_was_gone", error=repr(error))
