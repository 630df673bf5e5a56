"""Cancelling: at once when nobody began, by the worker otherwise, never after the end."""

from __future__ import annotations

import asyncio

import pytest

from backbone.database.engine import transaction
from backbone.jobs.cancellation import CancelOutcome, request_cancel
from backbone.jobs.claims import Wanted, claim
from generated.models.job import JobKind, JobStatus
from tests.backbone.jobs.database import NOW, Database


async def cancel(database: Database, *, team_id: int = 7, job_id: int = 42):
    async with transaction(database.engine) as conn:
        return await request_cancel(conn, team_id=team_id, job_id=job_id, now=NOW + 5)


async def test_a_job_that_nobody_began_is_over_at_once(database: Database) -> None:
    await database.order()
    done = await cancel(database)
    assert (done.outcome, done.job.status) == (CancelOutcome.CANCELLED, JobStatus.cancelled)
    assert await database.told() == ["cancelled"]
    assert await database.column("ended_at") == NOW + 5


@pytest.mark.parametrize("status", ["started", "polling"])
async def test_a_worker_is_asked(database: Database, status: str) -> None:
    await database.order(status=status, attempt=1, lease_until=NOW + 30)
    done = await cancel(database)
    assert (done.outcome, done.job.status.value) == (CancelOutcome.REQUESTED, status)
    assert (await database.job()).cancel_requested
    assert await database.told() == []
    assert await database.queued_messages() == []


async def test_a_job_that_waits_for_a_retry_is_ended_by_a_worker_now(database: Database) -> None:
    await database.order(attempt=2, failures=2, run_at=NOW + 500)
    done = await cancel(database)
    assert done.outcome is CancelOutcome.REQUESTED
    assert await database.column("run_at") == NOW + 5
    assert await database.queued_messages() == [("job-42-3", None)]


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
async def test_after_the_end_it_is_too_late(database: Database, status: str) -> None:
    before = await database.order(status=status, ended_at=NOW)
    done = await cancel(database)
    assert (done.outcome, done.job) == (CancelOutcome.TOO_LATE, before)
    assert await database.job() == before


async def test_asking_twice_keeps_the_first_time(database: Database) -> None:
    await database.order(status="started", attempt=1, cancel_requested_at=NOW)
    assert (await cancel(database)).outcome is CancelOutcome.REQUESTED
    assert await database.column("cancel_requested_at") == NOW


@pytest.mark.parametrize(("team_id", "job_id"), [(8, 42), (7, 43)])
async def test_other_teams_see_no_job(database: Database, team_id: int, job_id: int) -> None:
    before = await database.order()
    assert await cancel(database, team_id=team_id, job_id=job_id) is None
    assert await database.job() == before


async def test_cancel_and_claim_at_the_same_time_agree(database: Database) -> None:
    for job_id in range(100, 110):
        await database.order(job_id)

    async def take(job_id: int):
        async with transaction(database.engine) as conn:
            wanted = Wanted(job_id, 7, JobKind.environment_create)
            return await claim(conn, wanted, now=NOW, lease_seconds=30)

    for job_id in range(100, 110):
        claimed, cancelled = await asyncio.gather(take(job_id), cancel(database, job_id=job_id))
        if claimed is None:
            assert cancelled.outcome is CancelOutcome.CANCELLED
            assert await database.told(job_id) == ["cancelled"]
        else:
            assert cancelled.outcome is CancelOutcome.REQUESTED
            assert await database.told(job_id) == ["started"]


async def test_a_cancelled_deletion_gives_the_environment_back(database: Database) -> None:
    await database.order(status="completed", ended_at=NOW)
    environment_id = await database.environment(status="deleting")
    await database.order_deletion(50, environment_id)
    assert (await cancel(database, job_id=50)).outcome is CancelOutcome.CANCELLED
    (row,) = await database.environment_rows()
    assert row.status == "running"
