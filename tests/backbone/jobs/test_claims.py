"""Who gets a job, who keeps it, and who finds nothing to do."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from backbone.database.engine import statement, transaction
from backbone.jobs.claims import (
    CLOCK_SKEW,
    Wanted,
    claim,
    claim_at_once,
    exists,
    hand_over,
    mark_for_rollback,
)
from backbone.jobs.job import Fence
from backbone.jobs.steps import Steps
from generated.models.job import JobKind, JobStatus
from tests.backbone.jobs.database import NOW, Database

WANTED = Wanted(42, 7, JobKind.environment_create, "shop-42")


async def take(database: Database, *, now: float = NOW, wanted: Wanted = WANTED):
    job = await claim_at_once(Steps(database.engine), wanted, now=now, lease_seconds=30)
    if job is not None:
        return job
    async with transaction(database.engine) as conn:
        return await claim(conn, wanted, now=now, lease_seconds=30)


async def test_a_claim_begins_an_attempt_and_tells_of_it(database: Database) -> None:
    await database.order()
    job = await take(database)
    assert (job.status, job.attempt, job.failures) == (JobStatus.started, 1, 0)
    assert (job.lease_until, job.run_at, job.started_at) == (NOW + 30, None, NOW)
    assert await database.job() == job
    assert await database.told() == ["started"]


async def test_a_second_delivery_finds_nothing_to_do(database: Database) -> None:
    await database.order()
    first = await take(database)
    assert await take(database) is None
    assert await database.job() == first
    assert await database.told() == ["started"]


async def test_of_many_at_once_one_gets_it(database: Database) -> None:
    await database.order()
    taken = await asyncio.gather(*(take(database) for _ in range(8)))
    assert sum(job is not None for job in taken) == 1
    assert await database.column("attempt") == 1


@pytest.mark.parametrize("ago", [-5.0, -(CLOCK_SKEW + 0.1)])
async def test_a_job_that_is_not_due_is_left(database: Database, ago: float) -> None:
    await database.order(run_at=NOW - ago)
    assert await take(database) is None


async def test_a_clock_that_is_a_little_behind_does_no_harm(database: Database) -> None:
    await database.order(run_at=NOW + CLOCK_SKEW - 0.1)
    assert await take(database) is not None


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
async def test_an_ended_job_is_left(database: Database, status: str) -> None:
    await database.order(status=status, ended_at=NOW)
    assert await take(database) is None
    assert await database.told() == []


@pytest.mark.parametrize("status", ["started", "polling"])
async def test_a_lease_that_ran_out_costs_a_failure(database: Database, status: str) -> None:
    await database.order(status=status, attempt=1, lease_until=NOW - 0.1, started_at=NOW - 60)
    job = await take(database)
    assert (job.status.value, job.attempt, job.failures) == (status, 2, 1)
    assert job.started_at == NOW - 60
    assert await database.told() == [status]


async def test_a_lease_that_stands_protects_the_job(database: Database) -> None:
    await database.order(status="started", attempt=1, lease_until=NOW + 0.1)
    assert await take(database) is None


async def test_a_hand_over_costs_nothing(database: Database) -> None:
    await database.order(status="polling", attempt=1, lease_until=NOW + 10, failures=2)
    async with transaction(database.engine) as conn:
        assert await hand_over(conn, Fence(42, 1), run_at=NOW + 5) is not None
    job = await take(database)
    assert (job.status, job.attempt, job.failures) == (JobStatus.polling, 2, 2)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(43, 7, JobKind.environment_create, "shop-42"),
        Wanted(42, 8, JobKind.environment_create, "shop-42"),
        Wanted(42, 7, JobKind.environment_delete, "shop-42"),
    ],
)
async def test_a_message_that_errs_finds_no_job(database: Database, wanted: Wanted) -> None:
    await database.order()
    assert await take(database, wanted=wanted) is None
    async with transaction(database.engine) as conn:
        assert not await exists(conn, wanted)
        assert await exists(conn, WANTED)
    assert await database.column("attempt") == 0


async def test_a_renewal_prolongs_and_tells_of_a_cancel_request(database: Database) -> None:
    await database.order(status="started", attempt=3, lease_until=NOW + 1, cancel_requested_at=NOW)
    job = await Steps(database.engine).renew(Fence(42, 3), NOW + 30)
    assert job is not None
    assert job.cancel_requested
    assert await database.column("lease_until") == NOW + 30


async def test_a_verdict_changes_nothing_that_is_seen(database: Database) -> None:
    before = await database.order(status="polling", attempt=3, lease_until=NOW - 1)
    async with statement(database.engine) as conn:
        job = await mark_for_rollback(
            conn, Fence(42, 3), code="provider_broken", message="It broke"
        )
    assert job == replace(before, failure_code="provider_broken", failure_message="It broke")
    assert await database.column("error_code") is None
    assert await database.column("updated_at") == NOW
    assert await database.told() == []
    again = await take(database)
    assert (again.attempt, again.failure_code) == (4, "provider_broken")


@pytest.mark.parametrize("changed", [{"attempt": 4}, {"status": "completed"}, {"status": "queued"}])
async def test_the_fence_stops_renewal_verdict_and_hand_over(
    database: Database, changed: dict
) -> None:
    await database.order(**{"status": "started", "attempt": 3, "lease_until": NOW + 1, **changed})
    assert await Steps(database.engine).renew(Fence(42, 3), NOW + 30) is None
    async with transaction(database.engine) as conn:
        assert (
            await mark_for_rollback(conn, Fence(42, 3), code="gone", message="It is gone") is None
        )
        assert await hand_over(conn, Fence(42, 3), run_at=NOW) is None
    assert await database.column("failure_code") is None
    assert await database.column("lease_until") == NOW + 1


async def test_a_deletion_learns_the_identity_of_its_environment(database: Database) -> None:
    await database.order(status="completed", ended_at=NOW)
    environment_id = await database.environment()
    await database.order_deletion(50, environment_id)
    job = await take(database, wanted=Wanted(50, 7, JobKind.environment_delete))
    assert job.app_id == "app-42"


async def test_a_claim_that_does_not_know_the_name_takes_the_job_all_the_same(
    database: Database,
) -> None:
    await database.order()
    job = await take(database, wanted=Wanted(42, 7, JobKind.environment_create))
    assert job == await database.job()
    assert await database.told() == ["started"]
