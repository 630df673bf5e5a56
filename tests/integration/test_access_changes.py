"""No change of access is overlooked on PostgreSQL, where commits come in another order than writes."""

from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy import insert, text, update

from backbone.access_changes import KEPT, changes_since
from backbone.database.engine import create_engine, reading, transaction
from backbone.database.tables import access_changes, sessions, users
from backbone.identity import hash_token
from backbone.retention.expiry import Expiry, ExpiryRules
from testing.accounts import add_member, add_session
from tests.backbone.rows import make_team

NUMBER = "pg_current_xact_id()::text::bigint"


@asynccontextmanager
async def asyncpg_connection(url):
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def elsewhere(url):
    """The same server's maintenance database."""
    return urlsplit(url)._replace(path="/postgres", query="").geturl()


@pytest.fixture
async def database(postgres_url):
    made = create_engine(postgres_url, pool_size=2)
    yield made
    await made.dispose()


async def mark(engine):
    return (await changes_since(engine, None)).since


async def look(engine, since):
    changes = await changes_since(engine, since)
    return changes.since, changes.found and {change[:3] for change in changes.found}


async def test_a_change_that_commits_after_a_later_one_is_found(database):
    await make_team(database, 7)
    await add_member(database, 3, 7)
    await add_member(database, 4, 7)
    token_hash = hash_token(await add_session(database, 3, 7))
    since = await mark(database)
    async with transaction(database) as slow:
        await slow.execute(update(sessions).values(revoked_at=1.0))
        async with transaction(database) as quick:
            await quick.execute(update(users).where(users.c.id == 4).values(disabled_at=1.0))
        since, found = await look(database, since)
        assert found == {("", 4, 0)}
    since, found = await look(database, since)
    assert found == {(token_hash, 0, 7)}
    assert (await look(database, since))[1] == set()


async def test_a_transaction_that_stays_open_lets_each_change_be_found_once(database, postgres_url):
    """It may be of another database of the server, for hours in which many changes come."""
    await make_team(database, 7)
    since = await mark(database)
    async with asyncpg_connection(elsewhere(postgres_url)) as other, other.transaction():
        await other.fetchval("SELECT pg_current_xact_id()")
        for number in range(2):
            async with transaction(database) as conn:
                note = "INSERT INTO access_changes SELECT :name || n, 0, 7, {} FROM {}"
                await conn.execute(
                    text(note.format(NUMBER, "generate_series(1, 3000) AS n")),
                    {"name": f"{number}/"},
                )
            since, found = await look(database, since)
            assert found is not None
            assert {credential.split("/")[0] for credential, *_ in found} == {str(number)}
            assert len(found) == 3000


async def test_an_emptied_table_is_a_change_of_everybodys(database):
    since = await mark(database)
    async with transaction(database) as conn:
        await conn.execute(text("TRUNCATE sessions"))
    assert (await look(database, since))[1] is None


async def test_whoever_may_withdraw_may_note_it(database):
    """The note is made with the owner's rights, and in the owner's schema."""
    await make_team(database, 7)
    await add_member(database, 3, 7)
    await add_session(database, 3, 7)
    since = await mark(database)
    async with transaction(database) as conn:
        schema = (await conn.execute(text("SELECT current_schema()"))).scalar_one()
        await conn.execute(text("SET LOCAL search_path TO pg_temp"))
        await conn.execute(text("CREATE TEMP TABLE access_changes (nothing int)"))
        await conn.execute(text(f'DELETE FROM "{schema}".sessions'))  # noqa: S608 - our own name
    assert len((await look(database, since))[1]) == 1


async def test_old_numbers_and_those_of_another_database_are_forgotten(database):
    since = await mark(database)
    stamps = {
        "kept": since.oldest - 1,
        "foreign": since.below + 10**9,
        "old": since.oldest - KEPT - 10**6,
    }
    async with transaction(database) as conn:
        for name, stamp in stamps.items():
            values = {"credential": name, "user_id": 0, "team_id": 7, "stamp": stamp}
            await conn.execute(insert(access_changes).values(values))
    await Expiry(database, ExpiryRules(environments=60, jobs=60, interval=60)).sweep()
    async with reading(database) as conn:
        left = set((await conn.scalars(access_changes.select())).all())
    assert left & set(stamps) == {"kept"}
