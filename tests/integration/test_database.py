"""Migrations, transactions and the ways in which a database can be away."""

import asyncio
import itertools
import json
import sqlite3
import threading
import time
from contextlib import suppress

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from backbone.database.availability import server_message
from backbone.database.direct import DirectStatement
from backbone.database.engine import (
    create_engine,
    is_postgresql,
    reading,
    statement,
    transaction,
)
from backbone.database.migrate import configuration, schema_of, upgrade
from backbone.database.schema import SchemaRefusedError
from backbone.database.tables import memberships, metadata, outbox, teams, users
from backbone.errors import DatabaseUnavailable
from backbone.identifiers import IdentifierAllocator
from backbone.leases import acquire, release
from testing.missing import ServiceMissing, skip_or_fail
from testing.postgres import PrivatePostgres, execute, postgres_database
from testing.tcp_proxy import Proxy
from tests.backbone.rows import make_team

_WORKING = ["environments:read", "environments:write", "jobs:read", "jobs:cancel", "events:read"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'slipway.db'}"
        return
    try:
        with postgres_database() as url:
            yield url
    except ServiceMissing as reason:
        skip_or_fail(reason)


async def test_several_starters_migrate_once_and_the_tables_are_the_migrations(empty_url):
    await asyncio.gather(*(upgrade(empty_url) for _ in range(4)))
    await upgrade(empty_url)
    engine = create_engine(empty_url)
    async with transaction(engine) as conn:
        difference = await conn.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
        assert difference == []
        indexes = await conn.run_sync(
            lambda sync: {
                table: {index["name"] for index in inspect(sync).get_indexes(table)}
                for table in metadata.tables
            }
        )
        for table in metadata.tables.values():
            assert {index.name for index in table.indexes} <= indexes[table.name]
    await engine.dispose()


@pytest.mark.postgres
async def test_a_migration_that_waits_for_a_table_keeps_nobody_from_it(postgres_role, monkeypatch):
    url = postgres_role.url
    await upgrade(url, "0011")
    engine = create_engine(url)
    async with reading(engine) as backup:
        await backup.execute(text("BEGIN"))
        await backup.execute(text("SELECT count(*) FROM job_logs"))
        with monkeypatch.context() as patched:
            patched.setattr("backbone.database.migrate._RETRY_SECONDS", 0.0)
            with pytest.raises(SchemaRefusedError, match="somebody holds, such as a backup"):
                await upgrade(url, "0012")
        migrating = asyncio.create_task(upgrade(url, "0012"))
        for _ in range(20):
            # With the migration in front of it, it would wait as long as the backup takes.
            async with transaction(engine) as conn:
                await conn.execute(text("UPDATE job_logs SET message = 'm'"))
            await asyncio.sleep(0.05)
        assert not migrating.done()
        await backup.execute(text("ROLLBACK"))
    await migrating
    assert (await schema_of(engine)).present == "0012"
    await engine.dispose()


async def test_a_migration_can_be_taken_back(empty_url):
    await upgrade(empty_url)
    engine = create_engine(empty_url)
    async with transaction(engine) as conn:
        await conn.run_sync(lambda sync: command.downgrade(configuration(sync), "base"))
    async with transaction(engine) as conn:
        tables = await conn.run_sync(lambda sync: inspect(sync).get_table_names())
    assert tables == ["alembic_version"]
    await engine.dispose()
    await upgrade(empty_url)


@pytest.mark.parametrize(
    ("before", "role", "only"),
    [
        (_WORKING, "member", None),
        (["environments:read", "jobs:read", "events:read"], "viewer", None),
        (["events:read"], "viewer", ["events:read"]),
        (["events:read", "environments:write"], "member", ["environments:write", "events:read"]),
        ([], "viewer", []),
    ],
)
async def test_memberships_become_roles_and_back(empty_url, before, role, only):
    await upgrade(empty_url, "0002")
    engine = create_engine(empty_url)
    async with transaction(engine) as conn:
        for statement in (
            "INSERT INTO teams VALUES (1, 'T', 'ACTIVE', 0, 'e', 0, 0, NULL, NULL, NULL, 0)",
            "INSERT INTO users (id, email, display_name, password_hash) VALUES (1, 'a', 'A', 'x')",
            f"INSERT INTO memberships VALUES (1, 1, '{json.dumps(before)}')",  # noqa: S608 - our own text
        ):
            await conn.execute(text(statement))
    await upgrade(empty_url)
    query = select(memberships.c.role, memberships.c.permissions)
    async with reading(engine) as conn:
        assert (await conn.execute(query)).one() == (role, only)
    async with transaction(engine) as conn:
        await conn.run_sync(lambda sync: command.downgrade(configuration(sync), "0002"))
    async with reading(engine) as conn:
        kept = await conn.scalar(text("SELECT permissions FROM memberships"))
    assert sorted(kept if isinstance(kept, list) else json.loads(kept)) == sorted(before)
    await engine.dispose()


async def test_a_failed_block_leaves_nothing(database):
    async def fail() -> None:
        async with transaction(database) as conn:
            await conn.execute(
                insert(users), {"id": 1, "email": "a@b", "display_name": "A", "password_hash": "x"}
            )
            await conn.execute(
                insert(users), {"id": 2, "email": "a@b", "display_name": "B", "password_hash": "x"}
            )

    with pytest.raises(IntegrityError):
        await fail()
    async with reading(database) as conn:
        assert (await conn.execute(select(users))).all() == []


async def test_a_cancelled_block_leaves_nothing_and_the_engine_usable(database):
    await make_team(database)
    inside = asyncio.Event()

    async def write() -> None:
        async with transaction(database) as conn:
            await conn.execute(delete(teams))
            inside.set()
            await asyncio.Event().wait()

    for _ in range(3):
        inside.clear()
        task = asyncio.create_task(write())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with reading(database) as conn:
        assert await conn.scalar(select(teams.c.id)) == 7
    async with transaction(database) as conn:
        await conn.execute(delete(teams))


async def test_programming_errors_are_not_taken_for_an_outage(database):
    async with reading(database) as conn:
        with pytest.raises((OperationalError, ProgrammingError), match="no_such"):
            await conn.execute(text("SELECT * FROM no_such"))


async def test_foreign_keys_hold(database):
    with pytest.raises(IntegrityError):
        async with transaction(database) as conn:
            await conn.execute(
                text("INSERT INTO memberships (team_id, user_id, permissions) VALUES (1, 1, '[]')")
            )


async def test_writers_of_many_engines_wait_for_each_other(database, database_url):
    await make_team(database)
    engines = [create_engine(database_url, pool_size=2) for _ in range(4)]

    async def count_up(engine) -> None:
        for _ in range(10):
            async with transaction(engine) as conn:
                last = await conn.scalar(
                    select(teams.c.last_position).where(teams.c.id == 7).with_for_update()
                )
                await conn.execute(teams.update().values(last_position=last + 1))

    await asyncio.gather(*(count_up(engine) for engine in engines for _ in range(2)))
    for engine in engines:
        await engine.dispose()
    async with reading(database) as conn:
        assert await conn.scalar(select(teams.c.last_position)) == 80


async def test_a_locked_sqlite_file_is_an_outage(sqlite_url, monkeypatch):
    monkeypatch.setattr("backbone.database.sqlite.BUSY_TIMEOUT_SECONDS", 0.05)
    await upgrade(sqlite_url)
    engine = create_engine(sqlite_url)
    blocker = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable):
        await make_team(engine)
    async with reading(engine) as conn:
        assert (await conn.execute(select(teams))).all() == [], "readers need not wait"
    blocker.execute("ROLLBACK")
    blocker.close()
    await make_team(engine)
    await engine.dispose()


async def test_a_sqlite_file_that_cannot_be_opened_is_an_outage(tmp_path):
    (tmp_path / "folder").mkdir()
    engine = create_engine(f"sqlite:///{tmp_path / 'folder'}")
    with pytest.raises(DatabaseUnavailable):
        async with reading(engine) as conn:
            await conn.execute(text("SELECT 1"))
    await engine.dispose()
    # The driver's thread of the failed connection must answer before its event loop ends.
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)


async def test_a_server_that_is_not_there_is_an_outage(unused_tcp_port):
    engine = create_engine(f"postgresql://postgres@127.0.0.1:{unused_tcp_port}/x")
    for opening in (transaction, reading, statement):
        with pytest.raises(DatabaseUnavailable) as caught:
            async with opening(engine):
                pass
        assert caught.value.headers["Retry-After"] == "2"
    await engine.dispose()


async def test_a_database_that_does_not_exist_is_an_outage_and_named(postgres_url):
    engine = create_engine(postgres_url.rsplit("/", 1)[0] + "/no_such_database")
    with pytest.raises(DatabaseUnavailable) as caught:
        async with reading(engine):
            pass
    assert "no_such_database" in str(server_message(caught.value))
    await engine.dispose()


SELECT_ONE = DirectStatement("SELECT 1")


async def by_a_transaction(engine) -> None:
    async with transaction(engine) as conn:
        await conn.execute(text("SELECT 1"))


async def by_a_reading(engine) -> None:
    async with reading(engine) as conn:
        await conn.execute(text("SELECT 1"))


async def by_the_statement_pool(engine) -> None:
    await SELECT_ONE.all(engine, {})


WAYS = (by_a_transaction, by_a_reading, by_the_statement_pool)


@pytest.fixture(params=["nologin", "renamed"])
def outage(request, postgres_role):
    """Two outages that no connection error tells of: how they begin and how they end."""
    role = postgres_role
    if request.param == "nologin":
        begin, end = f"ALTER ROLE {role.name} NOLOGIN", f"ALTER ROLE {role.name} LOGIN"
    else:
        begin = f"ALTER DATABASE {role.database} RENAME TO {role.database}_away"
        end = f"ALTER DATABASE {role.database}_away RENAME TO {role.database}"

    def start() -> None:
        role.disconnect()
        execute(role.server, begin)

    yield role.url, start, lambda: execute(role.server, end)
    with suppress(asyncpg.PostgresError):
        execute(role.server, end)


@pytest.mark.parametrize("way", WAYS)
async def test_a_role_or_database_that_is_gone_is_an_outage_on_each_way(outage, way):
    url, begin, end = outage
    engine = create_engine(url)
    await way(engine)
    begin()
    for _ in range(3):
        with pytest.raises(DatabaseUnavailable):
            await way(engine)
    end()
    await way(engine)
    await engine.dispose()


async def test_a_server_that_became_a_standby_gets_no_old_connection(postgres_url):
    """Its connections stay open, and say of each write that it is not allowed."""
    engine = create_engine(postgres_url, pool_size=1)
    pid = "SELECT pg_backend_pid()"
    refuse = DirectStatement(
        "SELECT set_config('transaction_read_only', 'on', true), nextval('outbox_id_seq')"
    )
    before = await DirectStatement(pid).first(engine, {})
    with pytest.raises(DatabaseUnavailable):
        await refuse.first(engine, {})
    assert await DirectStatement(pid).first(engine, {}) != before
    async with reading(engine) as conn:
        before = await conn.scalar(text(pid))

    async def write_where_it_is_not_allowed() -> None:
        async with transaction(engine) as conn:
            await conn.execute(text("SET TRANSACTION READ ONLY"))
            await conn.execute(delete(outbox))

    with pytest.raises(DatabaseUnavailable):
        await write_where_it_is_not_allowed()
    async with reading(engine) as conn:
        assert await conn.scalar(text(pid)) != before
    await engine.dispose()


async def test_a_deadlock_is_met_by_another_try(postgres_url):
    """Two statements that lock two rows the other way round: the server ends one of them."""
    engine = create_engine(postgres_url)
    for team_id in (1, 2):
        await make_team(engine, team_id)
    # The sleep makes sure that each has one row before it asks for the other.
    lock = DirectStatement(
        """
        WITH first AS MATERIALIZED (
            SELECT id, pg_sleep(0.2) FROM teams WHERE id = CAST(:first AS bigint) FOR UPDATE
        )
        SELECT teams.id FROM teams, first WHERE teams.id = CAST(:second AS bigint)
        FOR UPDATE OF teams
        """
    )
    async with asyncio.timeout(60):
        got = await asyncio.gather(
            lock.first(engine, {"first": 1, "second": 2}),
            lock.first(engine, {"first": 2, "second": 1}),
        )
    assert sorted(row[0] for row in got) == [1, 2]
    await engine.dispose()


async def test_a_cut_wire_is_an_outage_and_the_pool_recovers(postgres_url):
    direct = create_engine(postgres_url)
    port = direct.url.port
    async with Proxy(port) as proxy:
        engine = create_engine(
            direct.url.set(port=proxy.port).render_as_string(hide_password=False)
        )
        await make_team(engine)
        proxy.refuse()
        for _ in range(3):
            with pytest.raises(DatabaseUnavailable):
                await make_team(engine, 8)
        proxy.heal()
        async with asyncio.timeout(30):
            while True:
                try:
                    await make_team(engine, 9)
                    break
                except DatabaseUnavailable:
                    await asyncio.sleep(0)
        async with reading(direct) as conn:
            assert sorted(await conn.scalars(select(teams.c.id))) == [7, 9]
        await engine.dispose()
    await direct.dispose()


async def test_a_cut_in_the_middle_of_a_transaction_writes_nothing(postgres_url):
    direct = create_engine(postgres_url)
    async with Proxy(direct.url.port) as proxy:
        engine = create_engine(
            direct.url.set(port=proxy.port).render_as_string(hide_password=False)
        )
        await make_team(engine, 7)

        async def write() -> None:
            async with transaction(engine) as conn:
                await conn.execute(delete(teams))
                proxy.cut()

        with pytest.raises(DatabaseUnavailable):
            await write()
        async with reading(direct) as conn:
            assert await conn.scalar(select(teams.c.id)) == 7
        await engine.dispose()
    await direct.dispose()


async def test_a_full_pool_is_an_outage(postgres_url, monkeypatch):
    monkeypatch.setattr("backbone.database.engine.POOL_TIMEOUT_SECONDS", 0.05)
    engine = create_engine(postgres_url, pool_size=1)
    async with reading(engine):
        with pytest.raises(DatabaseUnavailable):
            async with reading(engine):
                pass
    await engine.dispose()


async def test_a_restarted_server_is_used_again():
    try:
        server = PrivatePostgres()
    except ServiceMissing as reason:
        skip_or_fail(reason)
    try:
        server.start()
        await upgrade(server.url)
        engine = create_engine(server.url)
        await make_team(engine)
        await asyncio.to_thread(server.stop)
        with pytest.raises(DatabaseUnavailable):
            await make_team(engine, 8)
        await asyncio.to_thread(server.start)
        async with reading(engine) as conn:
            assert (await conn.scalars(select(teams.c.id))).all() == [7]
        await engine.dispose()
    finally:
        server.remove()


async def test_ids_are_never_given_twice(database, database_url):
    engines = [create_engine(database_url) for _ in range(3)]
    allocators = [IdentifierAllocator(engine, "jobs") for engine in engines]
    ids = await asyncio.gather(*(allocators[n % 3].next() for n in range(100)))
    assert len(set(ids)) == 100
    more = [await allocators[0].next() for _ in range(20)]
    assert more == sorted(more)
    assert not set(more) & set(ids)
    for engine in engines:
        await engine.dispose()


async def test_a_process_that_starts_again_leaves_out_few_ids(database):
    numbers = [await IdentifierAllocator(database, "jobs").next() for _ in range(4)]
    gaps = {later - earlier for earlier, later in itertools.pairwise(numbers)}
    assert gaps == {16}, "a customer sees the numbers of jobs"


async def test_blocks_grow_while_they_are_used_up_quickly(database):
    clock, taken = 0.0, []

    async def blocks(number: int, seconds: float) -> list[int]:
        """Take ids until as many blocks were begun, each `seconds` after the other."""
        nonlocal clock
        sizes = []
        while len(sizes) < number:
            before = allocator._size, allocator._taken_at
            clock += seconds if allocator._next == allocator._end else 0
            taken.append(await allocator.next())
            if (allocator._size, allocator._taken_at) != before:
                sizes.append(allocator._size)
        return sizes

    allocator = IdentifierAllocator(database, "jobs", now=lambda: clock)
    assert await blocks(8, 0.1) == [16, 32, 64, 128, 256, 512, 1024, 1024]
    assert await blocks(2, 60) == [16, 16]
    assert taken == sorted(set(taken))


@pytest.fixture
def take(database):
    """Take a lease of ten seconds at a moment that the test gives; its number."""

    async def take(holder: str, now: float | None = None, seconds: float = 10) -> int | None:
        async with transaction(database) as conn:
            return await acquire(conn, "background_task", holder, seconds, now=now)

    return take


async def test_a_lease_has_one_holder_at_a_time(database, take):
    assert await take("a", 100) == 1
    assert await take("b", 105) is None
    assert await take("a", 105) == 1, "renewed until 115"
    assert await take("b", 114.9) is None
    assert await take("b", 115) == 2
    assert await take("a", 116) is None
    async with transaction(database) as conn:
        await release(conn, "background_task", "a")
    assert await take("a", 117) is None, "only its holder gives it back"
    async with transaction(database) as conn:
        await release(conn, "background_task", "b")
    assert await take("a", 117) == 3, "a number is never given again"
    takers = await asyncio.gather(*(take(f"t{n}", 200) for n in range(10)))
    assert len([taker for taker in takers if taker]) == 1


async def test_a_lease_from_before_the_clock_was_set_back_is_over(take):
    assert await take("a", 100_000)
    assert await take("b", 99_999.5) is None, "a step that clocks take every day"
    assert await take("b", 5_000)
    assert await take("a", 5_005) is None


async def test_a_lease_goes_by_the_databases_clock(database, take, monkeypatch):
    """Of several hosts one may be wrong about the time; on SQLite there is only one."""
    assert await take("a", seconds=1000)
    assert await take("b") is None
    monkeypatch.setattr("backbone.leases.time.time", lambda: time.monotonic() + 1e10)
    assert (await take("b") is None) == is_postgresql(database)


async def test_outbox_ids_are_never_used_again(database):
    async def add_one() -> int:
        async with transaction(database) as conn:
            return (
                await conn.execute(
                    insert(outbox)
                    .values(exchange="e", routing_key="r", body=b"", properties={}, created_at=0)
                    .returning(outbox.c.id)
                )
            ).scalar_one()

    first = await add_one()
    async with transaction(database) as conn:
        await conn.execute(delete(outbox))
    assert await add_one() > first
