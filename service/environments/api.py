"""The `environments` operations over HTTP; translates only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from backbone.identity import Principal
from backbone.orders.order import RecordedJob
from generated.http.environments import (
    CreateEnvironmentReply,
    DeleteEnvironmentReply,
    EnvironmentsApi,
)
from generated.models.environment import Environment, EnvironmentCreateRequest, EnvironmentPage
from generated.models.job import JobAccepted, JobStatus
from service.environments import use_cases
from service.environments.use_cases import Orders

_ABSENT_WHEN_NULL = ("app_id", "domain", "display_name", "metadata")


class EnvironmentOperations(EnvironmentsApi[Principal]):
    """Orders for environments, and the environments themselves."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def list_environments(
        self, principal: Principal, *, cursor: str | None, limit: int
    ) -> EnvironmentPage:
        """List the team's environments."""
        page = await use_cases.list_environments(
            self._orders.engine, principal, cursor=cursor, limit=limit
        )
        return EnvironmentPage(
            items=[_environment(row) for row in page.rows],
            next_cursor=page.next_cursor,
            last_event_id=page.last_event_id,
        )

    async def create_environment(
        self, principal: Principal, *, idempotency_key: str | None, body: EnvironmentCreateRequest
    ) -> CreateEnvironmentReply:
        """Take an order."""
        job = await use_cases.order_environment(self._orders, principal, body, idempotency_key)
        return CreateEnvironmentReply(body=_accepted(job), location=_location(job))

    async def get_environment(self, principal: Principal, *, environment_id: int) -> Environment:
        """Show one environment."""
        return _environment(
            await use_cases.get_environment(self._orders.engine, principal, environment_id)
        )

    async def delete_environment(
        self, principal: Principal, *, environment_id: int
    ) -> DeleteEnvironmentReply:
        """Take an order to delete."""
        job = await use_cases.order_deletion(self._orders, principal, environment_id)
        return DeleteEnvironmentReply(body=_accepted(job), location=_location(job))


def _accepted(job: RecordedJob) -> JobAccepted:
    return JobAccepted(
        job_id=job.job_id, status=JobStatus(job.status), last_event_id=job.last_event_id
    )


def _location(job: RecordedJob) -> str:
    return f"/api/v1/jobs/{job.job_id}"


def _environment(row: Row[Any]) -> Environment:
    """Write times as whole seconds, rounded down; what is null in the table is absent."""
    values = row._asdict()
    for name in ("deleted_at", "epoch", "last_position"):
        values.pop(name, None)
    values["created_at"] = int(values["created_at"])
    for name in _ABSENT_WHEN_NULL:
        if values[name] is None:
            del values[name]
    return Environment.model_validate(values)
