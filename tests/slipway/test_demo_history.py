"""The demo's past is what a real one would have left: rows and log agree, and it is written once."""

import json
from collections import Counter

from sqlalchemy import select

from backbone.database.engine import reading
from backbone.database.tables import environments, events, job_logs, outbox, teams
from backbone.job_status import TERMINAL
from backbone.seed import Account, DemoTeam, seed_demo
from slipway.demo_history import write_history
from slipway.demo_jobs import HISTORY

NOW = 1_766_000_000.0


async def seeded(engine) -> DemoTeam:
    return await seed_demo(
        engine,
        member=Account("demo@slipway.test", "p", "Demo"),
        operator=Account("operator@slipway.test", "p", "Operator"),
    )


async def rows(engine, table):
    async with reading(engine) as conn:
        return (await conn.execute(select(table))).mappings().all()


async def test_a_dozen_jobs_of_every_kind_and_three_environments(engine):
    team = await seeded(engine)
    assert await write_history(engine, team, NOW) == len(HISTORY) >= 12
    jobs = {job["id"]: job for job in await rows(engine, job_logs)}
    assert all(job["ended_at"] is not None for job in jobs.values())
    kinds = Counter((job["kind"], job["status"]) for job in jobs.values())
    assert {kind for kind, _ in kinds} == {"environment.create", "environment.delete"}
    assert {status for _, status in kinds} == TERMINAL
    assert max(job["attempt"] for job in jobs.values()) == 2
    assert [job["env_name"] for job in jobs.values() if job["retry_of"]] == ["warehouse"]
    found = {env["env_name"]: env["status"] for env in await rows(engine, environments)}
    assert found == {"shop": "running", "blog": "running", "api": "running", "staging": "deleted"}


async def test_rows_and_log_agree(engine):
    team = await seeded(engine)
    await write_history(engine, team, NOW)
    log = sorted(await rows(engine, events), key=lambda row: row["position"])
    assert [row["position"] for row in log] == list(range(1, len(log) + 1))
    (last,) = {row["last_position"] for row in await rows(engine, teams)}
    assert last == len(log)
    assert max(row["created_at"] for row in log) < NOW
    for job in await rows(engine, job_logs):
        own = [row for row in log if row["job_id"] == job["id"]]
        assert own[0]["status"] == "queued"
        assert own[-1]["status"] == job["status"]
        assert [row["status"] for row in own[:-1] if row["status"] in TERMINAL] == []
        assert (own[0]["created_at"], own[-1]["created_at"]) == (job["created_at"], job["ended_at"])
        assert json.loads(own[-1]["body"])["attempt"] == job["attempt"]


async def test_no_worker_is_told_and_nothing_is_written_twice(engine):
    team = await seeded(engine)
    await write_history(engine, team, NOW)
    keys = {row["routing_key"] for row in await rows(engine, outbox)}
    assert all(key.startswith("team.") for key in keys)
    before = await rows(engine, job_logs)
    assert await write_history(engine, team, NOW + 60) == 0
    assert await rows(engine, job_logs) == before
