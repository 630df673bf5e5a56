"""Steps of several jobs at a moment: each is written or fenced off by itself, positions gapless."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import insert, select

from backbone.database.engine import reading, transaction
from backbone.database.tables import events, teams
from backbone.jobs.change import Change
from backbone.jobs.claims import Wanted, claim_at_once
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Fence
from backbone.jobs.steps import Steps
from generated.models.job import JobKind, JobStatus
from tests.backbone.jobs.database import NOW, Database

POLLING = Change(to=JobStatus.polling, message="m", app_id="a")
DONE = Change(to=JobStatus.completed, message="done")


def created(name: str) -> CreatedEnvironment:
    return CreatedEnvironment(name, name, "a", None, None, {"k": "v"})


async def positions(database: Database) -> dict[int, list[int]]:
    async with reading(database.engine) as conn:
        rows = await conn.execute(
            select(events.c.team_id, events.c.position).order_by(events.c.position)
        )
    found: dict[int, list[int]] = {}
    for team, position in rows:
        found.setdefault(team, []).append(position)
    return found


async def test_many_steps_at_once(database: Database) -> None:
    async with transaction(database.engine) as conn:
        team = {"id": 8, "name": "Eight", "status": "ACTIVE", "status_changed_at": NOW}
        await conn.execute(insert(teams), team | {"epoch": "F", "created_at": NOW})
    for number in range(1, 9):
        await database.order(number, team_id=7 + number % 2)
    steps = Steps(database.engine)
    wanted = [
        Wanted(number, 7 + number % 2, JobKind.environment_create, f"shop-{number}", 3)
        for number in range(1, 9)
    ]
    strangers = [replace(wanted[0], user_id=4), replace(wanted[1], env_name="other")]
    claims = [
        claim_at_once(steps, each, now=NOW, lease_seconds=30) for each in (*strangers, *wanted)
    ]
    first, second, *jobs = await asyncio.gather(*claims)
    assert (first, second) == (None, None)
    assert [(job.id, job.status, job.attempt, job.lease_until) for job in jobs if job] == [
        (number, JobStatus.started, 1, NOW + 30) for number in range(1, 9)
    ]
    assert await positions(database) == {7: [1, 2, 3, 4], 8: [1, 2, 3, 4]}

    late = [replace(job, attempt=0) for job in jobs[:2]]
    written = await asyncio.gather(
        *(steps.write(job, POLLING, NOW) for job in (*late, *jobs[2:5])),
        *(steps.write(job, DONE, NOW, created(job.env_name)) for job in jobs[5:]),
    )
    assert [None if job is None else job.status.value for job in written] == (
        [None] * 2 + ["polling"] * 3 + ["completed"] * 3
    )
    made = {row.job_id: row for row in await database.environment_rows()}
    assert {job.id: job.environment_id for job in written[5:] if job} == {
        job_id: row.id for job_id, row in made.items()
    }
    assert [made[number].team_id for number in (6, 7, 8)] == [7, 8, 7]
    assert made[6].metadata == {"k": "v"}
    assert await positions(database) == {7: list(range(1, 8)), 8: list(range(1, 8))}
    assert await database.told(6) == ["started", "completed"]


async def test_leases_that_are_renewed_at_once_are_each_job_s_own(database: Database) -> None:
    for number in range(1, 6):
        await database.order(number, status="polling", attempt=number, lease_until=NOW)
    steps = Steps(database.engine)
    fences = [Fence(number, number) for number in range(1, 5)] + [Fence(5, 4)]
    found = await asyncio.gather(
        *(steps.renew(fence, NOW + fence.job_id) for fence in fences),
    )
    assert [job and job.lease_until for job in found] == [NOW + n for n in range(1, 5)] + [None]
    assert [await database.column("lease_until", n) for n in range(1, 6)] == [
        NOW + n for n in range(1, 5)
    ] + [NOW]
    assert await positions(database) == {}, "for the browser nothing happened"


async def test_what_one_job_breaks_the_others_do_not_feel(database: Database) -> None:
    """A name that is taken ends one completion, and no other."""
    jobs = [await database.order(n, status="polling", attempt=1) for n in (1, 2)]
    await database.order(40, status="completed", env_name="shop-42", ended_at=NOW)
    await database.environment(job_id=40)
    steps = Steps(database.engine)
    found = await asyncio.gather(
        steps.write(jobs[0], DONE, NOW, created("shop-42")),
        steps.write(jobs[1], DONE, NOW, created("shop-2")),
        return_exceptions=True,
    )
    assert type(found[0]).__name__ == "IntegrityError"
    assert found[1].status is JobStatus.completed
    assert await database.told(1) == []
    assert await database.told(2) == ["completed"]
