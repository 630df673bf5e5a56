"""Rows and events to test with; shared by the fast tests and those on real services."""

import itertools
import time
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import transaction
from backbone.database.tables import teams
from backbone.orders.order import CREATE, DELETE, Idempotency, Order
from generated.messaging.message import send_create_environment, send_delete_environment
from generated.models.environment import NodeSpec
from generated.models.event import JobStatusEvent
from generated.models.job import CreateEnvironmentJobPayload, DeleteEnvironmentJobPayload, JobStatus

_numbers = itertools.count(1000)


async def make_team(
    engine: AsyncEngine, team_id: int = 7, *, status: str = "ACTIVE", epoch: str | None = None
) -> int:
    async with transaction(engine) as conn:
        await conn.execute(
            insert(teams),
            {
                "id": team_id,
                "name": f"Team {team_id}",
                "status": status,
                "status_changed_at": 0.0,
                "epoch": epoch or f"epoch{team_id}",
                "created_at": 0.0,
            },
        )
    return team_id


def job_event(
    team_id: int = 7, job_id: int = 42, status: str = "queued", **more: Any
) -> JobStatusEvent:
    return JobStatusEvent(
        type="job_status",
        job_id=job_id,
        team_id=team_id,
        status=JobStatus(status),
        message=more.pop("message", f"Job {job_id} is {status}"),
        env_name=more.pop("env_name", f"shop-{job_id}"),
        occurred_at=more.pop("occurred_at", 1_766_000_000),
        **more,
    )


def creation(
    team_id: int = 7,
    *,
    user_id: int = 3,
    name: str | None = None,
    key: str | None = None,
    request_hash: str = "hash",
    job_id: int | None = None,
) -> Order:
    job_id = next(_numbers) if job_id is None else job_id
    name = name or f"shop-{job_id}"
    payload = CreateEnvironmentJobPayload(
        job_id=job_id,
        team_id=team_id,
        user_id=user_id,
        shortdomain=name,
        nodes=[NodeSpec(node_type="nginxphp")],
    )
    return Order(
        job_id=job_id,
        team_id=team_id,
        user_id=user_id,
        kind=CREATE,
        env_name=name,
        payload=payload.model_dump(mode="json"),
        event=job_event(team_id, job_id, env_name=name),
        dispatch=send_create_environment(payload, task_id=f"job-{job_id}-1"),
        created_at=time.time(),
        idempotency=None if key is None else Idempotency(key, request_hash),
    )


def deletion(team_id: int, environment_id: int, env_name: str, *, key: str | None = None) -> Order:
    job_id = next(_numbers)
    payload = DeleteEnvironmentJobPayload(
        job_id=job_id,
        team_id=team_id,
        user_id=3,
        environment_id=environment_id,
        env_name=env_name,
    )
    return Order(
        job_id=job_id,
        team_id=team_id,
        user_id=3,
        kind=DELETE,
        env_name=env_name,
        payload=payload.model_dump(mode="json"),
        event=job_event(team_id, job_id, env_name=env_name),
        dispatch=send_delete_environment(payload, task_id=f"job-{job_id}-1"),
        created_at=time.time(),
        environment_id=environment_id,
        idempotency=None if key is None else Idempotency(key, "hash"),
    )
