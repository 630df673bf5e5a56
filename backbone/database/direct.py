"""A PostgreSQL statement that skips SQLAlchemy's machinery where it may, for the hottest paths.

It refuses to skip it inside a transaction, which the driver's own interface would not have begun.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.availability import database_errors
from backbone.database.engine import engine_state, reading

Values = Mapping[str, Any]
Row = Sequence[Any]

_NAME = re.compile(r"(?<![:\w]):([a-z_]+)")
_AUTOCOMMIT = "autocommit"
_BREAKING = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InternalClientError,
    OSError,
)


class DirectStatement:
    """SQL with named values (`:name`).

    On an engine it is its own commit, by the engine's statement pool (SQLite has none and only
    reads so). On a connection in autocommit mode (see `statement` and `reading`) it goes through
    that connection's driver; inside a transaction it is a part of it. asyncpg keeps it prepared.
    Types come from the SQL, so CAST what has none there; JSON is text.
    """

    def __init__(self, sql: str) -> None:
        self._text = text(sql)
        self._names = tuple(dict.fromkeys(_NAME.findall(sql)))
        places = {name: f"${place}" for place, name in enumerate(self._names, 1)}
        self._sql = _NAME.sub(lambda found: places[found[1]], sql)

    async def first(self, on: AsyncConnection | AsyncEngine, values: Values) -> Row | None:
        """Run it and return the first row, or None. Raises IntegrityError as SQLAlchemy does.

        On an engine it raises DatabaseUnavailable.
        """
        rows = await self.all(on, values)
        return rows[0] if rows else None

    async def all(self, on: AsyncConnection | AsyncEngine, values: Values) -> Sequence[Row]:
        """Run it and return the rows. Raises as `first` does."""
        try:
            if not isinstance(on, AsyncEngine):
                return await self._all_within(on, values)
            statement_pool = engine_state(on).statement_pool
            if statement_pool is None:
                async with reading(on) as conn:
                    return await self._all_within(conn, values)
            with database_errors():
                return await statement_pool.fetch(self._sql, self._values(values))
        except asyncpg.IntegrityConstraintViolationError as error:
            raise IntegrityError(self._sql, None, error) from error

    def _values(self, values: Values) -> list[Any]:
        return [values[name] for name in self._names]

    async def _all_within(self, conn: AsyncConnection, values: Values) -> Sequence[Row]:
        driver = await _driver(conn)
        if driver is None:
            result = await conn.execute(self._text, dict(values))
            return result.all() if result.returns_rows else ()
        try:
            rows: Sequence[Row] = await driver.fetch(self._sql, *self._values(values))
        except BaseException as error:
            if driver.is_closed() or isinstance(error, _BREAKING):
                # SQLAlchemy has not seen it break, and would lend it out again.
                driver.terminate()
                await conn.invalidate()
            raise
        return rows


async def _driver(conn: AsyncConnection) -> Any | None:
    """Return driver's connection if it may be used as it is; a closed one SQLAlchemy must see."""
    lent = (await conn.get_raw_connection()).dbapi_connection
    if lent is None or lent.isolation_level != _AUTOCOMMIT:
        return None
    driver: Any = lent.driver_connection
    return None if driver.is_closed() else driver
