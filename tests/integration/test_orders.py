"""One order is one job, one event and one message, or nothing: on both databases, under duplicates."""

import asyncio
import dataclasses
import json

import asyncpg
import pytest
from sqlalchemy import event, func, insert, select, text, update

from backbone.database.engine import create_engine, reading, transaction
from backbone.database.tables import environments, events, idempotency_keys, job_logs, outbox, teams
from backbone.errors import (
    BusinessError,
    DatabaseUnavailable,
    EnvironmentBusy,
    IdempotencyKeyReused,
    NotFound,
    OutcomeUnknown,
    ShortdomainTaken,
    TeamInactive,
)
from backbone.events import log
from backbone.events.append import append
from backbone.orders.record import Recorder
from testing.tcp_proxy import Proxy
from tests.backbone.rows import creation, deletion, job_event, make_team


async def counts(engine) -> dict[str, int]:
    async with reading(engine) as conn:
        return {
            table.name: await conn.scalar(select(func.count()).select_from(table))
            for table in (job_logs, events, outbox, idempotency_keys)
        }


WAITING = text(
    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE NOT granted AND datname = current_database()"
)


def overhear(monkeypatch) -> list[str]:
    """Note the queries of all connections that are made from now on."""
    queries: list[str] = []
    connect = asyncpg.connect

    async def overheard(*address, **options):
        connection = await connect(*address, **options)
        connection.add_query_logger(lambda record: queries.append(record.query))
        return connection

    # Whoever sends it, SQLAlchemy or the statement_pool, connects by this.
    monkeypatch.setattr(asyncpg, "connect", overheard)
    return queries


NOTHING = {"job_logs": 0, "events": 0, "outbox": 0, "idempotency_keys": 0}


async def insert_environment(
    engine, job_id: int, *, team_id=7, name="shop", status="running"
) -> int:
    async with transaction(engine) as conn:
        return (
            await conn.execute(
                insert(environments)
                .values(
                    team_id=team_id,
                    job_id=job_id,
                    shortdomain=name,
                    env_name=name,
                    status=status,
                    created_at=1.0,
                )
                .returning(environments.c.id)
            )
        ).scalar_one()


async def end_job(engine, job_id: int, status: str = "completed") -> None:
    async with transaction(engine) as conn:
        await conn.execute(
            update(job_logs).where(job_logs.c.id == job_id).values(status=status, ended_at=2.0)
        )


async def test_an_order_is_recorded_completely(database):
    await make_team(database)
    async with transaction(database) as conn:
        await append(conn, 7, job_event())
    order = creation(name="shop-42", key="order-1")
    recorded = await Recorder(database).record(order)
    assert recorded.job_id == order.job_id
    assert recorded.status == "queued"
    assert recorded.last_event_id == "epoch7.1"
    assert not recorded.replayed
    async with reading(database) as conn:
        job = (await conn.execute(select(job_logs))).one()
        (logged,) = await log.read(conn, 7, 1)
        queued = (await conn.execute(select(outbox).order_by(outbox.c.id).offset(1))).all()
    assert (job.id, job.team_id, job.user_id) == (order.job_id, 7, 3)
    assert (job.kind, job.status, job.env_name) == ("environment.create", "queued", "shop-42")
    assert (job.attempt, job.failures, job.lease_until) == (0, 0, None)
    assert job.run_at == job.created_at == job.updated_at == order.created_at
    assert job.payload == order.payload
    assert job.message == order.event.message
    assert json.loads(logged.body) == order.event.model_dump(mode="json")
    assert (logged.position, logged.job_id, logged.status) == (2, order.job_id, "queued")
    told, dispatched = queued
    assert (told.team_id, told.epoch, told.position) == (7, "epoch7", 2)
    assert told.body == logged.body.encode()
    assert (dispatched.team_id, dispatched.position) == (None, None)
    assert dispatched.body == order.dispatch.body
    assert dispatched.properties["headers"] == order.dispatch.headers
    assert dispatched.properties["mandatory"] is True
    assert dispatched.routing_key == "jobs.env.create"


async def test_an_order_on_postgresql_is_one_statement(postgres_url, monkeypatch):
    queries = overhear(monkeypatch)
    engine = create_engine(postgres_url)
    await make_team(engine)
    recorder = Recorder(engine)
    await recorder.record(creation())
    queries.clear()
    await recorder.record(creation(key="k"))
    (query,) = queries
    assert "INSERT INTO job_logs" in query
    await engine.dispose()


async def test_orders_at_once_on_postgresql_share_statements(postgres_url, monkeypatch):
    queries = overhear(monkeypatch)
    engine = create_engine(postgres_url)
    for team_id in (7, 8):
        await make_team(engine, team_id)
    recorder = Recorder(engine)
    await recorder.record(creation(7))
    queries.clear()
    orders = [creation(7 + number % 2, key=f"k{number}") for number in range(20)]
    # One that is refused in their midst leaves no gap.
    taken = creation(7, name=orders[0].env_name)
    answers = await asyncio.gather(
        *(recorder.record(order) for order in (*orders, taken)), return_exceptions=True
    )
    assert isinstance(answers.pop(), ShortdomainTaken)
    assert len([query for query in queries if "INSERT INTO job_logs" in query]) <= 3
    assert [answer.job_id for answer in answers] == [order.job_id for order in orders]
    async with reading(engine) as conn:
        for team_id, first in ((7, 2), (8, 1)):
            logged = await log.read(conn, team_id, 0)
            assert [event.position for event in logged] == list(range(1, len(logged) + 1))
            mine = [order for order in orders if order.team_id == team_id]
            assert [event.job_id for event in logged][first - 1 :] == [o.job_id for o in mine]
            assert [a.last_event_id for a in answers[team_id - 7 :: 2]] == [
                f"epoch{team_id}.{event.position - 1}" for event in logged[first - 1 :]
            ]
        queued = (await conn.execute(select(outbox).order_by(outbox.c.id))).all()
        keys = (await conn.execute(select(idempotency_keys))).all()
    for team_id in (7, 8):
        told = [row.position for row in queued if row.team_id == team_id]
        assert told == sorted(told), "the relay publishes in the order of ids"
    dispatched = {row.properties["correlation_id"] for row in queued if row.team_id is None}
    assert dispatched >= {order.dispatch.correlation_id for order in orders}
    assert {(row.key, row.job_id, row.last_event_id) for row in keys} == {
        (order.idempotency.key, order.job_id, answer.last_event_id)
        for order, answer in zip(orders, answers, strict=True)
    }
    await engine.dispose()


async def test_a_locked_team_holds_up_nobody_else(postgres_url):
    engine = create_engine(postgres_url)
    for team_id in (7, 8):
        await make_team(engine, team_id)
    recorder = Recorder(engine)
    async with transaction(engine) as conn:
        await conn.execute(update(teams).where(teams.c.id == 7).values(name="Locked"))
        waiting = [asyncio.create_task(recorder.record(creation(7))) for _ in range(2)]
        assert (await recorder.record(creation(8))).last_event_id == "epoch8.0"
        assert (await recorder.record(creation(8))).last_event_id == "epoch8.1"
        assert not any(task.done() for task in waiting)
    places = {recorded.last_event_id for recorded in await asyncio.gather(*waiting)}
    assert places == {"epoch7.0", "epoch7.1"}
    await engine.dispose()


async def test_an_order_that_the_database_cannot_take_spoils_no_other(postgres_url):
    engine = create_engine(postgres_url)
    await make_team(engine)
    recorder, good = Recorder(engine), creation()
    bad = dataclasses.replace(creation(), env_name="shop\0")
    answers = await asyncio.gather(
        recorder.record(good), recorder.record(bad), return_exceptions=True
    )
    assert answers[0].job_id == good.job_id
    assert isinstance(answers[1], asyncpg.DataError)
    assert (await counts(engine))["job_logs"] == 1
    await engine.dispose()


@pytest.mark.parametrize("status", ["PAST_DUE", "SUSPENDED", "CANCELED"])
async def test_an_inactive_team_orders_nothing_and_keeps_no_trace(database, status):
    await make_team(database, status=status)
    with pytest.raises(TeamInactive, match=status):
        await Recorder(database).record(creation(key="k"))
    assert await counts(database) == NOTHING
    async with reading(database) as conn:
        assert (await log.head(conn, 7)).last_position == 0


@pytest.mark.parametrize("status", ["TRIALING", "ACTIVE"])
async def test_an_active_team_may_order(database, status):
    await make_team(database, status=status)
    await Recorder(database).record(creation())


async def test_an_unknown_team_orders_nothing(database):
    with pytest.raises(NotFound, match="no team 7"):
        await Recorder(database).record(creation())
    assert await counts(database) == NOTHING


async def test_the_same_key_is_the_same_order(database):
    await make_team(database)
    first = await Recorder(database).record(creation(name="shop", key="k"))
    before = await counts(database)
    again = await Recorder(database).record(creation(name="shop", key="k"))
    assert again.replayed
    assert (again.job_id, again.status, again.last_event_id) == (
        first.job_id,
        first.status,
        first.last_event_id,
    )
    assert await counts(database) == before
    with pytest.raises(IdempotencyKeyReused):
        await Recorder(database).record(creation(name="other", key="k", request_hash="another"))
    assert await counts(database) == before
    async with reading(database) as conn:
        assert (await log.head(conn, 7)).last_position == 1, "a replay leaves no gap"


async def test_the_answer_to_a_replay_stays_when_the_job_is_over_and_the_team_inactive(database):
    await make_team(database)
    first = await Recorder(database).record(creation(name="shop", key="k"))
    await end_job(database, first.job_id)
    await insert_environment(database, first.job_id)
    async with transaction(database) as conn:
        await conn.execute(update(teams).values(status="SUSPENDED"))
    again = await Recorder(database).record(creation(name="shop", key="k"))
    assert again.replayed
    assert again.job_id == first.job_id


async def test_keys_belong_to_a_user_of_a_team(database):
    await make_team(database, 7)
    await make_team(database, 8)
    jobs = {
        (await Recorder(database).record(order)).job_id
        for order in (
            creation(7, key="k"),
            creation(8, key="k"),
            creation(7, user_id=4, key="k"),
        )
    }
    assert len(jobs) == 3


async def test_concurrent_duplicates_are_one_job(database, database_url):
    await make_team(database)
    pools = [create_engine(database_url, pool_size=3) for _ in range(3)]
    recorders = [Recorder(pool) for pool in pools]
    try:
        answers = await asyncio.gather(
            *(
                recorders[number % 3].record(
                    creation(name=f"shop{number % 4}", key=f"k{number % 4}")
                )
                for number in range(40)
            )
        )
    finally:
        for pool in pools:
            await pool.dispose()
    for duplicate in range(4):
        of_key = answers[duplicate::4]
        assert len({answer.job_id for answer in of_key}) == 1
        assert len({answer.last_event_id for answer in of_key}) == 1
        assert [answer.replayed for answer in of_key].count(False) == 1
    assert await counts(database) == {
        "job_logs": 4,
        "events": 4,
        "outbox": 8,
        "idempotency_keys": 4,
    }
    async with reading(database) as conn:
        assert [e.position for e in await log.read(conn, 7, 0)] == [1, 2, 3, 4]


async def test_a_name_is_ordered_once_at_a_time(database, database_url):
    await make_team(database)
    pools = [create_engine(database_url, pool_size=3) for _ in range(2)]
    recorders = [Recorder(pool) for pool in pools]
    try:
        answers = await asyncio.gather(
            *(recorders[n % 2].record(creation(name="shop", key=f"k{n}")) for n in range(12)),
            return_exceptions=True,
        )
    finally:
        for pool in pools:
            await pool.dispose()
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(refused) == 11
    assert all(isinstance(answer, ShortdomainTaken) for answer in refused)
    assert await counts(database) == {
        "job_logs": 1,
        "events": 1,
        "outbox": 2,
        "idempotency_keys": 1,
    }


async def test_a_name_is_free_again_when_its_job_failed_or_its_environment_is_gone(database):
    await make_team(database, 7)
    await make_team(database, 8)
    failed = await Recorder(database).record(creation(name="shop"))
    with pytest.raises(ShortdomainTaken, match="named shop"):
        await Recorder(database).record(creation(name="shop"))
    await Recorder(database).record(creation(8, name="shop"))
    await end_job(database, failed.job_id, "failed")
    done = await Recorder(database).record(creation(name="shop"))
    await end_job(database, done.job_id)
    environment_id = await insert_environment(database, done.job_id)
    with pytest.raises(ShortdomainTaken):
        await Recorder(database).record(creation(name="shop"))
    async with transaction(database) as conn:
        await conn.execute(
            update(environments).where(environments.c.id == environment_id).values(status="deleted")
        )
    await Recorder(database).record(creation(name="shop"))


async def test_a_deletion_marks_its_environment(database):
    await make_team(database)
    made = await Recorder(database).record(creation(name="shop"))
    await end_job(database, made.job_id)
    environment_id = await insert_environment(database, made.job_id)
    order = deletion(7, environment_id, "shop", key="d")
    recorded = await Recorder(database).record(order)
    assert recorded.last_event_id == "epoch7.1"
    async with reading(database) as conn:
        assert await conn.scalar(select(environments.c.status)) == "deleting"
        job = (await conn.execute(select(job_logs).where(job_logs.c.id == order.job_id))).one()
    assert (job.kind, job.environment_id, job.payload) == (
        "environment.delete",
        environment_id,
        order.payload,
    )
    assert (await Recorder(database).record(deletion(7, environment_id, "shop", key="d"))).replayed
    before = await counts(database)
    with pytest.raises(EnvironmentBusy):
        await Recorder(database).record(deletion(7, environment_id, "shop"))
    assert await counts(database) == before


async def test_a_deletion_needs_an_environment_of_the_team_that_is_there(database):
    await make_team(database, 7)
    await make_team(database, 8)
    made = await Recorder(database).record(creation(name="shop"))
    environment_id = await insert_environment(database, made.job_id)
    before = await counts(database)
    for order in (deletion(8, environment_id, "shop"), deletion(7, 999, "shop")):
        with pytest.raises(NotFound):
            await Recorder(database).record(order)
    async with transaction(database) as conn:
        await conn.execute(update(environments).values(status="deleted"))
    with pytest.raises(NotFound):
        await Recorder(database).record(deletion(7, environment_id, "shop"))
    assert await counts(database) == before
    async with reading(database) as conn:
        assert (await log.head(conn, 7)).last_position == 1


async def test_two_deletions_at_once_are_one(database, database_url):
    await make_team(database)
    made = await Recorder(database).record(creation(name="shop"))
    await end_job(database, made.job_id)
    environment_id = await insert_environment(database, made.job_id)
    pools = [create_engine(database_url, pool_size=3) for _ in range(2)]
    recorders = [Recorder(pool) for pool in pools]
    try:
        answers = await asyncio.gather(
            *(recorders[n % 2].record(deletion(7, environment_id, "shop")) for n in range(8)),
            return_exceptions=True,
        )
    finally:
        for pool in pools:
            await pool.dispose()
    refused = [answer for answer in answers if isinstance(answer, BusinessError)]
    assert len(refused) == 7
    assert {type(answer) for answer in refused} == {EnvironmentBusy}
    async with reading(database) as conn:
        assert [e.position for e in await log.read(conn, 7, 0)] == [1, 2]


async def test_a_team_that_is_suspended_in_between_orders_nothing(postgres_url):
    """The status that counts is that of the commit, not the one when the statement began."""
    engine = create_engine(postgres_url)
    await make_team(engine)
    async with transaction(engine) as conn:
        await conn.execute(update(teams).values(status="SUSPENDED"))
        ordering = asyncio.create_task(Recorder(engine).record(creation()))
        async with reading(engine) as watcher:
            while not await watcher.scalar(WAITING):
                await asyncio.sleep(0.01)
    with pytest.raises(TeamInactive):
        await ordering
    assert await counts(engine) == NOTHING
    await engine.dispose()


@pytest.fixture
def short_times(monkeypatch):
    """Time-outs as usual, but short: the server's below the client's."""
    monkeypatch.setattr("backbone.database.engine.STATEMENT_TIMEOUT_SECONDS", 1.0)
    monkeypatch.setattr("backbone.database.engine.ANSWER_TIMEOUT_SECONDS", 30.0)


BACKENDS = text(
    "SELECT count(*), count(*) FILTER (WHERE state = 'active') FROM pg_stat_activity "
    "WHERE application_name = 'orders-under-test' AND datname = current_database()"
)


@pytest.mark.parametrize("deletes", [False, True], ids=["creations", "deletions"])
async def test_an_order_that_was_refused_is_not_recorded_later(postgres_url, short_times, deletes):
    """Somebody holds the team's row for longer than an order waits, round after round."""
    watcher = create_engine(postgres_url)
    engine = create_engine(postgres_url, pool_size=3, application="orders-under-test")
    await make_team(watcher)
    environment = await insert_environment(watcher, (await record_one(watcher)).job_id)
    before = await counts(watcher)
    recorder = Recorder(engine)
    async with transaction(watcher) as holder:
        await holder.execute(select(teams).where(teams.c.id == 7).with_for_update())
        for number in range(4):
            orders = [deletion(7, environment, "shop") if deletes else creation() for _ in range(4)]
            results = await asyncio.gather(
                *(recorder.record(order) for order in orders), return_exceptions=True
            )
            assert {type(result) for result in results} == {DatabaseUnavailable}
            async with reading(watcher) as conn:
                connected, _ = (await conn.execute(BACKENDS)).one()
            assert connected <= 6, f"they pile up in round {number}"
    async with asyncio.timeout(60), reading(watcher) as conn:
        while (await conn.execute(BACKENDS)).one()[1]:
            await asyncio.sleep(0.05)
    assert await counts(watcher) == before
    await recorder.record(creation())
    await engine.dispose()
    await watcher.dispose()


async def record_one(engine, name: str = "shop"):
    recorded = await Recorder(engine).record(creation(name=name))
    await end_job(engine, recorded.job_id)
    return recorded


@pytest.mark.parametrize("deletes", [False, True], ids=["creation", "deletion"])
async def test_an_order_whose_answer_is_lost_says_so_and_its_key_finds_it(
    postgres_url, monkeypatch, deletes
):
    monkeypatch.setattr("backbone.database.engine.ANSWER_TIMEOUT_SECONDS", 1.0)
    direct = create_engine(postgres_url)
    await make_team(direct)
    environment = await insert_environment(direct, (await record_one(direct)).job_id)

    def order():
        return (
            deletion(7, environment, "shop", key="k") if deletes else creation(name="lost", key="k")
        )

    async with Proxy(direct.url.port) as proxy:
        engine = create_engine(
            direct.url.set(port=proxy.port).render_as_string(hide_password=False), pool_size=1
        )
        recorder = Recorder(engine)
        first = order()
        # The answer is swallowed when the commit is on its way: a deletion takes several steps.
        await record_one(engine, "warm")
        before = await counts(direct)
        swallow_at_commit(proxy, engine) if deletes else proxy.swallow_answers()
        with pytest.raises(OutcomeUnknown) as caught:
            await recorder.record(first)
        assert "Idempotency-Key" in caught.value.detail
        proxy.cut()
        proxy.heal()
        again = dataclasses.replace(order(), payload=first.payload)
        async with asyncio.timeout(60):
            while True:
                try:
                    found = await recorder.record(again)
                    break
                except DatabaseUnavailable:
                    await asyncio.sleep(0.05)
        assert found.replayed
        assert found.job_id == first.job_id
        after = await counts(direct)
        assert after["job_logs"] == before["job_logs"] + 1
        await engine.dispose()
    await direct.dispose()


def swallow_at_commit(proxy, engine) -> None:
    @event.listens_for(engine.sync_engine, "commit")
    def swallow(_: object) -> None:
        proxy.swallow_answers()


async def test_an_order_that_never_reached_the_database_is_refused_for_good(unused_tcp_port):
    engine = create_engine(f"postgresql://postgres@127.0.0.1:{unused_tcp_port}/x")
    with pytest.raises(DatabaseUnavailable) as caught:
        await Recorder(engine).record(creation())
    assert type(caught.value) is DatabaseUnavailable
    await engine.dispose()
