"""Refuses a pooler between us and PostgreSQL that breaks what sessions are relied on for.

Its transaction mode lends one session to several connections: statements prepared on one are on
another, LISTEN hears nothing. And a pooler may drop the settings that a connection asks for, by
which the server ends what a client has given up.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.availability import sqlstate
from backbone.database.engine import STATEMENT_TIMEOUT_SECONDS, create_engine, reading
from backbone.errors import SettingsError

_SESSION: Final = text(
    "SELECT pg_backend_pid(), setting FROM pg_settings WHERE name = 'statement_timeout'"
)
_OF_ANOTHER_SESSION: Final = frozenset({"26000", "42P05"})
"""A prepared statement that is not there, or is there already."""


async def refuse_pooler(url: str) -> None:
    """Open two connections to PostgreSQL and compare their sessions.

    Raises:
        DatabaseUnavailable: it does not answer.
        SettingsError: a pooler is in between that can't be used; says what to do.
    """
    engine = create_engine(url, pool_size=2, application="slipway-start")
    try:
        async with reading(engine) as one, reading(engine) as other:
            check_sessions(await _session(one), await _session(other))
    except DBAPIError as error:
        if sqlstate(error) not in _OF_ANOTHER_SESSION:
            raise
        raise SettingsError(_SHARED) from error
    finally:
        await engine.dispose()


def check_sessions(one: tuple[int, str], other: tuple[int, str]) -> None:
    """Look at two sessions, each the server's process and the statement's time-out there.

    Raises SettingsError.
    """
    if one[0] == other[0]:
        raise SettingsError(_SHARED)
    wanted = str(round(STATEMENT_TIMEOUT_SECONDS * 1000))
    for _, given in (one, other):
        if given in {"0", ""} or int(given) > int(wanted):
            raise SettingsError(_DROPPED.format(given=given, wanted=wanted))


async def _session(connection: AsyncConnection) -> tuple[int, str]:
    pid, timeout = (await connection.execute(_SESSION)).one()
    return int(pid), str(timeout)


_SHARED: Final = (
    "DATABASE_URL leads to a pooler such as PgBouncer that lends one session to several "
    "connections. Slipway keeps sessions (LISTEN, prepared statements), which transaction mode "
    "breaks: name PostgreSQL itself, or a pool with pool_mode=session"
)
_DROPPED: Final = (
    "DATABASE_URL leads to a pooler such as PgBouncer that drops the settings of our sessions: "
    "statement_timeout is {given} there. An order that was refused could be recorded later: name "
    "PostgreSQL itself, or set it for the role (ALTER ROLE … SET statement_timeout = {wanted}; "
    "idle_in_transaction_session_timeout, too)"
)
