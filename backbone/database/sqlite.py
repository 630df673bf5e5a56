"""How connections to SQLite are made: with a write-ahead log, and writers that lock at once."""

import asyncio
import sqlite3
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


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver's own transactions begin late, when another writer may be in between.
    cast("Any", connection).isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_SECONDS * 1000)}")
    _use_write_ahead_log(connection, cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _use_write_ahead_log(connection: DBAPIConnection, cursor: DBAPICursor) -> None:
    """Switch a new file over, once; SQLite does not wait by itself when others do the same."""
    for _ in range(_WAL_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            cast("Any", connection).run_async(lambda _: asyncio.sleep(_WAL_PAUSE_SECONDS))
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
