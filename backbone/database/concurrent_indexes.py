"""Builds a migration's indexes on PostgreSQL while others write, before the migration itself.

That cannot be part of a transaction; a build that was broken off leaves an invalid index, which the
next starter drops and builds again.
"""

import asyncio
from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading

Indexes = Mapping[str, tuple[str, Sequence[str], str | None]]
"""By name: the table, its columns, and of which rows."""

_LOCK = 0x51_1D_3A_02
_PAUSE_SECONDS = 0.2
_TRY = text("SELECT pg_try_advisory_lock(:lock)")
_INVALID = text("""
    SELECT EXISTS (
        SELECT FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid
    )
""")


async def build(engine: AsyncEngine, indexes: Indexes) -> None:
    """Build what is missing; of several starters one does it, and the others wait for it."""
    async with reading(engine) as conn:
        # Not by waiting in the server: the build would wait for whoever waits for the builder.
        while not await conn.scalar(_TRY, {"lock": _LOCK}):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(_PAUSE_SECONDS)
        try:
            for name, (table, columns, where) in indexes.items():
                if await conn.scalar(_INVALID, {"name": name}):
                    await conn.execute(text(f"DROP INDEX CONCURRENTLY {name}"))
                condition = "" if where is None else f" WHERE {where}"
                await conn.execute(
                    text(
                        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name}"
                        f" ON {table} ({', '.join(columns)}){condition}"
                    )
                )
        finally:
            await conn.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
