"""Makes the engine of a process and its uses: transactions, reads and single statements."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from backbone.database import sqlite
from backbone.database.availability import (
    answer_is_lost,
    database_errors,
    is_disk_full,
    spoils_connection,
)
from backbone.database.sqlite_reader import SqliteReader
from backbone.database.sqlite_writer import SqliteWriter
from backbone.database.statement_pool import StatementPool
from backbone.database.url import is_postgresql_url, postgres_address
from backbone.database.writer_lock import WriterLock
from backbone.errors import AnswerLost
from backbone.tcp import SERVER_SETTINGS, socket_of, watch_peer
from backbone.tracing.context import is_tracing
from backbone.tracing.database import StatementSpans

CONNECT_TIMEOUT_SECONDS = 5.0
STATEMENT_TIMEOUT_SECONDS = 10.0
"""After so long the server ends a statement: what was refused is not done later, and no backend
waits on for a client that has gone."""
ANSWER_TIMEOUT_SECONDS = 15.0
"""After so long the client gives up, and does not know whether it was done; above the server's."""
IDLE_TRANSACTION_SECONDS = 20.0
"""After so long the server ends a transaction whose client does nothing, such as a frozen one."""
POOL_TIMEOUT_SECONDS = 5.0
DISK_FULL_SECONDS = 30.0
"""How long readiness tells of a full disk after a write that was refused."""

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

_STATE = "slipway_state"
_QUEUED = "slipway_queued"


@dataclass(eq=False)
class EngineState:
    """What an engine's users share: SQLite's turns or a statement pool, wakeup, known sessions.

    `dsn` is what asyncpg connects to. A database in memory has neither `sqlite_writer` nor
    `sqlite_reader`.
    """

    dsn: str = ""
    writer: WriterLock | None = None
    sqlite_writer: SqliteWriter | None = None
    sqlite_reader: SqliteReader | None = None
    statement_pool: StatementPool | None = None
    wakeup: asyncio.Event = field(default_factory=asyncio.Event)
    principals: dict[str, tuple[Any, float]] = field(default_factory=dict)
    loaders: dict[Any, Any] = field(default_factory=dict)
    autocommit: AsyncEngine | None = None
    disk_full_at: float | None = None

    def notice(self, error: BaseException) -> None:
        """Note what a driver told, for readiness."""
        if is_disk_full(error):
            self.disk_full_at = time.monotonic()

    @property
    def disk_is_full(self) -> bool:
        """Whether the database refused a write for want of space a moment ago."""
        return (
            self.disk_full_at is not None
            and time.monotonic() - self.disk_full_at < DISK_FULL_SECONDS
        )


def async_url(url: str) -> URL:
    """Give a `postgresql://…` or `sqlite:///…` URL its asynchronous driver."""
    if is_postgresql_url(url):
        return postgres_address(url).url
    return make_url(url).set(drivername="sqlite+aiosqlite")


def create_engine(
    url: str, *, pool_size: int = 10, application: str = "slipway", unbounded: bool = False
) -> AsyncEngine:
    """Make an engine; it connects on first use and belongs to one event loop.

    SQLite: write-ahead log, `synchronous=FULL`, foreign keys on, writers lock at once.
    PostgreSQL: up to `pool_size` connections for transactions and reads and as many for single
    statements; `application` is their name in `pg_stat_activity`. Statements are bounded in time,
    unless it is `unbounded`, for migrations.
    """
    parsed = async_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, pool_size)
    options: dict[str, Any] = {
        "timeout": CONNECT_TIMEOUT_SECONDS,
        "command_timeout": None if unbounded else ANSWER_TIMEOUT_SECONDS,
        "server_settings": {
            "application_name": application,
            **SERVER_SETTINGS,
            **({} if unbounded else _time_limits()),
        },
    }
    address = postgres_address(url)
    state = EngineState(dsn=address.dsn)
    spans = StatementSpans(parsed) if is_tracing() else None
    engine = create_async_engine(
        parsed,
        pool_size=pool_size,
        # Connections beyond the pool's size would be made and closed all the time under load.
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        pool_use_lifo=True,
        json_serializer=compact_json,
        execution_options={_STATE: state},
        connect_args={**options, "async_creator_fn": address.creator()},
    )
    # What goes there is always the same few statements: planning each once is enough.
    settings = {**options["server_settings"], "plan_cache_mode": "force_generic_plan"}
    statement_pool = StatementPool(
        {"dsn": address.dsn, **options, "server_settings": settings},
        size=pool_size,
        acquire_timeout=POOL_TIMEOUT_SECONDS,
        noticed=state.notice,
        spans=spans,
    )
    if spans is not None:
        spans.watch(engine)
    state.statement_pool = statement_pool
    event.listen(engine.sync_engine, "engine_disposed", lambda _: statement_pool.close())
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    event.listen(engine.sync_engine, "handle_error", _give_up_spoilt)
    event.listen(engine.sync_engine, "connect", _watch_peer)
    return engine


def _time_limits() -> dict[str, str]:
    """Return PostgreSQL's limits, which it counts in milliseconds."""
    return {
        "statement_timeout": str(round(STATEMENT_TIMEOUT_SECONDS * 1000)),
        "idle_in_transaction_session_timeout": str(round(IDLE_TRANSACTION_SECONDS * 1000)),
    }


def _refuse_closed(connection: DBAPIConnection, _: ConnectionPoolEntry, __: object) -> None:
    """Have the pool replace a connection that ended while nobody used it: the driver knows."""
    if cast("Any", connection).driver_connection.is_closed():
        raise DisconnectionError


def _watch_peer(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    watch_peer(socket_of(cast("Any", connection).driver_connection))


def _give_up_spoilt(context: ExceptionContext) -> None:
    """Have the pool replace connections to a server that says that it can't serve."""
    if spoils_connection(context.original_exception):
        context.is_disconnect = True


def _sqlite(url: URL, pool_size: int) -> AsyncEngine:
    in_memory = url.database in {None, "", ":memory:"}
    if url.database is not None and not in_memory:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    lock = WriterLock(sqlite.BUSY_TIMEOUT_SECONDS)
    state = EngineState(writer=lock)
    engine = create_async_engine(
        url,
        json_serializer=compact_json,
        execution_options={_STATE: state},
        connect_args={"timeout": sqlite.BUSY_TIMEOUT_SECONDS},
        **({} if in_memory else _sqlite_pool(pool_size)),
    )
    spans = StatementSpans(url) if is_tracing() else None
    if spans is not None:
        spans.watch(engine)
    sqlite.prepare(engine)
    if not in_memory:
        connect = partial(sqlite.connect, str(url.database))
        state.sqlite_writer = writer = SqliteWriter(connect, lock, state.notice, spans)
        state.sqlite_reader = reader = SqliteReader(connect, state.notice, spans)
        event.listen(engine.sync_engine, "engine_disposed", lambda _: writer.close())
        event.listen(engine.sync_engine, "engine_disposed", lambda _: reader.close())
    return engine


def _sqlite_pool(size: int) -> dict[str, Any]:
    # Each connection is a thread; more of them would be begun and ended all the time under load.
    return {"pool_size": size, "max_overflow": 0, "pool_timeout": POOL_TIMEOUT_SECONDS}


def compact_json(value: object) -> str:
    """Encode as JSON text without spaces or escapes of non-ASCII characters."""
    return _JSON.encode(value)


def is_postgresql(connection: AsyncConnection | AsyncEngine) -> bool:
    """Return whether PostgreSQL is behind it; the alternative is SQLite."""
    return connection.dialect.name == "postgresql"


def engine_state(engine: AsyncEngine) -> EngineState:
    """Return what the engine's users share."""
    return cast("EngineState", engine.get_execution_options()[_STATE])


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """Open a transaction that writes: one commit at the end, or a rollback when the block raises.

    Raises DatabaseUnavailable, and AnswerLost when the commit may have been done. The commit wakes
    the relay if the block queued a message.
    """
    state = engine_state(engine)
    async with AsyncExitStack() as stack:
        stack.enter_context(database_errors(state.notice))
        if state.writer is not None:
            await stack.enter_async_context(state.writer)
        connection = await stack.enter_async_context(engine.connect())
        await connection.execution_options(**{sqlite.WRITES: True})
        connection.info.pop(_QUEUED, None)
        committing = False
        try:
            async with connection.begin():
                yield connection
                committing = True
        except Exception as error:
            if committing and answer_is_lost(error):
                raise AnswerLost from error
            raise
        queued = connection.info.pop(_QUEUED, False)
    if queued:
        state.wakeup.set()


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """Open a connection to read by; each statement is a snapshot. Raises DatabaseUnavailable."""
    state = engine_state(engine)
    if is_postgresql(engine):
        if state.autocommit is None:
            # Saves the round trips of BEGIN and ROLLBACK; lends the same connections.
            state.autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        engine = state.autocommit
    with database_errors(state.notice):
        async with engine.connect() as connection:
            yield connection


@asynccontextmanager
async def statement(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """Open a connection for one writing statement, its own commit; it queues no message.

    Raises DatabaseUnavailable.
    """
    # In PostgreSQL's autocommit mode what can read can write.
    opened = reading(engine) if is_postgresql(engine) else transaction(engine)
    async with opened as connection:
        yield connection


def connections_in_use(engine: AsyncEngine) -> list[tuple[str, int, int]]:
    """Tell of each pool its name, how many of its connections are in use, and how many may be."""
    found = []
    pool = engine.pool
    if isinstance(pool, QueuePool):
        found.append(("transactions", pool.checkedout(), pool.size()))
    statement_pool = engine_state(engine).statement_pool
    if statement_pool is not None:
        found.append(("statements", statement_pool.in_use, statement_pool.size))
    return found


def mark_queued(written: AsyncConnection | AsyncEngine) -> None:
    """Note that the transaction queues a message, so that its commit wakes the relay.

    An engine stands for a direct statement, whose commit is over.
    """
    if isinstance(written, AsyncEngine):
        engine_state(written).wakeup.set()
    else:
        written.info[_QUEUED] = True
