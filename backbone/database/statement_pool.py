"""Connections to PostgreSQL for statements that are a commit of their own; SQLAlchemy stays out.

What it would do for each of them (a greenlet, a checkout, a dialect's cursor) costs more than the
statement. Refuses transactions: each statement may go to another connection.
"""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asyncpg
from opentelemetry.trace import Span
from sqlalchemy.exc import IntegrityError

from backbone.database.availability import (
    answer_is_lost,
    database_errors,
    is_repeatable,
    spoils_connection,
)
from backbone.errors import AnswerLost, DatabaseUnavailable
from backbone.tcp import socket_of, watch_peer
from backbone.tracing.database import StatementSpans, end_statement

TRIES = 3
"""How often a statement is run that the server ends because of a deadlock."""

_PAUSE_SECONDS = 0.02


class StatementPool:
    """At most `size` connections, made at need; the one used last is lent first.

    `options` are those of `asyncpg.connect`; `acquire_timeout` is how many seconds a statement
    waits for a connection; `noticed` hears of errors; `spans` traces statements.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        size: int,
        acquire_timeout: float,
        noticed: Callable[[BaseException], None] | None = None,
        spans: StatementSpans | None = None,
    ) -> None:
        self._options = options
        self._acquire_timeout = acquire_timeout
        self._noticed = noticed
        self._spans = spans
        self.size = size
        self.in_use = 0
        self._free = asyncio.Semaphore(size)
        self._idle: list[asyncpg.Connection[asyncpg.Record]] = []

    async def fetch(self, sql: str, values: Sequence[object]) -> list[asyncpg.Record]:
        """Run a statement and give its rows; asyncpg keeps it prepared on each connection.

        A deadlock, which the server undoes whole, is met by another try. Raises IntegrityError as
        SQLAlchemy does, DatabaseUnavailable, AnswerLost when nobody knows whether it was done, and
        the driver's other errors.
        """
        if self._spans is not None and (span := self._spans.start(sql)) is not None:
            return await self._fetch_traced(sql, values, span)
        return await self._fetch_told(sql, values)

    async def _fetch_traced(
        self, sql: str, values: Sequence[object], span: Span
    ) -> list[asyncpg.Record]:
        failed: BaseException | None = None
        try:
            return await self._fetch_told(sql, values)
        except BaseException as error:
            failed = error
            raise
        finally:
            end_statement(span, failed)

    async def _fetch_told(self, sql: str, values: Sequence[object]) -> list[asyncpg.Record]:
        try:
            return await self._fetch_repeatedly(sql, values)
        except asyncpg.IntegrityConstraintViolationError as error:
            raise IntegrityError(sql, None, error) from error
        except Exception:
            with database_errors(self._noticed):
                raise

    async def _fetch_repeatedly(self, sql: str, values: Sequence[object]) -> list[asyncpg.Record]:
        if self._free.locked():
            try:
                async with asyncio.timeout(self._acquire_timeout):
                    await self._free.acquire()
            except TimeoutError:
                raise DatabaseUnavailable("All connections are busy.") from None
        else:
            await self._free.acquire()
        self.in_use += 1
        try:
            for _ in range(TRIES - 1):
                try:
                    return await self._fetch(sql, values)
                except asyncpg.PostgresError as error:
                    if not is_repeatable(error):
                        raise
                await asyncio.sleep(_PAUSE_SECONDS * random.random())  # noqa: S311 - jitter
            return await self._fetch(sql, values)
        finally:
            self.in_use -= 1
            self._free.release()

    async def _fetch(self, sql: str, values: Sequence[object]) -> list[asyncpg.Record]:
        connection = await self._lend()
        try:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *values)
        except BaseException as error:
            # Only an error that the server reported leaves a connection in a known state.
            known = isinstance(error, asyncpg.PostgresError) and not spoils_connection(error)
            if known and not connection.is_closed():
                self._idle.append(connection)
            else:
                connection.terminate()
            if answer_is_lost(error):
                raise AnswerLost from error
            raise
        self._idle.append(connection)
        return rows

    def close(self) -> None:
        """Let go of all connections that are not in use."""
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.terminate()

    async def _lend(self) -> "asyncpg.Connection[asyncpg.Record]":
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        connection = await asyncpg.connect(**self._options)
        watch_peer(socket_of(connection))
        return connection
