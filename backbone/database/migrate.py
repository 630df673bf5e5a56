"""Brings a database to the newest schema; of several starting processes, one does it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.concurrent_indexes import build
from backbone.database.engine import create_engine, is_postgresql, reading, transaction
from backbone.database.pooler import refuse_pooler
from backbone.database.url import is_postgresql_url

_LOCK = 0x51_1D_3A_01
"""Any fixed number; PostgreSQL's advisory locks are named by one."""


async def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database at `url`: all of it, or up to a migration that fails.

    Raises:
        DatabaseUnavailable: it does not answer.
        SettingsError: a pooler is in between that breaks what sessions are for.
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
    if not is_postgresql(engine):
        await _upgrade_in_one(engine, revision)
        return
    # Indexes of tables that may be big are built outside of any transaction, before the migration
    # that they belong to; what comes before that is migrated first.
    for indexed, before in await _with_indexes_to_come(engine, revision):
        await _upgrade_in_one(engine, before)
        await build(engine, indexed.module.CONCURRENT_INDEXES)
    await _upgrade_in_one(engine, revision)


async def _upgrade_in_one(engine: AsyncEngine, revision: str) -> None:
    # SQLite's BEGIN IMMEDIATE serialises the starters; PostgreSQL needs a lock of its own.
    async with transaction(engine) as connection:
        if is_postgresql(connection):
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_upgrade, revision)


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


async def revisions(engine: AsyncEngine) -> tuple[str | None, str]:
    """Return the revision that the database has, if any, and the newest that this program knows."""
    async with reading(engine) as connection:
        return await connection.run_sync(_revisions)


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for a connection with an open transaction; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(configuration(connection), revision)


def _revisions(connection: Connection) -> tuple[str | None, str]:
    present = MigrationContext.configure(connection).get_current_revision()
    newest = ScriptDirectory.from_config(configuration(connection)).get_current_head()
    return present, str(newest)
