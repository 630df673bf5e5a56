"""Encrypts what the database holds anew with the first key, so that former keys can be dropped."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Table, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.cipher import Cipher, CipherError
from backbone.database.engine import transaction
from backbone.database.tables import metadata

SUFFIX = "_encrypted"
"""How the name of every column with a ciphertext ends."""

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many values have the first key now, and how many no key of the list decrypts."""

    rotated: int
    undecryptable: int


async def rotate_keys(engine: AsyncEngine, cipher: Cipher) -> Rotation:
    """Encrypt every ciphertext anew. A value that changes during it is left as it became."""
    rotated = undecryptable = 0
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.name.endswith(SUFFIX):
                done, failed = await _rotate_column(engine, cipher, table, column)
                rotated, undecryptable = rotated + done, undecryptable + failed
    return Rotation(rotated, undecryptable)


async def _rotate_column(
    engine: AsyncEngine, cipher: Cipher, table: Table, column: Column[str]
) -> tuple[int, int]:
    """Go through a column in batches by id, each of them a transaction of its own."""
    done = failed = 0
    last = -1
    while True:
        query = (
            select(table.c.id, column)
            .where(column.is_not(None), table.c.id > last)
            .order_by(table.c.id)
            .limit(_BATCH)
        )
        async with transaction(engine) as conn:
            rows = (await conn.execute(query)).all()
            for key, sealed in rows:
                last = key
                try:
                    renewed = cipher.rotate(sealed)
                except CipherError:
                    failed += 1
                    continue
                same = (table.c.id == key) & (column == sealed)
                await conn.execute(update(table).where(same).values({column.name: renewed}))
                done += 1
        if len(rows) < _BATCH:
            return done, failed
