"""Tells "the database does not answer" from other errors, so that callers hear 503, not 500.

The rule goes by SQLSTATE (PostgreSQL's manual, appendix A) and by SQLite's result codes, and is the
same for the statement pool, SQLAlchemy and both drivers.
"""

import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from backbone.errors import DatabaseUnavailable

_CLASSES = {
    "08",  # connection exception
    "28",  # invalid authorization: the role may not log in (any more)
    "3D",  # invalid catalog name: the database is renamed or not restored yet
    "53",  # insufficient resources: connections, disk, memory
    "57",  # operator intervention: shutdown, starting up, time-out, cancelled
    "58",  # system error outside PostgreSQL, such as I/O
}
_STATES = {
    "25006",  # read-only transaction: a standby after a failover
    "25P03",  # idle in a transaction for too long
    "25P04",  # the transaction took too long
    "40001",  # serialization failure
    "40P01",  # deadlock, for those who don't try again
    "55P03",  # a lock that did not come free in time
}
# States that say nothing against the connection or the server behind it.
_OF_A_STATEMENT = {"40001", "40P01", "55P03", "57014"}
# The server ends a session, whatever it was doing.
_OF_A_SESSION = {"57P01", "57P02", "57P04", "57P05", "25P03"}
_DISK_FULL = "53100"
_TO_BE_REPEATED = {"40001", "40P01"}

# What asyncpg tells without a state: a connection that is closed or in a mess. What is a ValueError
# as well refuses the caller's values or options.
_CLIENT = (asyncpg.InterfaceError, asyncpg.InternalClientError)

_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,  # also of a file that was moved away
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,  # the write-ahead log's locks
}


def is_unavailable(error: BaseException) -> bool:
    """Return whether an error of SQLAlchemy or a driver means that no database answers."""
    if isinstance(error, PoolTimeoutError | DisconnectionError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return any(_says_unavailable(cause) for cause in _causes(error))


def is_repeatable(error: BaseException) -> bool:
    """Return whether the server undid it all, and the same may succeed at once: a deadlock."""
    return sqlstate(error) in _TO_BE_REPEATED


def spoils_connection(error: BaseException) -> bool:
    """Return whether a connection that is still open must not be used again after such an error.

    A server that became a standby, or shuts down, says so on connections that stay open.
    """
    return sqlstate(error) not in _OF_A_STATEMENT and is_unavailable(error)


def answer_is_lost(error: BaseException) -> bool:
    """Tell, of an error after something was sent, whether the server may have done it all the same.

    It may, unless the server itself says that it has not.
    """
    state = sqlstate(error)
    if state is None:
        return is_unavailable(error) and not any(
            isinstance(cause, sqlite3.Error) for cause in _causes(error)
        )
    return state[:2] == "08" or state in _OF_A_SESSION


def sqlstate(error: BaseException) -> str | None:
    """Return the five characters by which the server names its error, if it is one."""
    for cause in _causes(error):
        state = getattr(cause, "sqlstate", None)
        if isinstance(state, str):
            return state
    return None


def server_message(error: BaseException) -> str | None:
    """Return what the server says about it in words, such as that there is no database of the name.

    Follows `raise … from` as well, so it may be asked of a DatabaseUnavailable.
    """
    found: BaseException | None = error
    while found is not None:
        for cause in _causes(found):
            if isinstance(cause, asyncpg.PostgresError):
                return str(cause)
        found = found.__cause__
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Return the error and, if SQLAlchemy wrapped it (asyncpg's twice), what is within."""
    found: BaseException | None = error
    while found is not None:
        yield found
        if isinstance(found, DBAPIError):
            found = found.orig
        elif type(found).__module__.startswith("sqlalchemy."):
            found = found.__cause__
        else:
            found = None


def _says_unavailable(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        # The low byte is the primary code, the rest tells details.
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _SQLITE
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return state[:2] in _CLASSES or state in _STATES
    if isinstance(error, _CLIENT):
        return not isinstance(error, ValueError)
    return isinstance(error, OSError | TimeoutError)


def is_disk_full(error: BaseException) -> bool:
    """Return whether the database could not write for want of space."""
    return sqlstate(error) == _DISK_FULL or any(
        isinstance(cause, sqlite3.Error)
        and getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        for cause in _causes(error)
    )


@contextmanager
def database_errors(
    noticed: Callable[[BaseException], None] | None = None,
) -> Generator[None, None, None]:
    """Raise DatabaseUnavailable in place of the driver's ways to say so; other errors pass.

    `noticed` hears of each error as the driver tells it.
    """
    try:
        yield
    except DatabaseUnavailable:
        raise
    except Exception as error:
        if noticed is not None:
            noticed(error)
        if is_unavailable(error):
            raise DatabaseUnavailable from error
        raise
