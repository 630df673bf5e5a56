"""What every order of a user goes through, whichever slice takes it; refuses who may not order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItem
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.identifiers import IdentifierAllocator
from backbone.identity import Principal, require_active
from backbone.orders.order import RecordedJob
from backbone.orders.record import Recorder
from generated.models.event import JobStatusEvent
from generated.models.job import JobAccepted, JobStatus
from service.limiter import Limiter


@dataclass(frozen=True, slots=True)
class Orders:
    """What orders work with; `clock` tells epoch seconds, `identifiers` hands out ids of jobs.

    `rate` is how many a user may give a minute, and `limiter` counts them.
    """

    engine: AsyncEngine
    recorder: Recorder
    identifiers: IdentifierAllocator
    clock: Callable[[], float]
    rate: RateLimitItem
    limiter: Limiter


async def admit(orders: Orders, principal: Principal) -> None:
    """Raise `TeamInactive` or `RateLimited` for who may not order now."""
    require_active(principal)
    await orders.limiter.admit(
        orders.rate, "orders", str(principal.team_id), str(principal.user_id)
    )


def queued_event(
    principal: Principal, job_id: int, env_name: str, message: str, now: float
) -> JobStatusEvent:
    """Return the first event of a job."""
    return JobStatusEvent(
        type="job_status",
        job_id=job_id,
        team_id=principal.team_id,
        status=JobStatus.queued,
        message=message,
        env_name=env_name,
        user_id=principal.user_id,
        attempt=0,
        occurred_at=int(now),
    )


def first_task_id(job_id: int) -> str:
    """Name the message by the job and the attempt that it is for, as every later dispatch does."""
    return f"job-{job_id}-1"


def accepted(job: RecordedJob) -> JobAccepted:
    """Tell the client of a recorded job."""
    return JobAccepted(
        job_id=job.job_id, status=JobStatus(job.status), last_event_id=job.last_event_id
    )


def location(job: RecordedJob) -> str:
    """Tell where the job is."""
    return f"/api/v1/jobs/{job.job_id}"
