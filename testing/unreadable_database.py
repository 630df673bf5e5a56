"""A database that nobody can open."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import create_engine

_DRIVERS = "_connection_worker_thread"
SECONDS = 60.0


@asynccontextmanager
async def unreadable_database(folder: Path) -> AsyncIterator[AsyncEngine]:
    """Make an engine on a SQLite file that can be neither opened nor made: a folder has its name.

    For each attempt aiosqlite leaves a thread that ends by itself, but reports that to the loop. A
    loop that is closed by then makes it an error of whichever test runs, so it is waited for.
    """
    path = folder / "none.db"
    path.mkdir()
    before = set(threading.enumerate())
    engine = create_engine(f"sqlite:///{path}")
    yield engine
    await engine.dispose()
    for thread in set(threading.enumerate()) - before:
        if _DRIVERS in thread.name:
            thread.join(SECONDS)
