"""The scenarios of sessions once more on PostgreSQL, which is asked in a text of its own."""

import asyncio

import pytest

from backbone.database.engine import create_engine, engine_state
from backbone.identity import authenticate
from tests.backbone.test_authorization import (  # noqa: F401 - as above
    test_a_session_that_moved_to_another_team_hears_no_more_of_the_former,
    test_what_was_never_granted_is_over,
    test_withdrawn_access_is_seen_and_its_cause,
)
from tests.backbone.test_identity import (  # noqa: F401 - collected here, with the engine below
    api_token,
    signed_in,
    test_a_changed_team_is_seen,
    test_a_session_is_its_user_team_and_permissions,
    test_an_api_token_ends_with_what_it_stands_on,
    test_an_api_token_may_what_its_user_may_within_its_scopes,
    test_an_unknown_token_is_nobody,
    test_memory_never_outlives_the_session,
    test_permissions_are_required_by_name,
    test_those_who_come_at_once_are_told_apart,
    test_withdrawn_access_ends_within_the_cache_time,
)


@pytest.fixture
async def engine(postgres_url):
    made = create_engine(postgres_url, pool_size=2)
    yield made
    await made.dispose()


async def test_a_thousand_who_come_at_once_cost_three_statements(signed_in, monkeypatch):  # noqa: F811
    pool = engine_state(signed_in).statement_pool
    fetch, asked = pool.fetch, []

    async def counted(sql, values):
        asked.append(sql)
        return await fetch(sql, values)

    monkeypatch.setattr(pool, "fetch", counted)
    tokens = ["the-token", *(f"unknown {number}" for number in range(999))]
    answers = await asyncio.gather(
        *(authenticate(signed_in, token, now=1_000.0) for token in tokens), return_exceptions=True
    )
    assert [answer for answer in answers if not isinstance(answer, Exception)] == answers[:1]
    assert len(asked) <= 3
