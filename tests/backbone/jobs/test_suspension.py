"""A suspended job holds nothing, is nobody's but the poller's, and is lost to nobody."""

from __future__ import annotations

import pytest

from backbone.database.engine import reading, transaction
from backbone.jobs import suspension
from backbone.jobs.cancellation import CancelOutcome, request_cancel
from backbone.jobs.change import Change
from backbone.jobs.claims import CONTINUED, Wanted, claim, defer
from backbone.jobs.job import Fence, Job
from backbone.jobs.reaper import Reaper, ReaperRules, SweepResult
from backbone.jobs.transitions import transition
from generated.models.job import JobKind, JobStatus
from tests.backbone.jobs.database import NOW, Database
from tests.backbone.jobs.test_claims import take

WANTED = Wanted(42, 7, JobKind.environment_create, "shop-42")


async def suspended(database: Database, *, poll_at: float = NOW + 1) -> Job:
    await database.order()
    job = await take(database)
    change = Change(to=JobStatus.polling, message="p", app_id="app", poll_at=poll_at)
    async with transaction(database.engine) as conn:
        written = await transition(conn, job, change, NOW)
    assert written is not None
    return written


async def due(database: Database, now: float) -> list[suspension.Suspended]:
    async with transaction(database.engine) as conn:
        return await suspension.take_due(conn, now=now, again_after=100, most=10)


async def test_the_step_to_polling_gives_up_the_lease(database: Database) -> None:
    job = await suspended(database)
    assert (job.status, job.lease_until, job.run_at, job.poll_at) == (
        *(JobStatus.polling, None, None, NOW + 1),
    )
    assert await database.job() == job
    assert await database.told() == ["started", "polling"]


async def test_no_message_claims_it(database: Database) -> None:
    await suspended(database)
    async with transaction(database.engine) as conn:
        assert await claim(conn, WANTED, now=NOW + 1000, lease_seconds=30) is None
        assert await defer(conn, WANTED, now=NOW + 1000, run_at=NOW + 2000) is None


async def test_the_reaper_leaves_it_alone(database: Database) -> None:
    await suspended(database)
    rules = ReaperRules(lost_after=1, begin_within=1)
    assert await Reaper(database.engine, rules, clock=lambda: NOW + 10_000).sweep() == SweepResult()


async def test_a_poller_reads_it_when_it_is_due_and_not_again_soon(database: Database) -> None:
    job = await suspended(database)
    assert await due(database, NOW) == []
    (kept,) = await due(database, NOW + 1)
    assert (kept.job_id, kept.team_id, kept.attempt, kept.kind) == (42, 7, 1, job.kind)
    assert (kept.env_name, kept.app_id, kept.started_at) == ("shop-42", "app", NOW)
    assert await due(database, NOW + 100) == []
    assert await due(database, NOW + 101) == [kept]
    async with reading(database.engine) as conn:
        assert await suspension.all_suspended(conn) == [kept]
        assert not await suspension.any_due(conn, NOW + 102)
        assert list(await suspension.read(conn, [42, 43])) == [42]


async def test_a_cancel_request_makes_it_due(database: Database) -> None:
    await suspended(database, poll_at=NOW + 100)
    async with transaction(database.engine) as conn:
        asked = await request_cancel(conn, team_id=7, job_id=42, now=NOW + 5)
    assert asked is not None
    assert asked.outcome is CancelOutcome.REQUESTED
    (kept,) = await due(database, NOW + 5)
    assert kept.cancel_requested


async def test_a_cancel_request_suspends_nothing(database: Database) -> None:
    await database.order()
    await take(database)
    async with transaction(database.engine) as conn:
        await request_cancel(conn, team_id=7, job_id=42, now=NOW)
    assert await database.column("poll_at") is None


async def test_it_is_resumed_once_without_an_event(database: Database) -> None:
    job = await suspended(database)
    for expected in (2, None):
        async with transaction(database.engine) as conn:
            resumed = await suspension.resume(conn, job.fence, now=NOW + 9, lease_seconds=30)
        assert (resumed and resumed.attempt) == expected
    assert (await database.job()).lease_until == NOW + 39
    assert await database.column("poll_at") is None
    assert await database.told() == ["started", "polling"]
    # Its poller died: it is taken up as any other.
    async with transaction(database.engine) as conn:
        again = await claim(conn, WANTED, now=NOW + 40, lease_seconds=30)
    assert again is not None
    assert (again.attempt, again.failures, again.message) == (3, 1, CONTINUED)


async def test_who_was_fenced_off_suspends_and_ends_nothing(database: Database) -> None:
    job = await suspended(database)
    async with transaction(database.engine) as conn:
        await suspension.resume(conn, job.fence, now=NOW, lease_seconds=30)
        assert await suspension.suspend(conn, job.fence, poll_at=NOW) is None
        done = Change(to=JobStatus.completed, message="d")
        assert await transition(conn, job, done, NOW) is None


async def test_an_attempt_that_finds_it_polling_suspends_it_without_an_event(
    database: Database,
) -> None:
    job = await suspended(database)
    async with transaction(database.engine) as conn:
        await suspension.resume(conn, job.fence, now=NOW, lease_seconds=30)
        again = await suspension.suspend(conn, Fence(42, 2), poll_at=NOW + 50)
    assert again is not None
    assert (again.lease_until, again.poll_at) == (None, NOW + 50)
    assert await database.told() == ["started", "polling"]


@pytest.mark.parametrize("status", [JobStatus.completed, JobStatus.failed, JobStatus.queued])
async def test_it_is_no_longer_suspended_after_another_step(
    database: Database, status: JobStatus
) -> None:
    job = await suspended(database)
    async with transaction(database.engine) as conn:
        await transition(conn, job, Change(to=status, message="m"), NOW)
    assert await database.column("poll_at") is None


async def test_a_queued_job_is_put_off_only_when_it_is_due(database: Database) -> None:
    await database.order()
    for expected in (True, False):
        async with transaction(database.engine) as conn:
            deferred = await defer(conn, WANTED, now=NOW, run_at=NOW + 20)
        assert (deferred is not None) is expected
    assert (await database.job()).run_at == NOW + 20
    assert await database.told() == []
