"""What has served its time goes, on both databases: counted, archived if wanted, never too early."""

import json

import pytest
from sqlalchemy import func, insert, select, update

from backbone.database.engine import reading, transaction
from backbone.database.tables import (
    environments,
    exchange_tokens,
    idempotency_keys,
    job_counts,
    job_logs,
    leases,
    sessions,
)
from backbone.retention.expiry import Expiry, ExpiryRules
from testing.accounts import add_member
from tests.backbone.rows import make_team
from tests.integration.old_rows import DAY, NOW, add_environment, add_job

RULES = ExpiryRules(environments=30 * DAY, jobs=60 * DAY, interval=60)


@pytest.fixture
async def team(database):
    await make_team(database, 7)
    await add_member(database, 3, 7)


async def ids(database, table):
    async with reading(database) as conn:
        return list(await conn.scalars(select(table.c.id).order_by(table.c.id)))


def expiry(database, rules=RULES):
    return Expiry(database, rules, clock=lambda: NOW)


async def test_old_jobs_go_with_their_environments_and_are_counted(database, team):
    await add_job(database, 1, ended=61)
    await add_job(database, 2, "failed", ended=61)
    await add_job(database, 3, ended=59)
    await add_job(database, 4, "queued", created_at=0.0)
    await add_job(database, 5, ended=400)
    await add_environment(database, 5)
    await add_job(database, 6, ended=400)
    await add_environment(database, 6, deleted=31)
    await add_job(database, 7, ended=400)
    await add_environment(database, 7, deleted=29)
    gone = await expiry(database).sweep()
    assert (gone["environments"], gone["job_logs"]) == (1, 3)
    assert await ids(database, job_logs) == [3, 4, 5, 7]
    async with reading(database) as conn:
        assert list(await conn.scalars(select(environments.c.job_id))) == [5, 7]
        counts = select(
            job_counts.c.status, func.sum(job_counts.c.jobs), func.sum(job_counts.c.seconds)
        ).group_by(job_counts.c.status)
        found = {row[0]: (int(row[1]), float(row[2])) for row in await conn.execute(counts)}
    assert found == {"completed": (2, 40.0), "failed": (1, 20.0)}


async def test_counts_of_a_month_add_up(database, team):
    task = expiry(database)
    for job_id in (1, 2):
        await add_job(database, job_id, ended=61)
        await task.sweep()
    async with reading(database) as conn:
        assert list(await conn.execute(select(job_counts.c.jobs, job_counts.c.seconds))) == [
            (2, 40.0)
        ]


async def test_more_than_a_batch_goes_past_those_that_stay(database, team, monkeypatch):
    monkeypatch.setattr("backbone.retention.walk.batch_size", lambda _: 2)
    for job_id in range(1, 10):
        await add_job(database, job_id, ended=61)
    for job_id in (1, 2, 5):
        await add_environment(database, job_id)
    assert (await expiry(database).sweep())["job_logs"] == 6
    assert await ids(database, job_logs) == [1, 2, 5]


async def test_nothing_is_deleted_that_was_not_archived(database, team, tmp_path):
    await add_job(database, 1, ended=61)
    await add_environment(database, 1, deleted=31)
    folder = tmp_path / "archive"
    folder.write_text("not a folder")
    rules = ExpiryRules(environments=30 * DAY, jobs=60 * DAY, interval=60, archive=folder)
    task = expiry(database, rules)
    with pytest.raises(OSError):
        await task.sweep()
    assert await ids(database, job_logs) == [1]
    folder.unlink()
    await task.sweep()
    assert await ids(database, job_logs) == []
    lines = {}
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        (text,) = path.read_text().splitlines()
        lines[json.loads(text)["table"]] = json.loads(text)["row"]
    assert lines["job_logs"]["payload"] == {"job_id": 1}
    assert lines["environments"]["shortdomain"] == "shop-1"


async def test_an_id_is_never_given_again(database, team):
    await add_job(database, 1, ended=61)
    await add_environment(database, 1, deleted=31)
    before = await ids(database, environments)
    await expiry(database).sweep()
    await add_job(database, 2, ended=1)
    await add_environment(database, 2)
    assert (await ids(database, environments))[0] > before[0]


async def test_expired_credentials_and_keys_go_in_batches(database, team):
    ages = (-100.0, DAY - 10, DAY + 10, 2 * DAY)
    async with transaction(database) as conn:
        for number, age in enumerate(ages):
            await conn.execute(
                insert(exchange_tokens).values(
                    token_hash=f"t{number}", user_id=3, expires_at=NOW - age
                )
            )
            await conn.execute(
                insert(sessions).values(
                    token_hash=f"s{number}",
                    user_id=3,
                    team_id=7,
                    created_at=0.0,
                    expires_at=NOW - age,
                )
            )
            await conn.execute(
                insert(idempotency_keys).values(
                    team_id=7,
                    user_id=3,
                    key=f"k{number}",
                    request_hash="h",
                    job_id=1,
                    status="queued",
                    last_event_id="e.1",
                    created_at=NOW - age,
                )
            )
    task = expiry(database)
    task._batch = 1
    gone = await task.sweep()
    assert [gone[name] for name in ("exchange_tokens", "sessions", "idempotency_keys")] == [2, 2, 2]
    async with reading(database) as conn:
        assert set(await conn.scalars(select(sessions.c.token_hash))) == {"s0", "s1"}


async def test_one_process_deletes_and_another_takes_over_when_its_lease_ends(database, team):
    first, second = expiry(database), expiry(database)
    await first.sweep()
    await add_job(database, 1, ended=61)
    assert (await second.sweep())["job_logs"] == 0, "the first one has the lease"
    async with transaction(database) as conn:
        await conn.execute(update(leases).values(expires_at=0.0))
    assert (await second.sweep())["job_logs"] == 1
