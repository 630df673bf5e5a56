"""Reads the log for all streams: few readings at a time, and one for all who ask the same."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar, cast

from backbone.errors import NotFound
from backbone.loader import Loader
from gateway.history.log import Head, JobState, Log, LogUnavailable, Page, Snapshot
from gateway.metrics import Metrics

ENDS = 100
"""Logs whose last events are read in one reading: it should not hold up the loop for long."""

T = TypeVar("T")


class Replay:
    """A `Log` whose callers share running readings; a storm of reconnects costs a few of them.

    `tail` is how many events at the end of a log are read along with its head.
    """

    def __init__(self, log: Log, metrics: Metrics, *, readers: int = 8, tail: int = 100) -> None:
        self._log = log
        self._metrics = metrics
        self._tail = tail
        self._turns = asyncio.Semaphore(readers)
        self._running: dict[tuple[Any, ...], asyncio.Task[Any]] = {}
        self._heads: Loader[int, Head] = Loader(self.heads)
        self._ends: Loader[int, Page] = Loader(self._read_ends, most=ENDS)
        self._after: dict[int, int] = {}

    async def head(self, team_id: int) -> Head:
        """Tell where the team's log stands. Raises NotFound when there is no such team."""
        return _found(team_id, await self._heads.load(team_id))

    async def heads(self, team_ids: Iterable[int]) -> Mapping[int, Head]:
        """As `Log.heads`."""
        return await self._turn(lambda: self._log.heads(team_ids))

    async def end(self, team_id: int, after: int | None) -> Page:
        """Read the head of a team's log, and its last events behind a position, if that is given.

        Others who ask for the same team at the same time may have events before it read. Raises
        NotFound when there is no such team.
        """
        if after is not None:
            self._after[team_id] = min(after, self._after.get(team_id, after))
        return _found(team_id, await self._ends.load(team_id))

    async def page(self, team_id: int, after: int, *, job_id: int | None, limit: int) -> Page:
        """As `Log.page`."""
        return await self._shared(
            ("page", team_id, after, job_id, limit),
            lambda: self._log.page(team_id, after, job_id=job_id, limit=limit),
        )

    async def snapshot(self, team_id: int) -> Snapshot:
        """As `Log.snapshot`."""
        return await self._shared(("snapshot", team_id), lambda: self._log.snapshot(team_id))

    async def job(self, team_id: int, job_id: int) -> JobState | None:
        """As `Log.job`."""
        return await self._shared(("job", team_id, job_id), lambda: self._log.job(team_id, job_id))

    async def _read_ends(self, team_ids: Collection[int]) -> Mapping[int, Page]:
        after = {team_id: self._after.pop(team_id, None) for team_id in team_ids}
        return await self._turn(lambda: self._log.ends(after, limit=self._tail))

    async def _shared(self, key: tuple[Any, ...], read: Callable[[], Awaitable[T]]) -> T:
        """Join a reading of the same that has not begun yet, or begin one.

        One that has begun may have been true before the caller's position was; only those still
        waiting for their turn are joined.
        """
        task = self._running.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._turn(read, key))
            # If all who asked have left by then, nobody misses its failure.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._running[key] = task
        return cast("T", await asyncio.shield(task))

    async def _turn(
        self, read: Callable[[], Awaitable[T]], key: tuple[Any, ...] | None = None
    ) -> T:
        async with self._turns:
            if key is not None:
                del self._running[key]
            self._metrics.log_reads_total += 1
            try:
                return await read()
            except LogUnavailable:
                self._metrics.log_failures_total += 1
                raise


def _found(team_id: int, answer: T | None) -> T:
    if answer is None:
        raise NotFound(f"There is no team {team_id}.")
    return answer
