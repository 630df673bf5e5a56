"""Jobs that nobody works on any more go on, or end with a reason."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from sqlalchemy import delete, insert

from backbone.database.engine import reading, transaction
from backbone.database.tables import leases, outbox
from backbone.jobs.dispatch import dispatch
from backbone.jobs.reaper import (
    BY_LEASE,
    LEASE,
    Reaper,
    ReaperRules,
    SweepResult,
    first_of,
    is_interrupted,
)
from generated.models.job import JobKind
from tests.backbone.jobs.database import NOW, Database

RULES = ReaperRules(interval=0.01, max_failures=5, lost_after=60, begin_within=100_000)


def reaper(database: Database, *, now: float = NOW) -> Reaper:
    return Reaper(database.engine, RULES, clock=lambda: now)


async def test_healthy_jobs_are_left_alone(database: Database) -> None:
    await database.order(1, run_at=NOW - 59)
    await database.order(2, run_at=NOW + 500, attempt=1)
    await database.order(3, status="started", attempt=1, lease_until=NOW + 1)
    await database.order(4, status="completed", ended_at=NOW - 5000, created_at=NOW - 5000)
    await database.order(5, status="polling", attempt=1, run_at=NOW - 30)
    assert await reaper(database).sweep() == SweepResult()
    assert await database.queued_messages() == []


@pytest.mark.parametrize("status", ["started", "polling"])
async def test_a_dead_workers_job_is_dispatched_again(database: Database, status: str) -> None:
    await database.order(status=status, attempt=1, lease_until=NOW - 1)
    assert await reaper(database).sweep() == SweepResult(interrupted=1)
    job = await database.job()
    assert (job.status.value, job.failures, job.lease_until, job.run_at) == (status, 1, None, NOW)
    assert await database.queued_messages() == [("job-42-2", None)]
    # And not once more at the next sweep.
    assert await reaper(database, now=NOW + 5).sweep() == SweepResult()


async def test_the_last_allowed_interruption_goes_to_a_worker_to_clean_up(
    database: Database,
) -> None:
    await database.order(status="polling", attempt=5, failures=4, lease_until=NOW - 1)
    assert await reaper(database).sweep() == SweepResult(interrupted=1)
    assert await database.told() == []
    assert len(await database.queued_messages()) == 1


async def test_one_more_ends_the_job(database: Database) -> None:
    await database.order(status="polling", attempt=6, failures=5, lease_until=NOW - 1)
    assert await reaper(database).sweep() == SweepResult(interrupted=1)
    assert await database.told() == ["failed"]
    assert await database.column("error_code") == "attempts_exhausted"
    assert await database.queued_messages() == []


async def test_one_more_ends_a_marked_job_with_its_decision(database: Database) -> None:
    verdict = {"failure_code": "provider_broken", "failure_message": "It broke"}
    await database.order(status="polling", attempt=6, failures=5, lease_until=NOW - 1, **verdict)
    assert await reaper(database).sweep() == SweepResult(interrupted=1)
    assert await database.told() == ["failed"]
    assert await database.column("error_code") == "provider_broken"
    first, _, second = (await database.column("message")).partition(". ")
    assert first == "It broke"
    assert second == "What was created may not have been removed: The job was interrupted too often"


@pytest.mark.parametrize(
    "changed",
    [
        {"run_at": NOW - 61},
        {"run_at": None, "created_at": NOW - 61},
        {"run_at": NOW - 61, "attempt": 2},
        {"run_at": NOW - 61, "attempt": 2, "status": "polling"},
    ],
)
async def test_a_lost_message_is_sent_again(database: Database, changed: dict) -> None:
    await database.order(**changed)
    assert await reaper(database).sweep() == SweepResult(lost=1)
    attempt = changed.get("attempt", 0)
    assert await database.queued_messages() == [(f"job-42-{attempt + 1}", None)]
    assert await database.column("run_at") == NOW
    assert await database.told() == []


async def test_a_message_that_waits_in_the_outbox_is_not_lost(database: Database) -> None:
    """The broker is away: sending more of the same helps nobody."""
    job = await database.order(run_at=NOW - 61)
    async with transaction(database.engine) as conn:
        await dispatch(conn, job)
    assert await reaper(database).sweep() == SweepResult()
    assert len(await database.queued_messages()) == 1
    async with transaction(database.engine) as conn:
        await conn.execute(delete(outbox))
    assert await reaper(database).sweep() == SweepResult(lost=1)


async def test_a_waiting_message_of_another_job_does_not_count(database: Database) -> None:
    await database.order(42, run_at=NOW - 61)
    other = await database.order(421)
    async with transaction(database.engine) as conn:
        await dispatch(conn, replace(other, id=421))
    assert await reaper(database).sweep() == SweepResult(lost=1)


def broker_with(**ready: int | None):
    """A broker whose queue of creations holds so many messages."""

    async def depth(kind: JobKind) -> int | None:
        return ready["creations"] if kind is JobKind.environment_create else 0

    return depth


async def test_what_the_queue_explains_is_not_sent_again(database: Database) -> None:
    """No worker for 200 s: the queue holds each message once, and shall not hold it four times."""
    for job_id in range(1, 31):
        await database.order(job_id, run_at=NOW)
    for later in range(0, 200, 5):
        moment = NOW + later
        looking = Reaper(
            database.engine, RULES, depth=broker_with(creations=30), clock=lambda t=moment: t
        )
        assert await looking.sweep() == SweepResult()
    assert await database.queued_messages() == []


async def test_of_those_that_wait_as_many_are_sent_as_the_queue_lacks(database: Database) -> None:
    for job_id in range(1, 11):
        await database.order(job_id, run_at=NOW - 100 - job_id)
    looking = Reaper(database.engine, RULES, depth=broker_with(creations=7), clock=lambda: NOW)
    assert await looking.sweep() == SweepResult(lost=3)
    sent = {task for task, _ in await database.queued_messages()}
    assert sent == {"job-10-1", "job-9-1", "job-8-1"}, "those that wait the longest"
    assert await looking.sweep() == SweepResult(), "those in the outbox are on their way"


async def test_nothing_is_lost_while_nobody_can_ask_the_broker(database: Database) -> None:
    await database.order(run_at=NOW - 61)
    blind = Reaper(database.engine, RULES, depth=broker_with(creations=None), clock=lambda: NOW)
    assert await blind.sweep() == SweepResult()


async def test_a_message_that_is_lost_again_and_again_is_sent_ever_more_seldom(
    database: Database,
) -> None:
    await database.order(created_at=NOW, updated_at=NOW, run_at=NOW)
    later = 0
    for wait in (65, 70, 140, 280, 560, 605, 605):
        assert not (await reaper(database, now=NOW + later + wait - 5).sweep()).lost
        later += wait
        assert (await reaper(database, now=NOW + later).sweep()).lost
        async with transaction(database.engine) as conn:
            await conn.execute(delete(outbox))


async def test_a_job_that_nobody_begins_ends(database: Database) -> None:
    await database.order(created_at=NOW - 100_001, run_at=NOW - 1)
    await database.order(43, created_at=NOW - 100_001, run_at=NOW - 1, attempt=1)
    assert await reaper(database).sweep() == SweepResult(failed=1)
    assert await database.told() == ["failed"]
    assert await database.column("error_code") == "not_begun"
    assert (await database.job(43)).status.value == "queued"


async def test_a_sweep_goes_on_until_it_finds_no_more(database: Database) -> None:
    for job_id in range(1, 106):
        await database.order(job_id, status="started", attempt=1, lease_until=NOW - 1)
    assert (await reaper(database).sweep()).interrupted == 105
    assert len({task for task, _ in await database.queued_messages()}) == 105


async def test_two_reapers_find_each_job_once(database: Database) -> None:
    for job_id in range(1, 21):
        await database.order(job_id, status="started", attempt=1, lease_until=NOW - 1)
    swept = await asyncio.gather(reaper(database).sweep(), reaper(database).sweep())
    assert sum(s.interrupted for s in swept) == 20
    assert len(await database.queued_messages()) == 20


async def test_it_works_only_while_it_has_the_lease(database: Database) -> None:
    await database.order(status="started", attempt=1, lease_until=NOW - 1)
    held = {"name": LEASE, "holder": "another", "seconds": 1e9, "expires_at": time.time() + 1e8}
    async with transaction(database.engine) as conn:
        await conn.execute(insert(leases), held)
    # A lease of some seconds: giving it back is bounded by that.
    rules = replace(RULES, interval=2.0)
    running = asyncio.create_task(Reaper(database.engine, rules, clock=lambda: NOW).run())
    await asyncio.sleep(0.1)
    assert await database.queued_messages() == []
    async with transaction(database.engine) as conn:
        await conn.execute(delete(leases))
    async with asyncio.timeout(60):
        while not await database.queued_messages():
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    async with transaction(database.engine) as conn:
        assert [row.holder for row in await conn.execute(leases.select())] == [""], "given back"


async def test_it_looks_for_lost_jobs_less_often_than_for_leases(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those are looked for among all that wait, which may be many."""
    looked: list[bool] = []
    thrice = asyncio.Event()

    async def sweep(_: Reaper, *, lost: bool) -> SweepResult:
        looked.append(lost)
        if len(looked) == 3:
            thrice.set()
        return SweepResult()

    monkeypatch.setattr(Reaper, "sweep", sweep)
    monkeypatch.setattr("backbone.jobs.reaper.pause_after", lambda *_: 1e9)
    running = asyncio.create_task(Reaper(database.engine, ReaperRules(interval=0.001)).run())
    async with asyncio.timeout(30):
        await thrice.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert looked == [True, False, False]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_leases_that_ran_out_are_found_in_the_order_of_their_index(
    database: Database,
) -> None:
    """Else all of them are sorted for each batch, when many workers die at once.

    PostgreSQL's planner sorts a few rows.
    """
    statement = first_of(is_interrupted(NOW), BY_LEASE, 100)
    async with reading(database.engine) as conn:
        compiled = statement.compile(conn.sync_connection, compile_kwargs={"literal_binds": True})
        steps = (await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")).scalars("detail")
        told = list(steps)
    assert any("ix_job_logs_held" in step for step in told), told
    assert not any("ORDER BY" in step for step in told), told
