"""Look-ups on the loop: they see each commit, and say so when there is no database."""

from pathlib import Path

import pytest

from backbone.database.direct import DirectStatement
from backbone.database.engine import create_engine, transaction
from backbone.errors import DatabaseUnavailable

LOOK_UP = DirectStatement("SELECT word FROM words WHERE id = :id")


async def test_a_look_up_sees_what_was_committed(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/words.db")
    async with transaction(engine) as conn:
        await conn.exec_driver_sql("CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT)")
    assert await LOOK_UP.first(engine, {"id": 1}) is None
    async with transaction(engine) as conn:
        await conn.exec_driver_sql("INSERT INTO words VALUES (1, 'one')")
        assert await LOOK_UP.first(engine, {"id": 1}) is None, "it is not committed"
    assert await LOOK_UP.first(engine, {"id": 1}) == ("one",)
    await engine.dispose()
    assert await LOOK_UP.first(engine, {"id": 1}) == ("one",), "it connects again"
    await engine.dispose()


async def test_a_file_that_cannot_be_opened_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "away" / "words.db"
    engine = create_engine(f"sqlite:///{path}")
    path.parent.rmdir()
    with pytest.raises(DatabaseUnavailable):
        await LOOK_UP.first(engine, {"id": 1})
    path.parent.mkdir()
    async with transaction(engine) as conn:
        await conn.exec_driver_sql("CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT)")
    assert await LOOK_UP.first(engine, {"id": 1}) is None
    await engine.dispose()
