"""Hands out ids in blocks, so that a new job costs no round trip; ids grow but leave gaps.

What is left of a block when its process ends is never given, and people see the numbers of their
jobs. So a block is small as long as it lasts, and grows while blocks are used up quickly.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Literal

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import is_postgresql, transaction
from backbone.database.tables import id_blocks

Sequence = Literal["teams", "users", "jobs", "environments"]
"""What ids are handed out for; the first migration wrote a row for each."""


_MOST = 1024
_QUICKLY = 1.0
"""A block that is used up within this many seconds is followed by one of twice its size."""


LOST = 1_000_000
"""More ids of one kind than an installation gives between a backup and what made it necessary."""

_ENVIRONMENTS = {
    True: (
        """
        SELECT setval(s, nextval(s) + :lost)
        FROM CAST(pg_get_serial_sequence('environments', 'id') AS regclass) AS s
        """,
    ),
    # SQLite has no row for a table that never had one.
    False: (
        """
        INSERT INTO sqlite_sequence (name, seq) SELECT 'environments', 0
        WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'environments')
        """,
        "UPDATE sqlite_sequence SET seq = seq + :lost WHERE name = 'environments'",
    ),
}
"""By whether it is PostgreSQL's. The database itself numbers these."""


async def leave_out_lost(conn: AsyncConnection) -> None:
    """Leave out the ids that may have been given after a backup, in the caller's transaction.

    What somebody still knows by such an id, the provider above all, is no other thing later.
    """
    await conn.execute(update(id_blocks).values(next_id=id_blocks.c.next_id + LOST))
    for statement in _ENVIRONMENTS[is_postgresql(conn)]:
        values = {"lost": LOST} if ":lost" in statement else {}
        await conn.execute(text(statement), values)


class IdentifierAllocator:
    """The ids of one kind of thing for one process, taken from the database in blocks."""

    def __init__(
        self,
        engine: AsyncEngine,
        name: Sequence,
        *,
        first: int = 16,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with blocks of `first` ids; `now` counts seconds."""
        self._engine = engine
        self._name = name
        self._first = first
        self._now = now
        self._next = 0
        self._end = 0
        self._size = 0
        self._taken_at = 0.0
        self._refill = asyncio.Lock()

    async def next(self) -> int:
        """Return an id that nobody else gets. A new block may raise DatabaseUnavailable."""
        while self._next >= self._end:
            async with self._refill:
                if self._next >= self._end:
                    await self._take_block()
        identifier = self._next
        self._next += 1
        return identifier

    async def _take_block(self) -> None:
        now = self._now()
        quick = self._size > 0 and now - self._taken_at < _QUICKLY
        size = min(self._size * 2, _MOST) if quick else self._first
        query = (
            update(id_blocks)
            .where(id_blocks.c.name == self._name)
            .values(next_id=id_blocks.c.next_id + size)
            .returning(id_blocks.c.next_id)
        )
        async with transaction(self._engine) as connection:
            end = (await connection.execute(query)).scalar_one()
        self._next, self._end = end - size, end
        self._size, self._taken_at = size, now
