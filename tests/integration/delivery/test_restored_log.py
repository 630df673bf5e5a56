"""A database that went back in time: live streams, and browsers that come back, are told."""

import asyncio
import os

from sqlalchemy import delete, select, update

from backbone.database.engine import transaction
from backbone.database.tables import environments, events, outbox, teams
from backbone.events.restored import renew_epochs
from backbone.identifiers import LOST, IdentifierAllocator
from testing.launch import run
from tests.backbone.rows import make_team
from tests.integration.gateway_world import gateway, ids, make_member, sign_in, tell
from tests.integration.old_rows import add_environment, add_job


async def lose(engine, keep: int) -> None:
    """What a restored backup lacks is gone, and nothing tells."""
    async with transaction(engine) as conn:
        await conn.execute(delete(events).where(events.c.position > keep))
        await conn.execute(delete(outbox))
        await conn.execute(update(teams).where(teams.c.id == 7).values(last_position=keep))


async def test_a_live_gateway_notices_that_the_log_went_back(database) -> None:
    await make_team(database)
    await make_member(database)
    token = await sign_in(database)
    async with gateway(database) as world:
        reader = await world.stream(token)
        await tell(database, 5)
        await reader.got(5, "message")
        await lose(database, 2)
        await reader.got(1, "reset")
        (reset,) = reader.source.frames("reset")
        assert reset.json["reason"] == "future"
        assert reset.json["snapshot"]["last_event_id"] == "epoch7.2"
        await reader.until(lambda: reader.source.last_event_id == "epoch7.2")
        told = await tell(database, 4)
        await reader.got(9, "message")
        assert ids(reader)[5:] == told


async def test_the_command_renews_the_epochs_of_a_live_installation(database, tmp_path) -> None:
    await make_team(database)
    await make_member(database)
    token = await sign_in(database)
    await tell(database, 5)
    async with gateway(database) as world:
        reader = await world.stream(token)
        await lose(database, 2)
        environment = {
            "PATH": os.environ["PATH"],
            "SLIPWAY_HOME": str(tmp_path),
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
        }
        status, output = await run("slipway", "restored", environment=environment)
        assert status == 0, output
        assert "1 event log" in output
        job_id = await IdentifierAllocator(database, "jobs").next()
        await add_job(database, job_id, ended=1)
        await add_environment(database, job_id)
        async with transaction(database) as conn:
            assert await conn.scalar(select(environments.c.id)) > LOST
        assert job_id > LOST
        await reader.got(1, "reset")
        assert not reader.source.last_event_id.startswith("epoch7."), "the epoch is a new one"
        told = await tell(database, 3)
        await reader.until(lambda: ids(reader)[-3:] == told)


async def test_after_slipway_restored_a_position_of_the_lost_future_is_told(database) -> None:
    await make_team(database)
    await make_member(database)
    token = await sign_in(database)
    told = await tell(database, 5)
    async with gateway(database) as world:
        reader = await world.stream(token)
        await lose(database, 2)
        async with transaction(database) as conn:
            assert await renew_epochs(conn) == 1
        await tell(database, 6)  # the log has the numbers again
        async with asyncio.timeout(30):
            await reader.got(1, "reset")
        back = await world.stream(token, f"?last_event_id={told[-1]}")
        await back.got(1, "reset")
        assert back.source.frames("reset")[0].json["reason"] == "unknown_epoch"
        assert ids(back) == []
