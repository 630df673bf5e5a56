"""Group commit on SQLite: what is to be written while others are committed shares the next commit.

Statements run on the driver's own connection, in the writer's own thread: a group costs the event
loop one round. Refuses transactions that wait for the loop in between; those are `transaction`'s.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar, cast

from sqlalchemy.exc import IntegrityError

from backbone.database.availability import database_errors, is_unavailable
from backbone.database.writer_lock import WriterLock
from backbone.tracing.database import StatementSpans, end_statement

T = TypeVar("T")

MOST = 64
"""Writes in a group: enough for the commit to cost little of each, few enough to be quick."""


class Write(Generic[T]):
    """Work to be done in a group's transaction, and what came of it: a result or an error."""

    def __init__(self, work: Callable[[sqlite3.Connection], T], *, durable: bool) -> None:
        self.work = work
        self.durable = durable
        self.place: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._result: T | None = None
        self._error: Exception | None = None

    def do(self, connection: sqlite3.Connection, *, alone: bool) -> None:
        """Do it, or undo only this; raises when SQLite ended the whole transaction."""
        if not alone:
            connection.execute("SAVEPOINT one")
        try:
            self._result = self.work(connection)
        except Exception as error:
            if alone or not connection.in_transaction or is_unavailable(error):
                raise
            connection.execute("ROLLBACK TO one")
            self._error = error
        if not alone:
            connection.execute("RELEASE one")

    def tell(self, failure: Exception | None = None) -> None:
        """Give the waiting task what came of it, or what became of the whole group."""
        if self.place.done():
            return  # who wanted it has gone
        if (error := failure or self._error) is not None:
            self.place.set_exception(error)
        else:
            self.place.set_result(cast("T", self._result))


class SqliteWriter:
    """The short writes of one process; `connect` opens a connection, `lock` is the engine's.

    A lone write is committed at once. A group is one transaction, in which each write is undone by
    itself when it fails. `noticed` hears of the database's errors, `spans` traces writes.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        lock: WriterLock,
        noticed: Callable[[BaseException], None],
        spans: StatementSpans | None = None,
    ) -> None:
        self._connect = connect
        self._lock = lock
        self._noticed = noticed
        self._spans = spans
        self._waiting: list[Write[Any]] = []
        self._task: asyncio.Task[None] | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._connection: sqlite3.Connection | None = None
        self._durable: bool | None = None

    async def run(
        self, work: Callable[[sqlite3.Connection], T], *, sql: str, durable: bool = True
    ) -> T:
        """Do `work` within a transaction and return its result after the commit.

        `sql` is what a trace shows of it. When all of a group need not be `durable`, the commit
        does not wait for the disk: a power failure may undo it. Raises what `work` raised,
        IntegrityError as SQLAlchemy does, and DatabaseUnavailable; nothing is written then.
        """
        span = None if self._spans is None else self._spans.start(sql)
        failed: Exception | None = None
        try:
            with database_errors(self._noticed):
                return await self._join(Write(work, durable=durable))
        except sqlite3.IntegrityError as error:
            failed = error
            raise IntegrityError(sql, None, error) from error
        except Exception as error:
            failed = error
            raise
        finally:
            if span is not None:
                end_statement(span, failed)

    async def _join(self, write: Write[T]) -> T:
        self._lock.refuse_owner()
        self._waiting.append(write)
        if self._task is None:
            self._task = asyncio.create_task(self._write_all(), name="sqlite-writer")
        return await write.place

    def close(self) -> None:
        """Let go of thread and connection; the next write opens others."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.submit(self._disconnect)
            thread.shutdown(wait=True)

    async def _write_all(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group: list[Write[Any]] = []
                failure: Exception | None = None
                try:
                    async with self._lock:
                        # What came while another transaction had its turn goes along.
                        group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                        group = [write for write in group if not write.place.done()]
                        if group:
                            await loop.run_in_executor(self._opened(), self._commit, group)
                except Exception as error:  # noqa: BLE001 - each of them must hear of it
                    failure = error
                    if not group:
                        group, self._waiting = self._waiting, []
                for write in group:
                    write.tell(failure)
        finally:
            self._task = None

    def _opened(self) -> ThreadPoolExecutor:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        return self._thread

    def _commit(self, group: Sequence[Write[Any]]) -> None:
        """Write a group, in the writer's thread."""
        if self._connection is None:
            self._connection, self._durable = self._connect(), None
        connection = self._connection
        try:
            durable = any(write.durable for write in group)
            if durable is not self._durable:
                connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
                self._durable = durable
            connection.execute("BEGIN IMMEDIATE")
            for write in group:
                write.do(connection, alone=len(group) == 1)
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if is_unavailable(error):
                # A file that was moved away is found again by its name only.
                self._disconnect()
            raise

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
