"""Look-ups in SQLite on the event loop itself: by an index one takes less than a thread's turn.

Refuses what reads many rows: nothing else goes on until it is done.
"""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from backbone.database.availability import database_errors
from backbone.tracing.database import StatementSpans, end_statement


class SqliteReader:
    """One connection, made at need by `connect`; arguments are those of SqliteWriter."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        noticed: Callable[[BaseException], None],
        spans: StatementSpans | None = None,
    ) -> None:
        self._connect = connect
        self._noticed = noticed
        self._spans = spans
        self._connection: sqlite3.Connection | None = None

    def fetch(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a SELECT with values by name; JSON comes as text. Raises DatabaseUnavailable."""
        span = None if self._spans is None else self._spans.start(sql)
        failed: Exception | None = None
        try:
            with database_errors(self._noticed):
                if self._connection is None:
                    self._connection = self._connect()
                return self._connection.execute(sql, values).fetchall()
        except Exception as error:
            failed = error
            # A file that was moved away is found again by its name only.
            self.close()
            raise
        finally:
            if span is not None:
                end_statement(span, failed)

    def close(self) -> None:
        """Let go of the connection; the next look-up makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
