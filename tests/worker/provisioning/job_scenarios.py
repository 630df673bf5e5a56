"""What every implementation of `Jobs` does, as tests for whoever imports them and has a `shelf`.

A shelf has `jobs` with the order 42 of team 7, and tells what was written.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading, transaction
from backbone.database.tables import events, job_logs, outbox, teams
from backbone.jobs.change import Change
from backbone.jobs.claims import Wanted
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Job
from generated.models.job import JobKind, JobStatus
from tests.worker.provisioning.conftest import BIRTH, queued_job
from worker.provisioning.job_table import JobTable
from worker.provisioning.jobs import Jobs, NotClaimed

__all__ = [
    "test_a_claim_is_exclusive_until_the_lease_ends",
    "test_a_hand_over_costs_nothing_and_is_not_told",
    "test_a_mark_for_rollback_is_recorded_and_not_told",
    "test_a_mark_for_rollback_outlives_the_lease_and_a_retry",
    "test_a_renewal_tells_of_a_cancel_request",
    "test_a_retry_comes_when_it_is_due",
    "test_a_stray_message_names_no_job",
    "test_the_fence",
    "test_the_way_to_completion",
    "test_what_has_ended_is_not_marked",
]

CREATE = JobKind.environment_create
WANTED = Wanted(42, 7, CREATE, "shop-42")
CREATED = CreatedEnvironment("shop-42", "shop-42", "app", None, None, {})
PAYLOAD = {"job_id": 42, "team_id": 7, "user_id": 3, "shortdomain": "shop-42"}
PAYLOAD |= {"nodes": [{"node_type": "nginxphp"}]}


class Clock:
    time = BIRTH

    def now(self) -> float:
        return self.time


class InDatabase:
    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self.engine = engine
        self.jobs: Jobs = JobTable(engine, now=clock.now, lease_seconds=30)

    async def add(self, job: Job) -> None:
        team = {"id": 7, "name": "Seven", "status": "ACTIVE", "status_changed_at": 0.0}
        values = {name: getattr(job, name) for name in Job.__slots__}
        async with transaction(self.engine) as conn:
            await conn.execute(insert(teams), team | {"epoch": "E", "created_at": 0.0})
            await conn.execute(insert(job_logs), values | {"updated_at": BIRTH})

    async def cancel(self) -> None:
        async with transaction(self.engine) as conn:
            await conn.execute(update(job_logs).values(cancel_requested_at=BIRTH))

    async def told(self) -> list[str]:
        async with reading(self.engine) as conn:
            return list(
                (await conn.scalars(select(events.c.status).order_by(events.c.position))).all()
            )

    async def dispatched(self) -> list[float | None]:
        query = select(outbox.c.not_before).where(outbox.c.position.is_(None)).order_by(outbox.c.id)
        async with reading(self.engine) as conn:
            return list((await conn.scalars(query)).all())


async def with_an_order(shelf: Any) -> Any:
    await shelf.add(queued_job(42, CREATE, "shop-42", PAYLOAD))
    return shelf


async def test_a_claim_is_exclusive_until_the_lease_ends(shelf, clock: Clock) -> None:
    first = await shelf.jobs.claim(WANTED)
    assert (first.status, first.attempt, first.failures) == (JobStatus.started, 1, 0)
    assert await shelf.jobs.claim(WANTED) is NotClaimed.TAKEN
    clock.time += 29
    assert await shelf.jobs.renew(first) is not None
    clock.time += 29
    assert await shelf.jobs.claim(WANTED) is NotClaimed.TAKEN
    clock.time += 2
    second = await shelf.jobs.claim(WANTED)
    assert (second.attempt, second.failures) == (2, 1)
    assert await shelf.jobs.renew(first) is None
    assert await shelf.told() == ["started", "started"]


async def test_the_fence(shelf, clock: Clock) -> None:
    first = await shelf.jobs.claim(WANTED)
    clock.time += 31
    await shelf.jobs.claim(WANTED)
    done = Change(to=JobStatus.completed, message="done")
    later = Change(to=JobStatus.queued, message="later", run_at=clock.time, failed=True)
    assert await shelf.jobs.report(first, Change(to=JobStatus.polling, message="p")) is None
    assert await shelf.jobs.complete(first, done, CREATED) is None
    assert await shelf.jobs.retry(first, later) is None
    assert await shelf.jobs.mark_for_rollback(first, "gone", "It is gone") is None
    assert await shelf.jobs.hand_over(first, clock.time) is None
    assert await shelf.told() == ["started", "started"]
    assert await shelf.dispatched() == []


async def test_the_way_to_completion(shelf) -> None:
    job = await shelf.jobs.claim(WANTED)
    job = await shelf.jobs.report(job, Change(to=JobStatus.polling, message="p", app_id="app"))
    assert (job.status, job.app_id) == (JobStatus.polling, "app")
    assert job.payload == PAYLOAD
    job = await shelf.jobs.complete(job, Change(to=JobStatus.completed, message="d"), CREATED)
    assert job.status is JobStatus.completed
    assert await shelf.jobs.report(job, Change(to=JobStatus.failed, message="f")) is None
    assert await shelf.jobs.claim(WANTED) is NotClaimed.TAKEN
    assert await shelf.told() == ["started", "polling", "completed"]


async def test_a_retry_comes_when_it_is_due(shelf, clock: Clock) -> None:
    job = await shelf.jobs.claim(WANTED)
    due = clock.time + 8
    change = Change(to=JobStatus.queued, message="later", run_at=due, failed=True)
    job = await shelf.jobs.retry(job, change)
    assert (job.status, job.failures, job.lease_until) == (JobStatus.queued, 1, None)
    assert await shelf.dispatched() == [due]
    assert await shelf.jobs.claim(WANTED) is NotClaimed.TAKEN
    clock.time = due
    again = await shelf.jobs.claim(WANTED)
    assert (again.attempt, again.failures) == (2, 1)
    assert await shelf.told() == ["started", "queued", "started"]


async def test_a_hand_over_costs_nothing_and_is_not_told(shelf, clock: Clock) -> None:
    job = await shelf.jobs.claim(WANTED)
    job = await shelf.jobs.report(job, Change(to=JobStatus.polling, message="p"))
    assert await shelf.jobs.hand_over(job, clock.time + 5) is not None
    assert await shelf.dispatched() == [clock.time + 5]
    assert await shelf.told() == ["started", "polling"]
    again = await shelf.jobs.claim(WANTED)
    assert (again.status, again.attempt, again.failures) == (JobStatus.polling, 2, 0)


async def test_a_mark_for_rollback_is_recorded_and_not_told(shelf, clock: Clock) -> None:
    job = await shelf.jobs.claim(WANTED)
    assert (job.failure_code, job.failure_message) == (None, None)
    marked = await shelf.jobs.mark_for_rollback(job, "provider_broken", "It broke")
    assert (marked.failure_code, marked.failure_message) == ("provider_broken", "It broke")
    assert (marked.status, marked.attempt, marked.lease_until) == (
        JobStatus.started,
        1,
        job.lease_until,
    )
    assert await shelf.told() == ["started"]
    assert await shelf.dispatched() == []


async def test_a_mark_for_rollback_outlives_the_lease_and_a_retry(shelf, clock: Clock) -> None:
    first = await shelf.jobs.claim(WANTED)
    await shelf.jobs.mark_for_rollback(first, "provider_broken", "It broke")
    clock.time += 31
    second = await shelf.jobs.claim(WANTED)
    assert (second.failure_code, second.failure_message) == ("provider_broken", "It broke")
    later = Change(to=JobStatus.queued, message="later", run_at=clock.time, failed=True)
    await shelf.jobs.retry(second, later)
    third = await shelf.jobs.claim(WANTED)
    assert (third.attempt, third.failure_code) == (3, "provider_broken")
    assert (await shelf.jobs.renew(third)).failure_message == "It broke"


async def test_what_has_ended_is_not_marked(shelf) -> None:
    job = await shelf.jobs.claim(WANTED)
    await shelf.jobs.complete(job, Change(to=JobStatus.completed, message="d"), CREATED)
    assert await shelf.jobs.mark_for_rollback(job, "provider_broken", "It broke") is None


async def test_a_renewal_tells_of_a_cancel_request(shelf) -> None:
    job = await shelf.jobs.claim(WANTED)
    assert not (await shelf.jobs.renew(job)).cancel_requested
    await shelf.cancel()
    assert (await shelf.jobs.renew(job)).cancel_requested


@pytest.mark.parametrize(
    "named", [(43, 7, CREATE), (42, 8, CREATE), (42, 7, JobKind.environment_delete)]
)
async def test_a_stray_message_names_no_job(shelf, named) -> None:
    assert await shelf.jobs.claim(Wanted(*named, "shop-42")) is NotClaimed.UNKNOWN
    assert await shelf.told() == []
