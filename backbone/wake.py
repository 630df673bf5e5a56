"""Tells a relay that a commit queued a message, within the process and from other processes.

A wake-up may come for nothing and may get lost with a connection: who waits sweeps as well. Who has
no need to wait can stop listening for that time, so that PostgreSQL wakes nobody.
"""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

import asyncpg
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import engine_state, is_postgresql
from backbone.outbox import CHANNEL
from backbone.tcp import SERVER_SETTINGS, socket_of, watch_peer

POLL_SECONDS = 0.02
"""How often SQLite's data version is looked at; it has no notifications."""

_TIMEOUT = 5.0
_BACKOFF_MAX = 5.0

log = structlog.get_logger(__name__)


class Wake:
    """Wakes one waiter. PostgreSQL notifies, SQLite is polled; the same engine calls `notify`.

    Unless it is `alone` on its engine, it hears of the engine's own commits as of all others.

    An asynchronous context manager: it can be woken between entry and exit. PostgreSQL is listened
    to from the first `wait` on, and not between `unlisten` and the next one.
    """

    def __init__(self, engine: AsyncEngine, *, alone: bool = True) -> None:
        self._engine = engine
        self._wakeup = engine_state(engine).wakeup if alone else asyncio.Event()
        self._listener: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._deaf = is_postgresql(engine)
        self._file: sqlite3.Connection | None = None
        self._version = 0
        self._next_look: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        if is_postgresql(self._engine):
            self._listener = asyncio.create_task(self._listen(), name="wake-listener")
        elif (path := self._engine.url.database) and path != ":memory:":
            self._file = sqlite3.connect(path, isolation_level=None)
            self._version = self._data_version()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
        if self._file is not None:
            self._file.close()

    def notify(self) -> None:
        """Wake the waiter, from the event loop of the engine."""
        self._wakeup.set()

    async def unlisten(self) -> None:
        """Have PostgreSQL wake nobody until the next `wait`."""
        if is_postgresql(self._engine) and not self._deaf:
            self._deaf = True
            if (connection := self._connection) is not None:
                with self._ending(connection):
                    await connection.remove_listener(CHANNEL, self._on_notification)

    async def wait(self, seconds: float) -> bool:
        """Wait until something may have been queued, or `seconds` have gone; True when woken.

        Who had stopped listening is woken at once: what was queued in that time was not heard.
        """
        if self._deaf:
            if (connection := self._connection) is not None:
                with self._ending(connection):
                    await connection.add_listener(CHANNEL, self._on_notification)
            self._deaf = False
            return True
        self._look()
        try:
            async with asyncio.timeout(seconds):
                await self._wakeup.wait()
        except TimeoutError:
            return False
        finally:
            if self._next_look is not None:
                self._next_look.cancel()
        self._wakeup.clear()
        return True

    def _look(self) -> None:
        """Look at SQLite's data version, now and every POLL_SECONDS until it has changed."""
        if self._file is None:
            return
        if (version := self._data_version()) != self._version:
            self._version = version
            self._wakeup.set()
        else:
            self._next_look = asyncio.get_running_loop().call_later(POLL_SECONDS, self._look)

    def _data_version(self) -> int:
        # Changes with each commit of any other connection; reads a few bytes of shared memory.
        assert self._file is not None  # noqa: S101 - called only where there is a file
        version: int = self._file.execute("PRAGMA data_version").fetchone()[0]
        return version

    async def _listen(self) -> None:
        url = engine_state(self._engine).dsn
        failures = 0
        while True:
            try:
                connection = await asyncpg.connect(
                    url,
                    timeout=_TIMEOUT,
                    command_timeout=_TIMEOUT,
                    server_settings=dict(SERVER_SETTINGS),
                )
                watch_peer(socket_of(connection))
            except Exception as error:  # noqa: BLE001 - whatever it is, who waits sweeps as well
                failures += 1
                log.warning("wake_listener_waits_for_database", error=type(error).__name__)
                pause = min(_BACKOFF_MAX, 0.1 * 2**failures)
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
                continue
            failures = 0
            lost = asyncio.Event()
            try:
                connection.add_termination_listener(lambda _, lost=lost: lost.set())
                if not self._deaf:
                    await connection.add_listener(CHANNEL, self._on_notification)
                    # What was queued before this connection listened was not heard.
                    self._wakeup.set()
                # Others use it only now, because it does one thing at a time.
                self._connection = connection
                await lost.wait()
            except Exception as error:  # noqa: BLE001 - the next connection may do better
                log.warning("wake_listener_lost_its_connection", error=type(error).__name__)
            finally:
                self._connection = None
                connection.terminate()

    @contextmanager
    def _ending(self, connection: "asyncpg.Connection[asyncpg.Record]") -> Iterator[None]:
        """Give up a connection that fails; the next one listens as it should, and notifies."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the next connection may do better
            log.warning("wake_listener_lost_its_connection", error=type(error).__name__)
            connection.terminate()

    def _on_notification(self, *_: Any) -> None:
        self._wakeup.set()
