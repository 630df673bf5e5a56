"""Jobs as they stand, read only; a job of another team is as absent as one that never was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import job_logs, teams, users
from backbone.job_model import JOB_COLUMNS
from backbone.job_status import TERMINAL
from generated.models.job import JobOrder, JobStatus
from service.page import NEWEST, Order, Page, Part, has_text, is_numbered, read_page

_ORDERS = {JobOrder.newest: NEWEST, JobOrder.oldest: Order(descending=False)}
_USER_NAME = (
    select(users.c.display_name)
    .where(users.c.id == job_logs.c.user_id)
    .correlate(job_logs)
    .scalar_subquery()
    .label("user_name")
)
_UNFINISHED = job_logs.c.ended_at.is_(None)
_ENDED = job_logs.c.ended_at.is_not(None)
# These columns have the indexes, and they are true of every job that ended so.
_FAILED = job_logs.c.error_code.is_not(None)
_CANCELLED = job_logs.c.cancel_requested_at.is_not(None)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are wanted; what is None or empty does not matter."""

    statuses: frozenset[str] = frozenset()
    kind: str | None = None
    text: str | None = None
    env_name: str | None = None
    user_id: int | None = None

    @property
    def by_team_and_id(self) -> bool:
        """Whether the wanted jobs are in no index of their own."""
        return self.env_name is None and self.user_id is None

    def parts(self) -> list[Part]:
        """Divide the rows by the indexes that find them."""
        indexed, only = self._indexed(), self._only()
        if self.by_team_and_id and not self.statuses:
            return [Part((), only)]
        if not self.statuses:
            return [Part((_UNFINISHED, *indexed), only), Part((_ENDED, *indexed), only)]
        found: list[Part] = []
        if unfinished := self.statuses - TERMINAL:
            found.append(Part((_UNFINISHED, *indexed), (_is_one_of(unfinished), *only)))
        for status, which in ((JobStatus.failed, _FAILED), (JobStatus.cancelled, _CANCELLED)):
            if status in self.statuses:
                found.append(Part((_ENDED, which, _is_one_of([status]), *indexed), only))
        if JobStatus.completed in self.statuses:
            # Most are: an index of theirs would be one more to write for each job.
            rows = (_ENDED, *indexed) if indexed else ()
            found.append(Part(rows, (_is_one_of([JobStatus.completed]), *only)))
        return found

    def _indexed(self) -> list[ColumnElement[bool]]:
        columns = job_logs.c
        found: list[ColumnElement[bool]] = []
        if self.env_name is not None:
            found.append(columns.env_name == self.env_name)
        if self.user_id is not None:
            found.append(columns.user_id == self.user_id)
        return found

    def _only(self) -> list[ColumnElement[bool]]:
        columns = job_logs.c
        found: list[ColumnElement[bool]] = []
        if self.kind is not None:
            found.append(columns.kind == self.kind)
        if self.text is not None:
            found.append(has_text(self.text, columns.env_name) | is_numbered(self.text, columns.id))
        return found


def _is_one_of(statuses: Collection[str]) -> ColumnElement[bool]:
    return job_logs.c.status.in_(sorted(statuses))


async def list_jobs(
    conn: AsyncConnection,
    *,
    team_id: int,
    wanted: JobFilter,
    order: JobOrder,
    cursor: str | None,
    limit: int,
) -> Page:
    """Return a page of the team's jobs, with the names of who ordered them."""
    return await read_page(
        conn,
        (*JOB_COLUMNS, _USER_NAME),
        table=job_logs,
        team_id=team_id,
        cursor=cursor,
        limit=limit,
        order=_ORDERS[order],
        parts=wanted.parts(),
        by_team_and_id=wanted.by_team_and_id,
    )


async def find_job(conn: AsyncConnection, *, team_id: int, job_id: int) -> Row[Any] | None:
    """One job of the team, with all that is told of it, and the log's position."""
    retry = job_logs.alias()
    retried_by = select(retry.c.id).where(retry.c.retry_of == job_logs.c.id).scalar_subquery()
    statement: Select[Any] = (
        select(
            *JOB_COLUMNS,
            _USER_NAME,
            job_logs.c.payload,
            retried_by.label("retried_by"),
            teams.c.epoch,
            teams.c.last_position,
        )
        .join(teams, teams.c.id == job_logs.c.team_id)
        .where(job_logs.c.id == job_id, job_logs.c.team_id == team_id)
    )
    row: Row[Any] | None = (await conn.execute(statement)).one_or_none()
    return row
