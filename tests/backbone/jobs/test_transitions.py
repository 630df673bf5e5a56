"""Row, event, outbox and environment are written together, by the latest attempt, or not at all."""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import select

from backbone.database.engine import reading, transaction
from backbone.database.tables import outbox
from backbone.jobs.change import Change
from backbone.jobs.dispatch import dispatch
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.states import TERMINAL, sources
from backbone.jobs.steps import Steps
from backbone.jobs.transitions import transition
from generated.models.job import JobStatus
from tests.backbone.jobs.database import NOW, Database

CREATED = CreatedEnvironment(
    env_name="shop-42",
    shortdomain="shop-42",
    app_id="app-42",
    domain="shop-42.example.net",
    display_name=None,
    metadata={"project": "web"},
)


async def write(database: Database, change: Change, *, attempt: int = 1, **kwargs):
    job = replace(await database.job(), attempt=attempt)
    return await Steps(database.engine).write(job, change, NOW + 9, **kwargs)


async def write_within(database: Database, change: Change):
    """Write a step as a part of a transaction."""
    async with transaction(database.engine) as conn:
        return await transition(conn, await database.job(), change, NOW + 9)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(JobStatus, JobStatus)))
async def test_only_legal_steps_are_written(
    database: Database, before: JobStatus, after: JobStatus
) -> None:
    ended = NOW if before in TERMINAL else None
    now = {"status": before.value, "attempt": 1, "ended_at": ended}
    await database.order(**now)
    told: list[str] = []
    for way in (write, write_within):
        await database.change(42, **now)
        job = await way(database, Change(to=after, message="news"))
        if before in sources(after):
            told.append(after.value)
            assert job is not None
            assert (await database.job()).status is job.status is after
        else:
            assert job is None
            assert (await database.job()).status is before
        assert await database.told() == told


@pytest.mark.parametrize("attempt", [0, 1, 3])
async def test_another_attempt_writes_nothing(database: Database, attempt: int) -> None:
    before = await database.order(status="started", attempt=2, lease_until=NOW + 30)
    change = Change(to=JobStatus.completed, message="done")
    assert await write(database, change, attempt=attempt, created=CREATED) is None
    assert await database.job() == before
    assert await database.told() == []
    assert await database.environment_rows() == []


async def test_an_end_is_an_end(database: Database) -> None:
    await database.order(status="polling", attempt=1, lease_until=NOW + 30)
    change = Change(to=JobStatus.failed, message="no", error_code="quota_exceeded")
    job = await write(database, change)
    assert job is not None
    assert (job.lease_until, job.run_at) == (None, None)
    assert await database.column("ended_at") == NOW + 9
    assert await database.column("error_code") == "quota_exceeded"
    assert await write(database, Change(to=JobStatus.completed, message="late")) is None
    assert await database.told() == ["failed"]


async def test_completion_writes_the_environment_with_it(database: Database) -> None:
    await database.order(status="polling", attempt=1, lease_until=NOW + 30)
    change = Change(to=JobStatus.completed, message="done", app_id="app-42")
    job = await write(database, change, created=CREATED)
    (row,) = await database.environment_rows()
    assert job is not None
    assert job.environment_id == row.id
    assert (row.team_id, row.job_id, row.status) == (7, 42, "running")
    assert row.metadata == {"project": "web"}
    assert row.domain == "shop-42.example.net"
    assert await database.told() == ["completed"]


async def test_a_rollback_leaves_neither_row_nor_event(database: Database) -> None:
    before = await database.order(status="polling", attempt=1)
    with suppress(ZeroDivisionError):
        async with transaction(database.engine) as conn:
            change = Change(to=JobStatus.completed, message="done")
            assert await transition(conn, before, change, NOW, created=CREATED)
            raise ZeroDivisionError
    assert await database.job() == before
    assert await database.told() == []
    assert await database.environment_rows() == []


async def test_a_retry_gives_the_lease_back_and_counts(database: Database) -> None:
    await database.order(status="started", attempt=1, lease_until=NOW + 30, failures=1)
    change = Change(to=JobStatus.queued, message="later", run_at=NOW + 8, failed=True)
    job = await write(database, change)
    assert job is not None
    assert (job.lease_until, job.run_at, job.failures) == (None, NOW + 8, 2)


async def test_a_long_message_is_cut_to_what_events_may_carry(database: Database) -> None:
    await database.order(status="started", attempt=1)
    await write(database, Change(to=JobStatus.polling, message="x" * 5000))
    assert len(await database.column("message")) == 1024
    assert await database.told() == ["polling"]


@pytest.mark.parametrize(
    ("end", "status", "deleted_at"),
    [
        (JobStatus.completed, "deleted", NOW + 9),
        (JobStatus.failed, "running", None),
        (JobStatus.cancelled, "running", None),
    ],
)
async def test_the_end_of_a_deletion_settles_its_environment(
    database: Database, end: JobStatus, status: str, deleted_at: float | None
) -> None:
    await database.order(status="completed", ended_at=NOW)
    environment_id = await database.environment(status="deleting")
    job = await database.order_deletion(50, environment_id, status="started", attempt=1)
    async with transaction(database.engine) as conn:
        await transition(conn, job, Change(to=end, message="end"), NOW + 9)
    (row,) = await database.environment_rows()
    assert (row.status, row.deleted_at) == (status, deleted_at)


async def test_an_event_without_a_span_goes_on_with_the_trace_of_the_order(
    database: Database,
) -> None:
    order = await database.order(trace_context="00-of-the-order", status="started", attempt=1)
    async with transaction(database.engine) as conn:
        change = Change(to=JobStatus.polling, message="It is being made")
        assert await transition(conn, order, change, NOW) is not None
        await dispatch(conn, order)
    async with reading(database.engine) as conn:
        traces = (await conn.scalars(select(outbox.c.trace_context))).all()
    assert traces == ["00-of-the-order"] * 2
