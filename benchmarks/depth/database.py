"""Databases filled to a depth, on PostgreSQL or on SQLite; with `keep` they are made once and copied."""

import asyncio
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from backbone.database.engine import create_engine
from backbone.database.migrate import upgrade
from benchmarks.depth.fill import Size, fill, whole
from testing.postgres import execute, postgres_database, server_url

KEPT_FOLDER = Path(tempfile.gettempdir()) / "slipway-depth"


@contextmanager
def postgresql(scale: float, *, keep: bool) -> Iterator[str]:
    """Return the URL of a filled database, which is removed at the end. Raises ServiceMissing."""
    size = whole(scale)
    if not keep:
        with postgres_database() as url:
            asyncio.run(_fill(url, size))
            yield url
        return
    server = server_url()
    kept = f"slipway_depth_{size.jobs}"
    if not asyncio.run(_exists(server, kept)):
        with postgres_database() as url:
            asyncio.run(_fill(url, size))
            execute(server, f"ALTER DATABASE {url.rsplit('/', 1)[1]} RENAME TO {kept}")
    name = f"slipway_depth_copy_{secrets.token_hex(6)}"
    asyncio.run(_copy(server, kept, name))
    try:
        yield server.rsplit("/", 1)[0] + f"/{name}"
    finally:
        execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def sqlite(scale: float, *, keep: bool) -> Iterator[str]:
    """Return the URL of a filled database in a file, which is removed at the end."""
    size = whole(scale)
    with tempfile.TemporaryDirectory(prefix="slipway-depth-") as folder:
        path = Path(folder) / "depth.db"
        kept = KEPT_FOLDER / f"{size.jobs}.db"
        if keep and kept.exists():
            shutil.copy(kept, path)
        else:
            asyncio.run(_fill(f"sqlite:///{path}", size))
            if keep:
                KEPT_FOLDER.mkdir(exist_ok=True)
                shutil.copy(path, kept)
        # Else commits would wait for what was copied to reach the disk.
        os.sync()
        yield f"sqlite:///{path}"


def drop_kept() -> None:
    """Remove what `keep` has left."""
    server = server_url()
    for name in asyncio.run(_kept(server)):
        execute(server, f"DROP DATABASE {name} WITH (FORCE)")
    shutil.rmtree(KEPT_FOLDER, ignore_errors=True)


async def _fill(url: str, size: Size) -> None:
    await upgrade(url)
    engine, began = create_engine(url, unbounded=True), time.perf_counter()
    await fill(engine, size)
    await engine.dispose()
    told = f"{size.jobs:,} jobs in {time.perf_counter() - began:.0f} s"
    print(f"filled {url.partition(':')[0]}: {told}", file=sys.stderr, flush=True)


async def _copy(server: str, kept: str, name: str) -> None:
    conn = await asyncpg.connect(server)
    try:
        # By files, not through the log; older servers know no other way.
        how = " STRATEGY FILE_COPY" if conn.get_server_version().major >= 15 else ""
        await conn.execute(f"CREATE DATABASE {name} TEMPLATE {kept}{how}")
    finally:
        await conn.close()


async def _exists(server: str, name: str) -> bool:
    return name in await _kept(server)


async def _kept(server: str) -> list[str]:
    conn = await asyncpg.connect(server)
    try:
        rows = await conn.fetch(
            "SELECT datname FROM pg_database WHERE datname ~ '^slipway_depth_[0-9]+$'"
        )
    finally:
        await conn.close()
    return [row["datname"] for row in rows]
