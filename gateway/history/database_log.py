"""The event log in the database, as the hub reads it; it writes nothing."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backbone.database.engine import reading
from backbone.errors import DatabaseUnavailable
from backbone.events import log
from backbone.events.ends import NONE, ends
from backbone.events.position import EventId
from backbone.job_status import TERMINAL
from gateway.history.log import Head, JobState, LogUnavailable, Page, Snapshot
from gateway.outgoing.entry import Entry

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from backbone.events.entry import LoggedEvent, LogHead, LogPage

_MANY = 500


class DatabaseLog:
    """A `Log` on the tables of the backbone."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def heads(self, team_ids: Iterable[int]) -> Mapping[int, Head]:
        """As `Log.heads`."""
        found: dict[int, Head] = {}
        wanted = list(team_ids)
        with _unavailable():
            async with reading(self._engine) as conn:
                for start in range(0, len(wanted), _MANY):
                    heads = await log.heads(conn, wanted[start : start + _MANY])
                    found.update((team, _head(head)) for team, head in heads.items())
        return found

    async def ends(self, after: Mapping[int, int | None], *, limit: int) -> Mapping[int, Page]:
        """As `Log.ends`; each team's head and events are of the same moment."""
        behind = {team: NONE if place is None else place for team, place in after.items()}
        with _unavailable():
            pages = await ends(self._engine, behind, limit=limit)
        return {team: _page(page) for team, page in pages.items()}

    async def page(self, team_id: int, after: int, *, job_id: int | None, limit: int) -> Page:
        """As `Log.page`; head and events are of the same moment."""
        with _unavailable():
            async with reading(self._engine) as conn:
                page = await log.page(conn, team_id, after, job_id=job_id, limit=limit)
        return _page(page)

    async def snapshot(self, team_id: int) -> Snapshot:
        """As `Log.snapshot`."""
        with _unavailable():
            async with reading(self._engine) as conn:
                snapshot = await log.snapshot(conn, team_id)
        place = EventId.parse(snapshot.last_event_id)
        if place is None:
            raise RuntimeError(f"the log's position {snapshot.last_event_id!r} is malformed")
        return Snapshot(place.epoch, place.position, snapshot.model_dump_json())

    async def job(self, team_id: int, job_id: int) -> JobState | None:
        """As `Log.job`."""
        with _unavailable():
            async with reading(self._engine) as conn:
                job = await log.job(conn, team_id, job_id)
        if job is None:
            return None
        if job.status in TERMINAL and job.terminal_position is None:
            return JobState(job.status, 0)
        return JobState(job.status, job.terminal_position)


@contextmanager
def _unavailable() -> Generator[None, None, None]:
    try:
        yield
    except DatabaseUnavailable as error:
        raise LogUnavailable from error


def _page(page: LogPage) -> Page:
    return Page(_head(page.head), tuple(_entry(event) for event in page.events))


def _head(head: LogHead) -> Head:
    return Head(head.epoch, head.last_position, head.trimmed_position)


def _entry(event: LoggedEvent) -> Entry:
    return Entry(
        event.type,
        event.body.encode(),
        str(event.event_id),
        event.status,
        event.job_id,
        user_id=event.user_id,
    )
