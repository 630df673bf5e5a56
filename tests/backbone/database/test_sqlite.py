"""How SQLite connections begin and end: a cancelled task leaves no lock on the file."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from backbone.database.engine import create_engine, transaction


async def test_a_cancelled_statement_gives_the_lock_back(tmp_path: Path) -> None:
    path = tmp_path / "slipway.db"
    engine = create_engine(f"sqlite:///{path}")
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> int:
        begun.set()
        go_on.wait(60)
        return 1

    async def write() -> None:
        async with transaction(engine) as connection:
            pooled = await connection.get_raw_connection()
            await pooled.driver_connection.create_function("wait", 0, wait)  # type: ignore[union-attr]
            # A second row, so that the statement is unfinished when the first has been read.
            await connection.execute(text("SELECT wait() UNION ALL SELECT 2"))

    try:
        writing = asyncio.create_task(write())
        await asyncio.to_thread(begun.wait, 60)
        writing.cancel()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await writing
        other = sqlite3.connect(path, timeout=0)
        other.execute("BEGIN IMMEDIATE")
        other.close()
    finally:
        await engine.dispose()
