"""What the end of a job does to the row of its environment, in the transaction of that end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.database.tables import environments, job_logs
from backbone.jobs.job import Job
from generated.models.environment import EnvironmentStatus
from generated.models.job import JobKind, JobStatus


@dataclass(frozen=True, slots=True)
class CreatedEnvironment:
    """What the provider has running."""

    env_name: str
    shortdomain: str
    app_id: str | None
    domain: str | None
    display_name: str | None
    metadata: Mapping[str, str]


async def record_created(
    conn: AsyncConnection, job: ColumnElement[bool], created: CreatedEnvironment, now: float
) -> int | None:
    """Insert the environment of the one job that `job` finds, and locks that job's row.

    Returns the environment's id; None when the condition finds no job, and nothing is written then.
    """
    known = {
        "shortdomain": created.shortdomain,
        "env_name": created.env_name,
        "app_id": created.app_id,
        "domain": created.domain,
        "display_name": created.display_name,
        "status": EnvironmentStatus.running.value,
        "metadata": dict(created.metadata),
        "created_at": now,
    }
    row = select(
        job_logs.c.team_id,
        job_logs.c.id,
        *(literal(value, environments.c[name].type) for name, value in known.items()),
    )
    statement = (
        insert(environments)
        .from_select(["team_id", "job_id", *known], row.where(job).with_for_update())
        .returning(environments.c.id)
    )
    environment_id: int | None = (await conn.execute(statement)).scalar_one_or_none()
    return environment_id


async def finalize(conn: AsyncConnection, job: Job, now: float) -> None:
    """Write what a deletion's end means: gone when completed, else running as before."""
    if job.kind is not JobKind.environment_delete:
        return
    gone = job.status is JobStatus.completed
    status = EnvironmentStatus.deleted if gone else EnvironmentStatus.running
    await conn.execute(
        update(environments)
        .where(
            environments.c.id == job.environment_id,
            environments.c.team_id == job.team_id,
            environments.c.status == EnvironmentStatus.deleting.value,
        )
        .values(status=status.value, deleted_at=now if gone else None)
    )
