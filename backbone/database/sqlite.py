"""How connections to SQLite are made: with a write-ahead log, and writers that lock at once."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_SECONDS = 10.0

WRITES = "slipway_writes"
"""The execution option of a connection whose transactions write."""

_WAL_TRIES = 200
_WAL_PAUSE_SECONDS = 0.02


def prepare(engine: AsyncEngine) -> None:
    """Have the engine's connections wait for locks, keep foreign keys, and begin as they should."""
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "invalidate", _roll_back)


def connect(path: str) -> sqlite3.Connection:
    """Open a connection of the driver's own, for one thread; transactions are begun by hand."""
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
    )
    _set_up(connection.cursor(), lambda: time.sleep(_WAL_PAUSE_SECONDS))
    return connection


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver's own transactions begin late, when another writer may be in between.
    raw = cast("Any", connection)
    raw.isolation_level = None
    _set_up(
        connection.cursor(),
        lambda: raw.run_async(lambda _: asyncio.sleep(_WAL_PAUSE_SECONDS)),
    )


def _set_up(cursor: DBAPICursor | sqlite3.Cursor, pause: Callable[[], object]) -> None:
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_SECONDS * 1000)}")
    _use_write_ahead_log(cursor, pause)
    # A commit is on the disk, so what was answered and seen holds through a power failure as well.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _use_write_ahead_log(cursor: DBAPICursor | sqlite3.Cursor, pause: Callable[[], object]) -> None:
    """Switch a new file over, once; SQLite does not wait by itself when others do the same."""
    for _ in range(_WAL_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            pause()
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")


def _roll_back(
    connection: DBAPIConnection, _: ConnectionPoolEntry, _error: BaseException | None
) -> None:
    """Roll back on a connection that is given up, as when the task that uses it is cancelled.

    Closing does not do it while a statement is unfinished: SQLite keeps such a connection, and with
    it the file's lock, until Python has collected the cursor (`sqlite3_close_v2`).
    """
    # What was asked for is done in the connection's thread, even if nobody waits for it any more.
    with suppress(asyncio.CancelledError, ValueError, sqlite3.Error):
        connection.rollback()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
