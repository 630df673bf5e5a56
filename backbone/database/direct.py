"""A PostgreSQL statement that skips SQLAlchemy's machinery where it may, for the hottest paths.

It refuses to skip it inside a transaction, which the driver's own interface would not have begun.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import engine_state, reading

Values = Mapping[str, Any]
Row = Sequence[Any]

_NAME = re.compile(r"(?<![:\w]):([a-z_]+)")


class DirectStatement:
    """SQL with named values (`:name`); `sql` is the same with PostgreSQL's numbered ones.

    On an engine it is its own commit, by the engine's statement pool (SQLite has none and only
    reads so). On a connection it is a part of the caller's transaction. Types come from the SQL, so
    CAST what has none there; JSON is text.
    """

    def __init__(self, sql: str) -> None:
        self._named_sql = sql
        self._text = text(sql)
        self._names = tuple(dict.fromkeys(_NAME.findall(sql)))
        places = {name: f"${place}" for place, name in enumerate(self._names, 1)}
        self.sql = _NAME.sub(lambda found: places[found[1]], sql)

    def arguments(self, values: Values) -> list[Any]:
        """Return the values in the order of `sql`."""
        return [values[name] for name in self._names]

    async def first(self, on: AsyncConnection | AsyncEngine, values: Values) -> Row | None:
        """Run it and return the first row, or None. Raises IntegrityError as SQLAlchemy does.

        On an engine it raises DatabaseUnavailable; on SQLite it must then be a look-up by an index,
        as it is done on the loop itself.
        """
        rows: Sequence[Row]
        if isinstance(on, AsyncEngine) and (reader := engine_state(on).sqlite_reader) is not None:
            rows = reader.fetch(self._named_sql, values)
        else:
            rows = await self.all(on, values)
        return rows[0] if rows else None

    async def all(self, on: AsyncConnection | AsyncEngine, values: Values) -> Sequence[Row]:
        """Run it and return the rows. Raises as `first` does."""
        if isinstance(on, AsyncConnection):
            return await self._all_within(on, values)
        statement_pool = engine_state(on).statement_pool
        if statement_pool is not None:
            return await statement_pool.fetch(self.sql, self.arguments(values))
        async with reading(on) as conn:
            return await self._all_within(conn, values)

    async def _all_within(self, conn: AsyncConnection, values: Values) -> Sequence[Row]:
        result = await conn.execute(self._text, dict(values))
        return result.all() if result.returns_rows else ()
