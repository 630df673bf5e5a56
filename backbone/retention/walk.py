"""Goes along the old rows of a table, a batch at a time: archives each, and deletes it."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.batches import batch_size
from backbone.database.engine import reading, transaction
from backbone.retention.archive import Archive
from backbone.retention.rows import FIRST_ROW, Batch, RowCursor, RowRange, delete_batch

Find = Callable[[AsyncConnection, RowRange], Awaitable[Batch]]


class Walk:
    """The rows that `find` finds behind `after`, which were over before `before` (epoch seconds).

    Without an archive they are just deleted; with `delete` false they are only archived.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        find: Find,
        *,
        before: float,
        after: RowCursor = FIRST_ROW,
        archive: Archive | None = None,
        delete: bool = True,
    ) -> None:
        self._engine = engine
        self._find = find
        self._before = before
        self._archive = archive
        self._delete = delete
        self._most = batch_size(engine)
        self._place: RowCursor | None = after

    @property
    def over(self) -> bool:
        """Whether all rows were visited."""
        return self._place is None

    async def step(self) -> int:
        """Do the next batch; tells how many rows were archived, or deleted.

        Raises DatabaseUnavailable, and OSError when the archive can't be written.
        """
        if self._place is None:
            return 0
        async with reading(self._engine) as conn:
            batch = await self._find(conn, RowRange(self._before, self._place, self._most))
        if batch.rows and self._archive is not None:
            await self._archive.write(batch.table.name, batch.rows)
        done = len(batch.rows)
        if batch.rows and self._delete:
            async with transaction(self._engine) as conn:
                done = await delete_batch(conn, batch)
        self._place = batch.next
        return done
