"""The log's numbering, atomicity and reading, on both databases."""

import asyncio
import json
import random
import time

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from backbone.database.engine import create_engine, reading, transaction
from backbone.database.tables import events, job_logs, leases, outbox, teams
from backbone.errors import NotFound
from backbone.events import log
from backbone.events.append import append
from backbone.events.ends import NONE, ends
from backbone.events.entry import HistoryTrimmed, LogHead, LogPage
from backbone.events.position import EventId
from backbone.events.retention import Retention, RetentionRules, trim
from generated.models.event import SessionRevokedEvent, TeamStatusChangedEvent
from generated.models.identity import TeamStatus
from tests.backbone.rows import job_event, make_team


class AbandonedError(Exception):
    pass


def abandon(really: bool) -> None:
    if really:
        raise AbandonedError


async def append_many(engine, team_id: int, count: int, **more) -> None:
    async with transaction(engine) as conn:
        for number in range(count):
            await append(conn, team_id, job_event(team_id, 42, message=f"news {number}"), **more)


async def test_an_event_its_outbox_row_and_its_number_are_written_together(database):
    await make_team(database)
    event = job_event(message="Grüße\n»zwei« Zeilen", app_id="8f3c")
    async with transaction(database) as conn:
        place = await append(conn, 7, event)
    assert place == EventId("epoch7", 1)
    async with reading(database) as conn:
        (logged,) = await log.read(conn, 7, 0)
        queued = (await conn.execute(select(outbox))).one()
    assert "\n" not in logged.body
    assert json.loads(logged.body) == event.model_dump(mode="json")
    assert queued.body == logged.body.encode()
    assert (queued.team_id, queued.epoch, queued.position) == (7, "epoch7", 1)
    assert (queued.exchange, queued.routing_key) == ("events.topic", "team.7.job.42.status")
    assert queued.properties["type"] == "job_status"
    assert queued.properties["mandatory"] is False
    assert queued.properties["delivery_mode"] == 2
    assert (logged.job_id, logged.user_id, logged.status) == (42, None, "queued")
    assert logged.event_id == place
    assert logged.routing_key == "team.7.job.42.status"


async def test_a_rollback_leaves_neither_event_nor_message_nor_gap(database):
    await make_team(database)
    await append_many(database, 7, 2)

    async def fail() -> None:
        async with transaction(database) as conn:
            assert (await append(conn, 7, job_event())).position == 3
            abandon(True)

    with pytest.raises(AbandonedError):
        await fail()
    async with transaction(database) as conn:
        assert (await append(conn, 7, job_event())).position == 3
    async with reading(database) as conn:
        assert [event.position for event in await log.read(conn, 7, 0)] == [1, 2, 3]
        assert await conn.scalar(select(func.count()).select_from(outbox)) == 3


async def test_an_unknown_team_has_no_log(database):
    with pytest.raises(NotFound, match="no team 9"):
        async with transaction(database) as conn:
            await append(conn, 9, job_event(9))
    async with reading(database) as conn:
        for reader in (log.head(conn, 9), log.read(conn, 9, 0), log.snapshot(conn, 9)):
            with pytest.raises(NotFound):
                await reader
        assert await log.heads(conn, [9]) == {}
        assert await log.heads(conn, []) == {}


@pytest.mark.parametrize("engines", [1, 3])
async def test_numbers_are_gapless_and_ordered_by_commit_under_many_writers(
    database, database_url, engines
):
    """Writers of two teams, from several pools as several processes have, a third of them failing."""
    teams_written = [await make_team(database, team_id) for team_id in (7, 8)]
    pools = [create_engine(database_url, pool_size=4) for _ in range(engines)]
    chance = random.Random(5)  # noqa: S311 - repeatable, not secret
    committed: dict[int, list[int]] = {team_id: [] for team_id in teams_written}

    async def write(number: int) -> None:
        team_id = teams_written[number % 2]
        fails = chance.random() < 0.33
        try:
            async with transaction(pools[number % engines]) as conn:
                places = [
                    await append(conn, team_id, job_event(team_id, number, message=str(part)))
                    for part in range(1 + number % 3)
                ]
                await asyncio.sleep(chance.random() / 500)
                abandon(fails)
        except AbandonedError:
            return
        committed[team_id] += [place.position for place in places]

    try:
        await asyncio.gather(*(write(number) for number in range(120)))
    finally:
        for pool in pools:
            await pool.dispose()
    async with reading(database) as conn:
        for team_id in teams_written:
            logged = await log.read(conn, team_id, 0, limit=1000)
            numbers = [event.position for event in logged]
            assert numbers == list(range(1, len(numbers) + 1))
            assert sorted(committed[team_id]) == numbers
            assert (await log.head(conn, team_id)).last_position == len(numbers)
            by_id = await conn.scalars(
                select(outbox.c.position).where(outbox.c.team_id == team_id).order_by(outbox.c.id)
            )
            assert list(by_id) == numbers, "the relay reads by id, so ids must follow positions"


async def test_a_reader_never_sees_a_later_number_before_an_earlier_one(database):
    await make_team(database)
    done = asyncio.Event()
    seen: list[int] = []

    async def follow() -> None:
        while not done.is_set():
            async with reading(database) as conn:
                page = await log.page(conn, 7, len(seen))
            new = [event.position for event in page.events]
            assert new == list(range(len(seen) + 1, len(seen) + 1 + len(new)))
            assert page.head.last_position >= (new[-1] if new else len(seen))
            seen.extend(new)
            await asyncio.sleep(0)

    follower = asyncio.create_task(follow())
    await asyncio.gather(*(append_many(database, 7, 2) for _ in range(30)))
    async with reading(database) as conn:
        assert (await log.head(conn, 7)).last_position == 60
    done.set()
    await follower


async def test_writers_of_one_team_do_not_wait_for_another_teams(postgres_url):
    engine = create_engine(postgres_url)
    await make_team(engine, 7)
    await make_team(engine, 8)
    async with transaction(engine) as conn:
        await append(conn, 7, job_event(7))
        async with asyncio.timeout(5):
            await append_many(engine, 8, 1)
    await engine.dispose()


async def test_reading_is_by_team_position_job_and_limit(database):
    await make_team(database, 7)
    await make_team(database, 8)
    revoked = SessionRevokedEvent(
        type="session_revoked", team_id=7, user_id=3, message="bye", occurred_at=1
    )
    suspended = TeamStatusChangedEvent(
        type="team_status_changed",
        team_id=7,
        user_id=1,
        status=TeamStatus.SUSPENDED,
        message="x",
        occurred_at=2,
    )
    async with transaction(database) as conn:
        await append(conn, 8, job_event(8, 1))
        for event in (
            job_event(7, 41),
            job_event(7, 42),
            revoked,
            job_event(7, 41, "started"),
            suspended,
        ):
            await append(conn, 7, event)
    async with reading(database) as conn:
        assert [e.position for e in await log.read(conn, 7, 2)] == [3, 4, 5]
        assert [e.position for e in await log.read(conn, 7, 1, limit=2)] == [2, 3]
        assert [e.position for e in await log.read(conn, 7, 5)] == []
        assert [e.position for e in await log.read(conn, 7, 99)] == []
        of_job = await log.read(conn, 7, 0, job_id=41)
        assert [(e.position, e.type) for e in of_job] == [
            (1, "job_status"),
            (3, "session_revoked"),
            (4, "job_status"),
            (5, "team_status_changed"),
        ]
        assert (of_job[1].user_id, of_job[1].status) == (3, None)
        assert (of_job[3].user_id, of_job[3].status) == (1, "SUSPENDED")
        assert of_job[1].routing_key == "team.7.user.3.auth.session_revoked"
        assert await log.heads(conn, [7, 8, 9]) == {
            7: LogHead("epoch7", 5, 0),
            8: LogHead("epoch8", 1, 0),
        }
        whole = await log.page(conn, 7, 2)
    last = await ends(database, {7: 0, 8: 1, 9: 0}, limit=3)
    assert last == {7: whole, 8: LogPage(LogHead("epoch8", 1, 0), ())}
    assert (await ends(database, {7: 3, 8: NONE}, limit=3)) == {
        7: LogPage(whole.head, whole.events[1:]),
        8: last[8],
    }


async def insert_job(conn, job_id: int, team_id: int, status: str, ended_at: float | None) -> None:
    await conn.execute(
        insert(job_logs),
        {
            "id": job_id,
            "team_id": team_id,
            "user_id": 3,
            "kind": "environment.create",
            "status": status,
            "message": "m",
            "env_name": f"shop-{job_id}",
            "payload": {},
            "created_at": 1.9,
            "updated_at": 2.9,
            "ended_at": ended_at,
        },
    )


async def test_a_snapshot_has_the_unfinished_and_the_latest_jobs_of_one_team(database):
    await make_team(database, 7)
    await make_team(database, 8)
    async with reading(database) as conn:
        assert (await log.snapshot(conn, 7)).jobs == []
    async with transaction(database) as conn:
        await insert_job(conn, 1, 7, "polling", None)
        for job_id in (2, 3, 4):
            await insert_job(conn, job_id, 7, "completed", 3.0)
        await insert_job(conn, 5, 8, "queued", None)
    await append_many(database, 7, 3)
    async with reading(database) as conn:
        snapshot = await log.snapshot(conn, 7, limit=3)
    assert snapshot.last_event_id == "epoch7.3"
    assert [job.id for job in snapshot.jobs] == [1, 4, 3]
    unfinished = snapshot.jobs[0].model_dump(mode="json")
    assert unfinished["created_at"] == 1
    assert unfinished["cancel_requested"] is False
    assert {"ended_at", "app_id", "error_code"}.isdisjoint(unfinished)


async def test_a_job_is_found_with_the_position_of_its_end(database):
    await make_team(database, 7)
    async with transaction(database) as conn:
        await insert_job(conn, 42, 7, "completed", 3.0)
        await insert_job(conn, 43, 7, "queued", None)
        for status in ("queued", "started", "completed"):
            await append(conn, 7, job_event(7, 42, status))
        await append(conn, 7, job_event(7, 43))
    async with reading(database) as conn:
        assert await log.job(conn, 7, 42) == log.LoggedJob("completed", 3)
        assert await log.job(conn, 7, 43) == log.LoggedJob("queued", None)
        assert await log.job(conn, 8, 42) is None
        assert await log.job(conn, 7, 99) is None


async def clear_outbox(engine) -> None:
    async with transaction(engine) as conn:
        await conn.execute(delete(outbox))


async def test_trimming_keeps_the_last_events_and_says_so(database):
    await make_team(database)
    await append_many(database, 7, 10)
    await clear_outbox(database)
    async with transaction(database) as conn:
        assert await trim(conn, 7, older_than=0, keep=4) == 6
    async with reading(database) as conn:
        assert await log.head(conn, 7) == LogHead("epoch7", 10, 6)
        assert [e.position for e in await log.read(conn, 7, 6)] == [7, 8, 9, 10]
        with pytest.raises(HistoryTrimmed) as caught:
            await log.read(conn, 7, 5)
        assert caught.value.trimmed_position == 6
        page = await log.page(conn, 7, 5)
        assert page.head.trimmed_position == 6
        assert len(page.events) == 4
    async with transaction(database) as conn:
        assert await trim(conn, 7, older_than=0, keep=4) == 0
        assert (await append(conn, 7, job_event())).position == 11


async def test_trimming_goes_by_age_and_in_batches(database):
    await make_team(database)
    await append_many(database, 7, 5, now=100.0)
    await append_many(database, 7, 2, now=200.0)
    await clear_outbox(database)
    async with transaction(database) as conn:
        assert await trim(conn, 7, older_than=150.0, keep=1000, batch=3) == 3
        assert await trim(conn, 7, older_than=150.0, keep=1000, batch=3) == 2
        assert await trim(conn, 7, older_than=150.0, keep=1000, batch=3) == 0
    async with reading(database) as conn:
        assert await log.head(conn, 7) == LogHead("epoch7", 7, 5)


async def test_what_is_not_yet_sent_is_never_trimmed(database):
    await make_team(database)
    await append_many(database, 7, 6)
    async with transaction(database) as conn:
        await conn.execute(delete(outbox).where(outbox.c.position.in_([1, 2, 5])))
    async with transaction(database) as conn:
        assert await trim(conn, 7, older_than=time.time() + 1, keep=1) == 2
    async with reading(database) as conn:
        assert await log.head(conn, 7) == LogHead("epoch7", 6, 2)


async def test_one_retention_sweeps_all_teams_while_another_stands_by(database):
    for team_id in (7, 8):
        await make_team(database, team_id)
        await append_many(database, team_id, 5)
    await clear_outbox(database)
    rules = RetentionRules(seconds=1e12, count=2, interval=60)
    first, second = Retention(database, rules), Retention(database, rules)
    assert await first.sweep() == 6
    await append_many(database, 7, 1)
    await clear_outbox(database)
    assert await second.sweep() == 0, "the first one has the lease"
    async with transaction(database) as conn:
        await conn.execute(update(leases).values(expires_at=0.0))
    assert await second.sweep() == 1, "its lease has run out"
    async with reading(database) as conn:
        assert await conn.scalar(select(func.count()).select_from(events)) == 4


async def test_trimming_and_appending_at_once_lose_nothing(database):
    await make_team(database)
    stop = asyncio.Event()

    async def trimming() -> None:
        while not stop.is_set():
            async with transaction(database) as conn:
                await conn.execute(delete(outbox))
                await trim(conn, 7, older_than=0, keep=3, batch=4)
            await asyncio.sleep(0)

    trimmer = asyncio.create_task(trimming())
    await asyncio.gather(*(append_many(database, 7, 2) for _ in range(25)))
    stop.set()
    await trimmer
    async with reading(database) as conn:
        head = await log.head(conn, 7)
        rest = await log.read(conn, 7, head.trimmed_position, limit=1000)
    assert head.last_position == 50
    assert [e.position for e in rest] == list(range(head.trimmed_position + 1, 51))


async def test_a_new_epoch_is_seen_with_the_events_of_the_same_moment(database):
    await make_team(database)
    await append_many(database, 7, 1)
    async with transaction(database) as conn:
        await conn.execute(update(teams).values(epoch="after-restore"))
    async with reading(database) as conn:
        (event,) = await log.read(conn, 7, 0)
    assert str(event.event_id) == "after-restore.1"
    async with reading(database) as conn:
        assert await conn.scalar(text("SELECT epoch FROM outbox")) == "epoch7"
