"""How long jobs usually take, as the table of jobs tells."""

from backbone.database.engine import reading
from backbone.jobs.durations import FEWEST, Usual, UsualDurations, usual_seconds
from generated.models.job import JobKind
from tests.backbone.jobs.database import NOW, Database


async def test_usual_is_what_the_last_ones_took(database: Database) -> None:
    async def usual() -> Usual | None:
        async with reading(database.engine) as conn:
            return await usual_seconds(conn, JobKind.environment_create)

    for job_id in range(1, FEWEST + 1):
        assert await usual() is None
        ended = {"started_at": NOW, "ended_at": NOW + 100 + job_id, "status": "completed"}
        await database.order(job_id, **ended)
    await database.order(50, started_at=NOW, ended_at=NOW + 1, status="failed")
    await database.order(51, started_at=NOW, status="polling")
    assert await usual() == Usual(101, 105)


async def test_usual_is_read_once_a_minute_and_sooner_while_nothing_is_known(
    database: Database,
) -> None:
    async def completes(first: int, seconds: float) -> None:
        for job_id in range(first, first + FEWEST):
            ended = {"started_at": NOW, "ended_at": NOW + seconds, "status": "completed"}
            await database.order(job_id, **ended)

    now = 0.0
    durations = UsualDurations(database.engine, clock=lambda: now)
    kind = JobKind.environment_create
    assert await durations.of(kind) is None
    await completes(1, 9.5)
    now = 4.0
    assert await durations.of(kind) is None
    now = 5.0
    assert await durations.of(kind) == Usual(9.5, 9.5)
    await completes(100, 20.0)
    now = 64.0
    assert await durations.of(kind) == Usual(9.5, 9.5)
    now = 65.0
    assert await durations.of(kind) == Usual(9.5, 20.0)
