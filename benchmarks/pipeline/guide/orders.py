"""Takes an order: row and commit, then the event, then `send_task` in the handler."""

import time
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.pipeline.guide.events import EventPublisher
from benchmarks.pipeline.guide.tables import JobLog, Team

SendTask = Callable[[dict[str, Any]], None]


class OrderRequest(BaseModel):
    """What the browser posts."""

    model_config = ConfigDict(extra="forbid")

    shortdomain: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
    display_name: str | None = None
    metadata: dict[str, str] = {}


class OrderAccepted(BaseModel):
    """What the browser gets."""

    job_id: int
    status: str


class Payload(BaseModel):
    """What the worker gets."""

    model_config = ConfigDict(extra="forbid")

    job_id: int
    team_id: int
    env_name: str
    display_name: str


async def order_environment(
    session: AsyncSession,
    publisher: EventPublisher,
    send_task: SendTask,
    team: Team,
    request: OrderRequest,
) -> OrderAccepted:
    """Record the job, tell of it, dispatch it."""
    now = time.time()
    job = JobLog(
        team_id=team.id,
        status="queued",
        message="The order is recorded",
        env_name=request.shortdomain,
        created_at=now,
        updated_at=now,
    )
    session.add(job)
    await session.commit()
    await publish_status(publisher, job)
    payload = Payload(
        job_id=job.id,
        team_id=team.id,
        env_name=request.shortdomain,
        display_name=request.display_name or request.shortdomain,
    )
    send_task(payload.model_dump(mode="json"))
    return OrderAccepted(job_id=job.id, status=job.status)


async def publish_status(publisher: EventPublisher, job: JobLog) -> None:
    """Tell of the status that a job has now."""
    body: dict[str, Any] = {
        "type": "job_status",
        "job_id": job.id,
        "team_id": job.team_id,
        "status": job.status,
        "message": job.message,
        "env_name": job.env_name,
        "occurred_at": int(time.time()),
    }
    if job.app_id is not None:
        body["app_id"] = job.app_id
    await publisher.publish(f"team.{job.team_id}.job.{job.id}.status", body)
