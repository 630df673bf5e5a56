"""Tells "the database does not answer" from other errors, so that callers hear 503, not 500."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from backbone.errors import DatabaseUnavailable

_POSTGRESQL = (
    asyncpg.PostgresConnectionError,  # class 08
    asyncpg.InsufficientResourcesError,  # class 53: too many connections, disk full
    asyncpg.OperatorInterventionError,  # class 57: shutting down, starting up, cancelled
    asyncpg.ReadOnlySQLTransactionError,  # a standby after a failover
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server ended an idle session, half its message read
)
_SQLITE_PRIMARY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
}


def is_unavailable(error: BaseException) -> bool:
    """Tell whether an error of SQLAlchemy or a driver means that no database answers."""
    if isinstance(error, PoolTimeoutError | DisconnectionError):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        driver = _driver_error(error)
        return driver is not None and is_unavailable(driver)
    if isinstance(error, sqlite3.OperationalError):
        # The low byte is the primary code, the rest tells details.
        return (error.sqlite_errorcode & 0xFF) in _SQLITE_PRIMARY
    return isinstance(error, (*_POSTGRESQL, OSError, TimeoutError))


def _driver_error(error: DBAPIError) -> BaseException | None:
    """SQLAlchemy wraps asyncpg's errors twice; the innermost is the one with a class."""
    origin: BaseException | None = error.orig
    while origin is not None and type(origin).__module__.startswith("sqlalchemy."):
        origin = origin.__cause__
    return origin


@contextmanager
def database_errors() -> Generator[None, None, None]:
    """Raise DatabaseUnavailable in place of the driver's ways to say so; other errors pass."""
    try:
        yield
    except DatabaseUnavailable:
        raise
    except Exception as error:
        if is_unavailable(error):
            raise DatabaseUnavailable from error
        raise
