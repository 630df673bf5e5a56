"""Writes what the demo team did before anybody looked, through the real log.

Each job is recorded, claimed and ended by the same functions as any other, by a clock of the past;
only that no worker is told of it. Nothing is written where the team has a job already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.database.engine import transaction
from backbone.database.tables import environments, job_logs
from backbone.events.append import append
from backbone.identifiers import IdentifierAllocator
from backbone.jobs.claims import Wanted, claim
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import COLUMNS, Job
from backbone.jobs.transitions import transition
from backbone.orders.order import CREATE, DELETE, QUEUED
from backbone.seed import DemoTeam
from generated.models.event import JobStatusEvent
from generated.models.job import JobKind, JobStatus
from slipway.demo_jobs import HISTORY, PastJob

_MINUTE: Final = 60.0
_DOMAIN: Final = "slipway.example"


async def write_history(
    engine: AsyncEngine, team: DemoTeam, now: float, history: Sequence[PastJob] = HISTORY
) -> int:
    """Write the history up to `now` (epoch seconds) in one commit; give the number of jobs."""
    async with transaction(engine) as conn:
        known = await conn.scalar(
            select(job_logs.c.id).where(job_logs.c.team_id == team.team_id).limit(1)
        )
    if known is not None:
        return 0
    ids = IdentifierAllocator(engine, "jobs", first=len(history))
    job_ids = [await ids.next() for _ in history]
    latest: dict[str, int] = {}
    async with transaction(engine) as conn:
        for job_id, past in zip(job_ids, history, strict=True):
            at = now - past.minutes_ago * _MINUTE
            retry_of = latest[past.env_name] if past.is_retry else None
            job = await _order(conn, team, past, _Ordering(job_id, at, retry_of))
            await _live(conn, job, past, at)
            latest[past.env_name] = job_id
    return len(history)


@dataclass(frozen=True, slots=True)
class _Ordering:
    """When a job of the past is ordered (epoch seconds), under which number, in whose stead."""

    job_id: int
    at: float
    retry_of: int | None


async def _order(conn: AsyncConnection, team: DemoTeam, past: PastJob, ordering: _Ordering) -> Job:
    """Record a job with its first event, as an order does."""
    job_id, at = ordering.job_id, ordering.at
    user_id = team.operator_id if past.by_operator else team.user_id
    environment_id = None
    if past.kind == DELETE:
        environment_id = await conn.scalar(
            update(environments)
            .where(
                environments.c.team_id == team.team_id,
                environments.c.env_name == past.env_name,
                environments.c.status == "running",
            )
            .values(status="deleting")
            .returning(environments.c.id)
        )
    what = "deletion" if past.kind == DELETE else "retry" if past.is_retry else "order"
    message = f"The {what} is recorded and waits for a worker"
    row = await conn.execute(
        insert(job_logs)
        .values(
            id=job_id,
            team_id=team.team_id,
            user_id=user_id,
            kind=past.kind,
            status=QUEUED,
            message=message,
            env_name=past.env_name,
            environment_id=environment_id,
            payload=_payload(past, team.team_id, user_id, job_id, environment_id),
            retry_of=ordering.retry_of,
            run_at=at,
            created_at=at,
            updated_at=at,
        )
        .returning(*COLUMNS)
    )
    event = JobStatusEvent(
        type="job_status",
        job_id=job_id,
        team_id=team.team_id,
        status=JobStatus.queued,
        message=message,
        env_name=past.env_name,
        user_id=user_id,
        attempt=0,
        occurred_at=int(at),
    )
    await append(conn, team.team_id, event, now=at)
    return Job.of(row.one())


def _payload(
    past: PastJob, team_id: int, user_id: int, job_id: int, environment_id: int | None
) -> dict[str, Any]:
    common = {"job_id": job_id, "team_id": team_id, "user_id": user_id}
    if past.kind == DELETE:
        return {**common, "environment_id": environment_id, "env_name": past.env_name}
    return {
        **common,
        "shortdomain": past.env_name,
        "display_name": past.title,
        "nodes": [{"node_type": name, "count": count} for name, count in past.nodes],
        **({"metadata": past.metadata} if past.metadata else {}),
    }


async def _live(conn: AsyncConnection, job: Job, past: PastJob, at: float) -> None:
    """Let a job go through its steps."""
    for step in past.steps:
        at += step.after
        written: Job | None
        if step.change is None:
            wanted = Wanted(job.id, job.team_id, JobKind(past.kind), past.env_name, job.user_id)
            written = await claim(conn, wanted, now=at, lease_seconds=30)
        else:
            completes = step.change.to is JobStatus.completed and past.kind == CREATE
            created = _created(past) if completes else None
            written = await transition(conn, job, step.change, at, created=created)
        if written is None:
            raise RuntimeError(f"job {job.id} of the demo's history can't go on to {step.change}")
        job = written


def _created(past: PastJob) -> CreatedEnvironment:
    return CreatedEnvironment(
        env_name=past.env_name,
        shortdomain=past.env_name,
        app_id=None,
        domain=f"{past.env_name}.{_DOMAIN}",
        display_name=past.title,
        metadata=past.metadata,
    )
