"""Hands out ids in blocks, so that a new job costs no round trip; ids grow but leave gaps."""

import asyncio
from typing import Literal

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import transaction
from backbone.database.tables import id_blocks

Sequence = Literal["teams", "users", "jobs", "environments"]
"""What ids are handed out for; the first migration wrote a row for each."""


class IdentifierAllocator:
    """The ids of one kind of thing for one process, taken from the database in blocks."""

    def __init__(self, engine: AsyncEngine, name: Sequence, *, block: int = 1000) -> None:
        self._engine = engine
        self._name = name
        self._block = block
        self._next = 0
        self._end = 0
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
        query = (
            update(id_blocks)
            .where(id_blocks.c.name == self._name)
            .values(next_id=id_blocks.c.next_id + self._block)
            .returning(id_blocks.c.next_id)
        )
        async with transaction(self._engine) as connection:
            end = (await connection.execute(query)).scalar_one()
        self._next, self._end = end - self._block, end
