"""Which errors mean that no database answers: one rule, whoever reports it."""

import sqlite3

import asyncpg
import pytest
from asyncpg.exceptions._base import DataError as ClientDataError
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from backbone.database.availability import (
    answer_is_lost,
    database_errors,
    is_repeatable,
    is_unavailable,
    server_message,
    spoils_connection,
    sqlstate,
)
from backbone.errors import DatabaseUnavailable


def postgres(state: str) -> asyncpg.PostgresError:
    return asyncpg.PostgresError.new({"C": state, "M": f"the server says {state}"})


def wrapped(error: Exception) -> DBAPIError:
    """Wrap it as SQLAlchemy does: an error of its dialect, caused by the driver's."""
    dialects = AsyncAdapt_asyncpg_dbapi.Error(str(error))
    dialects.__cause__ = error
    return DBAPIError("SELECT 1", None, dialects)


def sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("no")
    error.sqlite_errorcode = code
    return error


UNAVAILABLE = [
    "08000", "08006", "28000", "28P01", "3D000", "53100", "53300", "57014", "57P01", "57P03",
    "57P04", "57P05", "58030", "55P03", "40P01", "40001", "25006", "25P03",
]  # fmt: skip
OTHERS = ["42P01", "42501", "23505", "22P02", "55000", "55006", "XX000", "25001", "0A000"]


@pytest.mark.parametrize("wrap", [lambda error: error, wrapped], ids=["driver", "sqlalchemy"])
@pytest.mark.parametrize(
    ("state", "away"), [*((s, True) for s in UNAVAILABLE), *((s, False) for s in OTHERS)]
)
def test_the_rule_goes_by_sqlstate(state, away, wrap):
    error = wrap(postgres(state))
    assert sqlstate(error) == state
    assert is_unavailable(error) is away


@pytest.mark.parametrize("wrap", [lambda error: error, wrapped], ids=["driver", "sqlalchemy"])
@pytest.mark.parametrize(
    ("error", "away"),
    [
        (asyncpg.InterfaceError("connection is closed"), True),
        (asyncpg.InternalClientError("half a message"), True),
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (ClientDataError("$1 is no integer"), False),
        (asyncpg.ClientConfigurationError("no such option"), False),
        (KeyError("x"), False),
    ],
)
def test_what_the_driver_says_without_a_state(error, away, wrap):
    assert is_unavailable(wrap(error)) is away


@pytest.mark.parametrize(
    ("code", "away"),
    [
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, True),
        (sqlite3.SQLITE_READONLY_DBMOVED, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_ERROR, False),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, False),
    ],
)
def test_the_rule_for_sqlite(code, away):
    assert is_unavailable(sqlite(code)) is away
    assert is_unavailable(OperationalError("SELECT 1", None, sqlite(code))) is away


def test_a_pool_that_has_no_connection_is_unavailable():
    assert is_unavailable(PoolTimeoutError())


def test_an_error_of_a_statement_leaves_its_connection_good():
    good = {state for state in UNAVAILABLE if not spoils_connection(wrapped(postgres(state)))}
    assert good == {"57014", "55P03", "40P01", "40001"}
    assert not spoils_connection(postgres("23505"))


@pytest.mark.parametrize("wrap", [lambda error: error, wrapped], ids=["driver", "sqlalchemy"])
def test_the_answer_is_lost_unless_the_server_says_that_it_did_nothing(wrap):
    lost = {s for s in UNAVAILABLE + OTHERS if answer_is_lost(wrap(postgres(s)))}
    assert lost == {"08000", "08006", "57P01", "57P04", "57P05", "25P03"}
    assert answer_is_lost(wrap(TimeoutError()))
    assert answer_is_lost(wrap(ConnectionResetError()))
    assert answer_is_lost(wrap(asyncpg.InterfaceError("connection was closed")))
    assert not answer_is_lost(wrap(ClientDataError("$1 is no integer")))
    assert not answer_is_lost(OperationalError("COMMIT", None, sqlite(sqlite3.SQLITE_BUSY)))


def test_only_what_the_server_undid_may_be_repeated():
    assert {s for s in UNAVAILABLE + OTHERS if is_repeatable(postgres(s))} == {"40P01", "40001"}
    assert not is_repeatable(TimeoutError())


def test_callers_hear_one_error_and_may_ask_what_the_server_said():
    with pytest.raises(DatabaseUnavailable) as caught, database_errors():
        raise wrapped(postgres("3D000"))
    assert server_message(caught.value) == "the server says 3D000"
    assert server_message(DatabaseUnavailable()) is None
    with pytest.raises(KeyError), database_errors():
        raise KeyError
