"""Group commit on SQLite: who shares a commit, who is undone, who hears which error."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import create_engine, engine_state, transaction
from backbone.database.sqlite_writer import SqliteWriter
from backbone.errors import DatabaseUnavailable

Work = Callable[[sqlite3.Connection], Any]
_FULL, _NORMAL = 2, 1


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(f"sqlite:///{tmp_path}/writer.db")
    async with transaction(engine) as conn:
        await conn.exec_driver_sql("CREATE TABLE rows (number INTEGER PRIMARY KEY)")
    yield engine
    await engine.dispose()


@pytest.fixture
def writer(engine: AsyncEngine) -> SqliteWriter:
    writer = engine_state(engine).sqlite_writer
    assert writer is not None
    return writer


def insert(number: int) -> Work:
    return lambda connection: connection.execute("INSERT INTO rows VALUES (?)", (number,))


def synchronous(connection: sqlite3.Connection) -> int:
    level: int = connection.execute("PRAGMA synchronous").fetchone()[0]
    return level


async def numbers(engine: AsyncEngine) -> list[int]:
    async with engine.connect() as conn:
        return list((await conn.exec_driver_sql("SELECT number FROM rows ORDER BY 1")).scalars())


async def together(
    engine: AsyncEngine, writer: SqliteWriter, *works: Work, durable: bool = True
) -> list[Any]:
    """Write what comes while another transaction has its turn; return results and errors."""
    async with transaction(engine):
        tasks = [asyncio.create_task(writer.run(w, sql="", durable=durable)) for w in works]
        await asyncio.sleep(0)
    return list(await asyncio.gather(*tasks, return_exceptions=True))


async def test_what_comes_meanwhile_shares_a_transaction(engine, writer):
    begun: list[str] = []

    def watched(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(begun.append)

    await writer.run(watched, sql="")
    await together(engine, writer, insert(1), insert(2), insert(3))
    assert await numbers(engine) == [1, 2, 3]
    assert [sql for sql in begun if sql.startswith(("BEGIN", "COMMIT"))] == [
        "COMMIT",  # of the one that watches
        "BEGIN IMMEDIATE",
        "COMMIT",
    ]


async def test_what_fails_is_undone_by_itself(engine, writer):
    def spoilt(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO rows VALUES (9)")
        raise ValueError("changed its mind")

    found = await together(engine, writer, insert(1), spoilt, insert(1), insert(2))
    assert [type(error) for error in found[1:3]] == [ValueError, IntegrityError]
    assert await numbers(engine) == [1, 2]


async def test_an_error_of_the_database_undoes_all(engine, writer):
    def full(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA max_page_count = 1")
        connection.execute("CREATE TABLE more AS SELECT zeroblob(100000) AS filling")

    found = await together(engine, writer, insert(1), full, insert(2))
    assert [type(error) for error in found] == [DatabaseUnavailable] * 3
    assert await numbers(engine) == []
    assert engine_state(engine).disk_is_full
    await writer.run(insert(3), sql="")
    assert await numbers(engine) == [3]


async def test_only_what_need_not_last_leaves_the_disk_its_time(engine, writer):
    assert await writer.run(synchronous, sql="") == _FULL
    assert await writer.run(synchronous, sql="", durable=False) == _NORMAL
    lasting = asyncio.create_task(writer.run(synchronous, sql=""))
    passing = asyncio.create_task(writer.run(synchronous, sql="", durable=False))
    assert await asyncio.gather(lasting, passing) == [_FULL, _FULL]


async def test_who_has_gone_writes_nothing(engine, writer):
    async with transaction(engine):
        gone = asyncio.create_task(writer.run(insert(1), sql=""))
        stays = asyncio.create_task(writer.run(insert(2), sql=""))
        await asyncio.sleep(0)
        gone.cancel()
    await stays
    assert await numbers(engine) == [2]


async def test_a_write_within_a_transaction_would_wait_for_itself(engine, writer):
    async with transaction(engine):
        with pytest.raises(RuntimeError, match="use its connection"):
            await writer.run(insert(1), sql="")


async def test_a_disposed_engine_can_be_used_again(engine, writer):
    await writer.run(insert(1), sql="")
    await engine.dispose()
    await writer.run(insert(2), sql="")
    assert await numbers(engine) == [1, 2]
