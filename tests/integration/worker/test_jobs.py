"""The job table on PostgreSQL, where a step is one statement: the scenarios of the others."""

from __future__ import annotations

import pytest

from backbone.database.engine import create_engine
from tests.worker.provisioning.job_scenarios import *  # noqa: F403 - the tests
from tests.worker.provisioning.job_scenarios import Clock, InDatabase, with_an_order

pytestmark = pytest.mark.postgres


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def shelf(postgres_url, clock: Clock):
    engine = create_engine(postgres_url)
    yield await with_an_order(InDatabase(engine, clock))
    await engine.dispose()
