"""The same scenarios on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backbone.database.engine import create_engine
from tests.backbone.jobs.database import Database
from tests.integration.conftest import migrated_postgres, postgres_url

__all__ = ["migrated_postgres", "postgres_url"]

ON_POSTGRES = [pytest.mark.integration, pytest.mark.postgres, pytest.mark.enable_socket]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=ON_POSTGRES)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated, empty database of each kind."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    path = tmp_path / "jobs.db"
    path.write_bytes(request.getfixturevalue("migrated_sqlite").read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A database with team 7."""
    database = Database(create_engine(url))
    await database.add_team()
    yield database
    await database.engine.dispose()
