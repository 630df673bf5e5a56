"""The `jobs` operations over HTTP; translates only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from backbone.events.position import EventId
from backbone.identity import Principal
from backbone.job_model import job_model
from generated.http.jobs import JobsApi, RetryJobReply
from generated.models.event import EventPage
from generated.models.job import Job, JobKind, JobOrder, JobPage
from service.event_page import event_page
from service.jobs import use_cases
from service.jobs.expectations import Expectations
from service.jobs.repository import JobFilter
from service.jobs.retry import retry_job
from service.orders import Orders, accepted, location

_IDENTIFIERS = frozenset({"job_id", "team_id", "user_id"})
"""What a job's payload has and its input has not, because the job itself tells it."""


class JobOperations(JobsApi[Principal]):
    """The work behind an order."""

    def __init__(self, orders: Orders, expectations: Expectations) -> None:
        self._orders = orders
        self._expectations = expectations
        self._engine = orders.engine

    async def list_jobs(
        self,
        principal: Principal,
        *,
        cursor: str | None,
        limit: int,
        status: Sequence[str] | None,
        kind: JobKind | None,
        text: str | None,
        env_name: str | None,
        user_id: int | None,
        order: JobOrder,
    ) -> JobPage:
        """List the team's jobs."""
        wanted = JobFilter(
            frozenset(status or ()), None if kind is None else kind.value, text, env_name, user_id
        )
        page = await use_cases.list_jobs(
            self._engine, principal, wanted, order=order, cursor=cursor, limit=limit
        )
        return JobPage(
            items=[
                job_model(
                    row._asdict(), user_name=row.user_name, **await self._expectations.of(row)
                )
                for row in page.rows
            ],
            next_cursor=page.next_cursor,
            last_event_id=page.last_event_id,
        )

    async def get_job(self, principal: Principal, *, job_id: int) -> Job:
        """Show one job."""
        return await self._job(await use_cases.get_job(self._engine, principal, job_id))

    async def cancel_job(self, principal: Principal, *, job_id: int) -> Job:
        """Record that the job shall end early."""
        row = await use_cases.cancel_job(self._engine, self._orders.clock, principal, job_id)
        return await self._job(row)

    async def list_job_events(
        self, principal: Principal, *, job_id: int, cursor: str | None, limit: int
    ) -> EventPage:
        """List what happened to a job."""
        found = await use_cases.list_events(
            self._engine, principal, job_id, cursor=cursor, limit=limit
        )
        return event_page(found.page, complete=found.complete)

    async def retry_job(self, principal: Principal, *, job_id: int) -> RetryJobReply:
        """Take an order to do a failed job again."""
        job = await retry_job(self._orders, principal, job_id)
        return RetryJobReply(body=accepted(job), location=location(job))

    async def _job(self, row: Row[Any]) -> Job:
        return job_model(
            row._asdict(),
            user_name=row.user_name,
            retried_by=row.retried_by,
            input={name: value for name, value in row.payload.items() if name not in _IDENTIFIERS},
            last_event_id=str(EventId(row.epoch, row.last_position)),
            **await self._expectations.of(row),
        )
