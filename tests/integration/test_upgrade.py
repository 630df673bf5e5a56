"""A rolling upgrade from the oldest release that the schema admits, on real processes, and back."""

import pytest
from sqlalchemy import text

from backbone.database.engine import create_engine, reading
from testing.history import last_commit_with_schema
from testing.upgrade import upgrade_under_load

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]


@pytest.mark.timeout(1200)
async def test_no_order_and_no_event_is_lost_between_two_releases(
    postgres_url, rabbitmq_url, tmp_path
):
    engine = create_engine(postgres_url)
    async with reading(engine) as conn:
        oldest = await conn.scalar(text("SELECT oldest_program FROM schema_support"))
    await engine.dispose()
    revision = last_commit_with_schema(oldest)
    outcome = await upgrade_under_load(revision, tmp_path, orders=12)
    assert outcome.faults == [], "\n".join([*outcome.steps, *outcome.faults])
    assert outcome.traffic is not None
    assert len(outcome.traffic.accepted) >= 5 * 12
    assert len(outcome.traffic.readers) == 2
