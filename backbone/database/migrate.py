"""Brings a database to the newest schema; of several starting processes, one does it."""

import asyncio
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.availability import sqlstate
from backbone.database.concurrent_indexes import build
from backbone.database.engine import create_engine, is_postgresql, reading, transaction
from backbone.database.pooler import refuse_pooler
from backbone.database.schema import Schema, SchemaRefusedError, oldest_program
from backbone.database.url import is_postgresql_url
from backbone.errors import DatabaseUnavailable

_LOCK = 0x51_1D_3A_01
"""Any fixed number; PostgreSQL's advisory locks are named by one."""

_LOCKED = {"40P01", "55P03"}
"""A deadlock, and a lock that did not come free in time; the server undid it all."""

_LOCK_MILLISECONDS = 500
_PAUSE_SECONDS = 0.5
_RETRY_SECONDS = 600.0


async def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database at `url`: all of it, or up to a migration that fails.

    A database of a newer release stays as it is.

    Raises:
        DatabaseUnavailable: it does not answer.
        SettingsError: a pooler is in between that breaks what sessions are for.
        SchemaRefusedError: a newer release migrated it, and programs like this one may not use it.
    """
    if is_postgresql_url(url):
        await refuse_pooler(url)
    engine = create_engine(url, pool_size=1, application="slipway-migrate", unbounded=True)
    try:
        await upgrade_engine(engine, revision)
    finally:
        await engine.dispose()


async def upgrade_engine(engine: AsyncEngine, revision: str = "head") -> None:
    """Migrate through an engine at hand, which a database in memory needs."""
    if not is_postgresql(engine) or (await schema_of(engine)).is_newer:
        await _upgrade_in_steps(engine, revision)
        return
    # Indexes of tables that may be big are built outside of any transaction, before the migration
    # that they belong to; what comes before that is migrated first.
    for indexed, before in await _with_indexes_to_come(engine, revision):
        await _upgrade_in_steps(engine, before)
        await build(engine, indexed.module.CONCURRENT_INDEXES)
    await _upgrade_in_steps(engine, revision)


async def _upgrade_in_steps(engine: AsyncEngine, revision: str) -> None:
    """Migrate beside others who read and write: each migration is a transaction of its own.

    Raises SchemaRefusedError when somebody holds a table for too long, such as a backup.
    """
    deadline = time.monotonic() + _RETRY_SECONDS
    while True:
        try:
            if not await _step(engine, revision):
                return
        except DatabaseUnavailable as error:
            if sqlstate(error.__cause__ or error) not in _LOCKED:
                raise
            if time.monotonic() > deadline:
                raise SchemaRefusedError(
                    "the migration waits for a table that somebody holds, such as a backup; "
                    "run `slipway migrate` when that is over"
                ) from error
            await asyncio.sleep(_PAUSE_SECONDS)


async def _step(engine: AsyncEngine, revision: str) -> bool:
    """Do the next migration, of an empty database all; tell whether there may be another."""
    async with transaction(engine) as connection:
        await _one_at_a_time(connection)
        schema = await _schema(connection)
        schema.refuse_newer()
        if schema.is_newer:
            return False
        if schema.present is None or not is_postgresql(connection):
            await connection.run_sync(_upgrade, revision)
            return False
        target = schema.newest if revision == "head" else revision
        if schema.present >= target:
            return False
        following = next(known for known in schema.known if known > schema.present)
        # Who waits for a table keeps all others from it who come later.
        await connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_MILLISECONDS}ms'"))
        await connection.run_sync(_upgrade, following)
        return following != target


async def _with_indexes_to_come(engine: AsyncEngine, revision: str) -> list[tuple[Script, str]]:
    """Return the migrations to come that name indexes, each with the revision before it.

    A new database is empty, so its indexes are made with its tables.
    """
    async with reading(engine) as connection:
        return await connection.run_sync(_indexed, revision)


def _indexed(connection: Connection, revision: str) -> list[tuple[Script, str]]:
    present = MigrationContext.configure(connection).get_current_revision()
    if present is None:
        return []
    scripts = ScriptDirectory.from_config(configuration(connection))
    coming = list(scripts.walk_revisions(present, revision))[::-1]
    return [
        (script, str(script.down_revision))
        for script in coming
        if script.revision != present and hasattr(script.module, "CONCURRENT_INDEXES")
    ]


async def migrate_to(url: str, revision: str) -> Schema:
    """Bring the database to a revision, forwards or back; return what it was before.

    Raises SchemaRefusedError for a revision that there is not, and when this release does not know
    the database's; else as `upgrade` does.
    """
    engine = create_engine(url, pool_size=1, application="slipway-migrate", unbounded=True)
    try:
        schema = await schema_of(engine)
        if revision not in schema.known:
            known = ", ".join(schema.known)
            raise SchemaRefusedError(f"there is no revision {revision!r}; there are {known}")
        if schema.is_newer:
            raise SchemaRefusedError(
                f"the database's schema {schema.present} is of a newer release, which alone "
                "knows the way back; run its `slipway migrate --to`"
            )
        if schema.present is None or schema.present <= revision:
            await upgrade_engine(engine, revision)
        else:
            async with transaction(engine) as connection:
                await _one_at_a_time(connection)
                await connection.run_sync(_downgrade, revision)
    finally:
        await engine.dispose()
    return schema


async def schema_of(engine: AsyncEngine) -> Schema:
    """Look which schema a database has. Raises DatabaseUnavailable."""
    async with reading(engine) as connection:
        return await _schema(connection)


async def _schema(connection: AsyncConnection) -> Schema:
    present, known = await connection.run_sync(_revisions)
    return Schema(present, known, await oldest_program(connection))


async def _one_at_a_time(connection: AsyncConnection) -> None:
    # SQLite's BEGIN IMMEDIATE serialises the starters; PostgreSQL needs a lock of its own.
    if is_postgresql(connection):
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for a connection with an open transaction; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(configuration(connection), revision)


def _downgrade(connection: Connection, revision: str) -> None:
    command.downgrade(configuration(connection), revision)


def _revisions(connection: Connection) -> tuple[str | None, tuple[str, ...]]:
    present = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(configuration(connection)).walk_revisions()
    return present, tuple(sorted(script.revision for script in scripts))
