"""The wake-up of a relay: by any process, after any loss of its connection, and never for nothing."""

import asyncio
import time

import pytest
from sqlalchemy import text

from backbone.database.engine import create_engine, engine_state, reading, transaction
from backbone.outbox import add
from backbone.wake import Wake
from testing.tcp_proxy import Proxy
from tests.backbone.rows import creation, make_team


async def test_a_commit_of_another_process_wakes(database, database_url):
    other = create_engine(database_url)
    await make_team(database)
    async with Wake(database) as wake:
        while await wake.wait(0.3):
            pass
        assert not await wake.wait(0.01)
        waiting = asyncio.create_task(wake.wait(30))
        started = time.monotonic()
        async with transaction(other) as conn:
            await add(conn, creation().dispatch)
        assert await waiting
        assert time.monotonic() - started < 20
    await other.dispose()


async def test_who_does_not_listen_is_told_of_everything_at_the_next_wait(postgres_url):
    """Nobody is notified in the meantime; but nothing that was committed in it is overlooked."""
    engine, other = create_engine(postgres_url), create_engine(postgres_url)

    async def listeners() -> int:
        async with reading(other) as conn:
            query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            return await conn.scalar(text(query + " AND datname = current_database()"))

    async def commit() -> None:
        async with transaction(other) as conn:
            await add(conn, creation().dispatch)

    async with Wake(engine) as wake:
        async with asyncio.timeout(30):
            while not await listeners():
                await wake.wait(0.1)
        while await wake.wait(0.3):
            pass
        await wake.unlisten()
        await wake.unlisten()
        assert not await listeners()
        await commit()
        assert not engine_state(engine).wakeup.is_set()
        assert await wake.wait(0), "something may have been queued"
        assert await listeners() == 1
        await commit()
        assert await wake.wait(30)
    await engine.dispose()
    await other.dispose()


async def test_who_stopped_listening_hears_again_after_the_loss_of_the_connection(postgres_url):
    direct = create_engine(postgres_url)
    async with Proxy(direct.url.port) as proxy:
        engine = create_engine(
            direct.url.set(port=proxy.port).render_as_string(hide_password=False)
        )
        async with Wake(engine) as wake:
            while await wake.wait(1):
                pass
            proxy.cut()
            await wake.unlisten()
            assert await wake.wait(0)
            async with asyncio.timeout(30):
                while not await wake.wait(1):
                    pass
            while await wake.wait(0.3):
                pass
            waiting = asyncio.create_task(wake.wait(30))
            async with transaction(direct) as conn:
                await add(conn, creation().dispatch)
            assert await waiting
        await engine.dispose()
    await direct.dispose()


async def test_a_rollback_wakes_nobody(database):

    async def fail() -> None:
        async with transaction(database) as conn:
            await add(conn, creation().dispatch)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert not engine_state(database).wakeup.is_set()
    await make_team(database)
    assert not engine_state(database).wakeup.is_set(), "a commit without a message wakes nobody"
    async with transaction(database) as conn:
        await add(conn, creation().dispatch)
    assert engine_state(database).wakeup.is_set()


async def test_the_wake_up_call_survives_the_loss_of_its_connection(postgres_url):

    direct = create_engine(postgres_url)
    async with Proxy(direct.url.port) as proxy:
        engine = create_engine(
            direct.url.set(port=proxy.port).render_as_string(hide_password=False)
        )
        async with Wake(engine) as wake:
            async with asyncio.timeout(30):
                while not await wake.wait(1):
                    pass
            proxy.cut()
            async with asyncio.timeout(30):
                while not await wake.wait(1):
                    pass
            waiting = asyncio.create_task(wake.wait(30))
            async with transaction(direct) as conn:
                await add(conn, creation().dispatch)
            assert await waiting
        await engine.dispose()
    await direct.dispose()
