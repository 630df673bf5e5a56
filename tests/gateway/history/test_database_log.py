"""The log in the database as the hub reads it; the memory duplicate of the tests is held to it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import update

from backbone.database.engine import transaction
from backbone.database.tables import teams
from backbone.errors import DatabaseUnavailable, NotFound
from backbone.events.append import append
from backbone.orders.record import Recorder
from gateway.history.database_log import DatabaseLog
from gateway.history.log import Head, JobState, LogUnavailable
from tests.backbone.rows import creation, job_event, make_team


async def tell(engine, *events) -> None:
    for event in events:
        async with transaction(engine) as conn:
            await append(conn, event.team_id, event)


async def test_head_and_page_are_what_was_written(engine) -> None:
    await make_team(engine)
    await tell(engine, job_event(7, 1), job_event(7, 2, "completed"), job_event(7, 1, "polling"))
    log = DatabaseLog(engine)
    assert await log.heads([7]) == {7: Head("epoch7", 3, 0)}
    page = await log.page(7, 1, job_id=None, limit=10)
    assert page.head == Head("epoch7", 3, 0)
    assert [(e.epoch, e.position, e.job_id, e.status) for e in page.entries] == [
        ("epoch7", 2, 2, "completed"),
        ("epoch7", 3, 1, "polling"),
    ]
    assert page.entries[0].terminal
    assert json.loads(page.entries[0].text.split(b"data: ")[1])["job_id"] == 2
    only = await log.page(7, 0, job_id=1, limit=1)
    assert [entry.position for entry in only.entries] == [1]


async def test_many_heads_are_read_in_parts_and_unknown_teams_are_absent(
    engine, monkeypatch
) -> None:
    monkeypatch.setattr("gateway.history.database_log._MANY", 2)
    for team_id in range(1, 6):
        await make_team(engine, team_id)
    heads = await DatabaseLog(engine).heads(range(1, 9))
    assert heads == {team_id: Head(f"epoch{team_id}", 0, 0) for team_id in range(1, 6)}


async def test_the_ends_of_many_logs_are_heads_and_the_last_events_behind_a_position(
    engine,
) -> None:
    for team_id in (7, 8, 9):
        await make_team(engine, team_id)
        await tell(engine, *(job_event(team_id, number) for number in range(1, 6)))
    log = DatabaseLog(engine)
    ends = await log.ends({7: 0, 8: 3, 9: None, 10: 0}, limit=3)
    assert ends.keys() == {7, 8, 9}
    assert {end.head for end in ends.values()} == {Head(f"epoch{n}", 5, 0) for n in (7, 8, 9)}
    found = {team: [entry.position for entry in end.entries] for team, end in ends.items()}
    assert found == {7: [3, 4, 5], 8: [4, 5], 9: []}
    page = await log.page(7, 2, job_id=None, limit=10)
    assert [e.text for e in ends[7].entries] == [e.text for e in page.entries]
    assert (await log.ends({8: 5}, limit=3))[8].entries == ()
    assert await log.ends({}, limit=3) == {}


async def test_a_job_s_end_is_where_its_terminal_event_is_or_was(engine) -> None:
    await make_team(engine)
    order = creation(7)
    await Recorder(engine).record(order)
    log = DatabaseLog(engine)
    assert await log.job(7, order.job_id) == JobState("queued", None)
    assert await log.job(8, order.job_id) is None
    assert await log.job(7, order.job_id + 1) is None


async def test_the_snapshot_stands_for_all_up_to_its_position(engine) -> None:
    await make_team(engine)
    order = creation(7)
    await Recorder(engine).record(order)
    snapshot = await DatabaseLog(engine).snapshot(7)
    assert (snapshot.epoch, snapshot.position) == ("epoch7", 1)
    told = json.loads(snapshot.text)
    assert told["last_event_id"] == "epoch7.1"
    assert [job["id"] for job in told["jobs"]] == [order.job_id]


async def test_what_was_trimmed_is_told_in_the_head(engine) -> None:
    await make_team(engine)
    await tell(engine, job_event(7, 1), job_event(7, 1, "polling"))
    async with transaction(engine) as conn:
        await conn.execute(update(teams).values(trimmed_position=1))
    page = await DatabaseLog(engine).page(7, 0, job_id=None, limit=10)
    assert page.head == Head("epoch7", 2, 1)


async def test_a_team_that_is_none_and_a_database_that_is_away_are_told_apart(
    engine, monkeypatch
) -> None:
    with pytest.raises(NotFound):
        await DatabaseLog(engine).page(99, 0, job_id=None, limit=1)

    @asynccontextmanager
    async def away(_: object) -> AsyncIterator[None]:
        raise DatabaseUnavailable
        yield

    monkeypatch.setattr("gateway.history.database_log.reading", away)
    log = DatabaseLog(engine)
    for asked in (
        log.heads([7]),
        log.page(7, 0, job_id=None, limit=1),
        log.snapshot(7),
        log.job(7, 1),
    ):
        with pytest.raises(LogUnavailable):
            await asked
