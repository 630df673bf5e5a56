"""Which program may use which schema, and that migrations go both ways."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from backbone.database import migrations
from backbone.database.engine import create_engine, transaction
from backbone.database.migrate import migrate_to, schema_of, upgrade
from backbone.database.schema import Schema, SchemaRefusedError
from backbone.settings import load_settings
from slipway.processes.migrate import refuse_unfit_schema, run_check, run_migrate

KNOWN = ("0001", "0002", "0003")


@pytest.mark.parametrize("oldest", [None, "0004"])
def test_a_newer_schema_that_left_this_program_behind_is_refused(oldest):
    with pytest.raises(SchemaRefusedError, match=r"too new: its schema is 0005.* 0003 at most"):
        Schema("0005", KNOWN, oldest).refuse_newer()


@pytest.mark.parametrize("oldest", ["0001", "0003"])
def test_a_newer_schema_that_only_grew_is_used(oldest):
    schema = Schema("0005", KNOWN, oldest)
    schema.refuse_newer()
    schema.refuse_older()
    assert (schema.is_newer, schema.is_current) == (True, False)


@pytest.mark.parametrize(("present", "told"), [(None, "it is empty"), ("0002", "is 0002")])
def test_a_schema_that_was_not_migrated_is_refused(present, told):
    with pytest.raises(SchemaRefusedError, match=f"too old: .*{told}.* needs 0003.*migrate"):
        Schema(present, KNOWN).refuse_older()
    Schema(present, KNOWN).refuse_newer()


def test_the_newest_schema_is_fine():
    schema = Schema("0003", KNOWN, "0001")
    schema.refuse_newer()
    schema.refuse_older()
    assert schema.is_current


@pytest.fixture
def settings(tmp_path):
    return load_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'slipway.db'}"})


async def told_by_a_newer_release(settings, oldest):
    engine = create_engine(settings.sql_url)
    async with transaction(engine) as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await conn.execute(text("UPDATE schema_support SET oldest_program = :o"), {"o": oldest})
    await engine.dispose()


async def test_the_command_tells_and_goes_both_ways(settings):
    newest = Schema("", (await looked(settings)).known).newest
    assert await run_check(settings) == (
        False,
        f"The schema is empty; `slipway migrate` brings it to {newest}.",
    )
    with pytest.raises(SchemaRefusedError, match="too old: it is empty"):
        await refuse_unfit_schema(settings)
    assert await run_migrate(settings, None) == f"The schema was empty, and is {newest}."
    await refuse_unfit_schema(settings)
    assert (await run_check(settings))[0] is True
    assert await run_migrate(settings, "0008") == f"The schema was {newest}, and is 0008."
    assert (await run_check(settings))[0] is False
    with pytest.raises(SchemaRefusedError, match="its schema is 0008"):
        await refuse_unfit_schema(settings)
    assert await run_migrate(settings, newest) == f"The schema was 0008, and is {newest}."
    assert await run_migrate(settings, None) == f"The schema is {newest}."
    with pytest.raises(SchemaRefusedError, match="there is no revision '77'; there are 0001, 0002"):
        await run_migrate(settings, "77")


async def looked(settings):
    engine = create_engine(settings.sql_url)
    try:
        return await schema_of(engine)
    finally:
        await engine.dispose()


async def test_a_release_behind_uses_what_only_grew_and_migrates_nothing(settings):
    await upgrade(settings.sql_url)
    await told_by_a_newer_release(settings, "0001")
    await upgrade(settings.sql_url)
    await refuse_unfit_schema(settings)
    current, told = await run_check(settings)
    assert current
    assert "newer release" in told
    with pytest.raises(SchemaRefusedError, match="which alone knows the way back"):
        await migrate_to(settings.sql_url, "0009")


async def test_a_release_that_was_left_behind_refuses_to_start(settings):
    await upgrade(settings.sql_url)
    await told_by_a_newer_release(settings, "9998")
    for start in (upgrade(settings.sql_url), refuse_unfit_schema(settings), run_check(settings)):
        with pytest.raises(SchemaRefusedError, match="the database is too new"):
            await start


def test_the_migrations_are_one_line_and_named_by_their_numbers():
    """Two branches may both have made the next one; nothing could be migrated then."""
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    found = [script.revision for script in scripts.walk_revisions()]
    assert found == sorted(found, reverse=True)
    assert len(scripts.get_heads()) == 1
    names = [path.name[:4] for path in Path(scripts.versions).glob("0*.py")]
    assert sorted(names) == sorted(found)
