"""The jobs of the benchmark: suspended ones as rows, and orders as the service records them."""

import asyncio
import time
from collections.abc import Sequence

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading, transaction
from backbone.database.tables import job_logs
from backbone.orders.order import CREATE, Order
from backbone.orders.record import Recorder
from benchmarks.pipeline.database import TEAMS
from generated.messaging.message import send_create_environment
from generated.models.event import JobStatusEvent
from generated.models.job import CreateEnvironmentJobPayload, JobStatus

_AT_ONCE = 1_000


def _order(job_id: int, name: str) -> CreateEnvironmentJobPayload:
    return CreateEnvironmentJobPayload.model_validate(
        {
            "job_id": job_id,
            "team_id": job_id % TEAMS + 1,
            "user_id": job_id % TEAMS + 1,
            "shortdomain": name,
            "nodes": [{"node_type": "nginxphp"}],
        }
    )


async def suspend(engine: AsyncEngine, count: int) -> None:
    """Put the jobs 1 to `count` where a worker leaves them when the provider accepted."""
    now = time.time()
    rows = []
    for job_id in range(1, count + 1):
        payload = _order(job_id, f"waiting-{job_id}")
        rows.append(
            {
                "id": job_id,
                "team_id": payload.team_id,
                "user_id": payload.user_id,
                "kind": CREATE,
                "status": JobStatus.polling.value,
                "message": "The provider is creating the environment",
                "env_name": payload.shortdomain,
                "payload": payload.model_dump(mode="json"),
                "attempt": 1,
                "poll_at": now,
                "created_at": now,
                "started_at": now,
                "updated_at": now,
            }
        )
    async with transaction(engine) as conn:
        for first in range(0, count, _AT_ONCE):
            await conn.execute(insert(job_logs), rows[first : first + _AT_ONCE])


async def order(engine: AsyncEngine, first: int, count: int, prefix: str) -> None:
    """Record so many orders at once."""
    recorder, now = Recorder(engine), time.time()

    async def one(job_id: int) -> None:
        payload = _order(job_id, f"{prefix}-{job_id}")
        event = JobStatusEvent(
            type="job_status",
            job_id=job_id,
            team_id=payload.team_id,
            status=JobStatus.queued,
            message="Queued",
            env_name=payload.shortdomain,
            occurred_at=int(now),
        )
        await recorder.record(
            Order(
                job_id=job_id,
                team_id=payload.team_id,
                user_id=payload.user_id,
                kind=CREATE,
                env_name=payload.shortdomain,
                payload=payload.model_dump(mode="json"),
                event=event,
                dispatch=send_create_environment(payload, task_id=f"job-{job_id}-1"),
                created_at=now,
            )
        )

    await asyncio.gather(*(one(job_id) for job_id in range(first, first + count)))


async def ends(engine: AsyncEngine, first: int, last: int) -> dict[int, float]:
    """Return when the jobs from `first` to `last` completed, in epoch seconds."""
    jobs = job_logs.c
    query = select(jobs.id, jobs.ended_at).where(
        jobs.id.between(first, last), jobs.status == JobStatus.completed.value
    )
    async with reading(engine) as conn:
        return {row.id: row.ended_at for row in await conn.execute(query)}


async def by_status(engine: AsyncEngine, ids: Sequence[int]) -> dict[str, int]:
    """Count these jobs by status."""
    jobs = job_logs.c
    query = select(jobs.status, func.count().label("number")).where(
        jobs.id.between(ids[0], ids[-1])
    )
    async with reading(engine) as conn:
        found = await conn.execute(query.group_by(jobs.status))
        return {row.status: row.number for row in found}
