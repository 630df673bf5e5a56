"""Statements that go straight to the driver keep what SQLAlchemy promises."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backbone.database.direct import DirectStatement
from backbone.database.engine import create_engine, reading, statement, transaction
from backbone.database.statement_pool import StatementPool
from backbone.errors import DatabaseUnavailable

INSERT = DirectStatement(
    "INSERT INTO leases (name, holder, expires_at)"
    " VALUES (:name, CAST(:holder AS text), CAST(:expires_at AS double precision))"
    " RETURNING name, holder, CAST(:holder AS text) || '::x'"
)
PID = DirectStatement("SELECT pg_backend_pid()")
SLEEP = DirectStatement("SELECT pg_backend_pid(), pg_sleep(0.3)")
VALUES = {"name": "n", "holder": "h", "expires_at": 1.5}
COUNT = text("SELECT count(*) FROM leases WHERE name = 'n'")


@pytest.fixture
async def engine(postgres_url):
    made = create_engine(postgres_url, pool_size=2)
    yield made
    await made.dispose()


async def count(engine):
    async with reading(engine) as conn:
        return await conn.scalar(COUNT)


async def test_a_single_statement_is_its_own_commit(engine):
    async with statement(engine) as conn:
        row = await INSERT.first(conn, VALUES)
    assert tuple(row) == ("n", "h", "h::x")
    assert await count(engine) == 1


async def test_in_a_transaction_it_is_rolled_back_with_the_rest(engine):
    async def fail():
        async with transaction(engine) as conn:
            assert tuple(await INSERT.first(conn, VALUES)) == ("n", "h", "h::x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await count(engine) == 0


async def test_nothing_found_is_none(engine):
    async with reading(engine) as conn:
        assert await DirectStatement("SELECT 1 WHERE 1 = 2").first(conn, {}) is None


@pytest.mark.parametrize("how", [statement, transaction])
async def test_a_broken_constraint_is_an_integrity_error(engine, how):
    async with statement(engine) as conn:
        await INSERT.first(conn, VALUES)
    with pytest.raises(IntegrityError):
        async with how(engine) as conn:
            await INSERT.first(conn, VALUES)
    assert await count(engine) == 1


async def test_a_connection_that_breaks_is_not_lent_again(engine, postgres_url):
    async with statement(engine) as conn:
        pid = await conn.scalar(text("SELECT pg_backend_pid()"))
    killer = await asyncpg.connect(postgres_url)

    async def write_while_it_breaks():
        async with statement(engine) as conn:
            await killer.execute("SELECT pg_terminate_backend($1)", pid)
            await INSERT.first(conn, VALUES)

    with pytest.raises(DatabaseUnavailable):
        await write_while_it_breaks()
    await killer.close()
    async with statement(engine) as conn:
        assert await conn.scalar(text("SELECT pg_backend_pid()")) != pid
        assert await INSERT.first(conn, VALUES) is not None


async def test_on_an_engine_it_is_its_own_commit(engine):
    assert tuple(await INSERT.first(engine, VALUES)) == ("n", "h", "h::x")
    assert await count(engine) == 1
    with pytest.raises(IntegrityError):
        await INSERT.first(engine, VALUES)
    # The connection that saw the error is as good as before.
    assert await PID.first(engine, {}) == await PID.first(engine, {})


async def test_no_more_connections_than_the_pool_has(engine):
    pids = await asyncio.gather(*[SLEEP.first(engine, {}) for _ in range(6)])
    assert len({pid for pid, _ in pids}) == 2


async def test_who_waits_too_long_for_a_connection_hears_so(postgres_url):
    statement_pool = StatementPool({"dsn": postgres_url}, size=1, acquire_timeout=0.05)
    busy = asyncio.create_task(statement_pool.fetch("SELECT pg_sleep(1)", ()))
    await asyncio.sleep(0)
    with pytest.raises(DatabaseUnavailable):
        await statement_pool.fetch("SELECT 1", ())
    await busy
    assert len(await statement_pool.fetch("SELECT 1", ())) == 1
    statement_pool.close()


async def test_a_connection_that_broke_is_not_lent_again(engine, postgres_url):
    (pid,) = await PID.first(engine, {})
    killer = await asyncpg.connect(postgres_url)
    waiting = asyncio.create_task(SLEEP.first(engine, {}))
    await asyncio.sleep(0.1)
    await killer.execute("SELECT pg_terminate_backend($1)", pid)
    with pytest.raises(DatabaseUnavailable):
        await waiting
    assert (await PID.first(engine, {}))[0] != pid
    await killer.close()


async def test_a_cancelled_statement_leaves_nothing_half_read(engine):
    waiting = asyncio.create_task(SLEEP.first(engine, {}))
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    for name in "abc":
        assert await INSERT.first(engine, VALUES | {"name": name}) is not None


async def test_disposing_of_the_engine_closes_its_statement_pool(engine, postgres_url):
    (pid,) = await PID.first(engine, {})
    await engine.dispose()
    other = await asyncpg.connect(postgres_url)
    async with asyncio.timeout(5):
        while await other.fetchval("SELECT 1 FROM pg_stat_activity WHERE pid = $1", pid):
            await asyncio.sleep(0.02)
    await other.close()
