"""A database whose disk is full: orders are refused, readiness says why, and it passes."""

from sqlalchemy import event, func, select, text

from backbone.database.engine import engine_state, is_postgresql, reading, transaction
from backbone.database.tables import job_logs
from backbone.errors import DatabaseUnavailable
from backbone.orders.record import Recorder
from benchmarks.chaos.database_faults import FULL_DISK, FULL_TABLE, GROWING, SPACE
from tests.backbone.rows import creation, make_team
from tests.service.world import build_world

READY = "/api/v1/health/ready"
UNLIMITED = 1_073_741_823


async def fill(engine) -> None:
    if is_postgresql(engine):
        async with transaction(engine) as conn:
            await conn.execute(text(FULL_DISK))
            for table in GROWING:
                await conn.execute(text(FULL_TABLE.format(table=table)))
        return
    await _limit_pages(engine, 1)


async def make_space(engine) -> None:
    if is_postgresql(engine):
        async with transaction(engine) as conn:
            for table in GROWING:
                await conn.execute(text(SPACE.format(table=table)))
        return
    await _limit_pages(engine, UNLIMITED)


async def _limit_pages(engine, pages: int) -> None:
    """Let no connection write more pages than there are; SQLite says SQLITE_FULL then."""
    await engine.dispose()
    writer = engine_state(engine).sqlite_writer
    await writer.run(lambda conn: conn.execute(f"PRAGMA max_page_count={pages}"), sql="PRAGMA")

    @event.listens_for(engine.sync_engine, "connect")
    def limit(connection, _) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count={pages}")
        cursor.close()


async def told(world) -> tuple[int, dict[str, str]]:
    async with world.client() as http:
        answer = await http.get(READY)
    checks = answer.json()["checks"]
    return answer.status_code, next(each for each in checks if each["name"] == "database")


async def test_orders_are_refused_and_readiness_says_why(database, monkeypatch):
    await make_team(database)
    world = build_world(database)
    assert (await told(world))[1] == {"name": "database", "status": "ok"}
    await fill(database)
    refused = 0
    for _ in range(200):  # SQLite has some room left in the pages that are there
        try:
            await Recorder(database).record(creation())
        except DatabaseUnavailable:
            refused += 1
            break
    assert refused
    async with reading(database) as conn:
        before = await conn.scalar(select(func.count()).select_from(job_logs))
    status, check = await told(world)
    assert (status, check["status"]) == (200, "degraded")
    assert "disk is full" in check["detail"]

    await make_space(database)
    await Recorder(database).record(creation())
    async with reading(database) as conn:
        assert await conn.scalar(select(func.count()).select_from(job_logs)) == before + 1
    monkeypatch.setattr("backbone.database.engine.DISK_FULL_SECONDS", 0)
    assert (await told(world))[1] == {"name": "database", "status": "ok"}
