"""`slipway doctor` finds seeded faults, each by its name and with what to do."""

import asyncio
import json
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import aio_pika
import pytest
from sqlalchemy import text

from backbone import leases
from backbone.cipher import new_key
from backbone.database.engine import create_engine, transaction
from backbone.orders.record import Recorder
from backbone.relay.partition import LEASE
from backbone.settings import load_settings
from slipway.amqp import Broker
from slipway.demo import Credentials
from slipway.doctor import origin as origin_checks
from slipway.doctor.command import run_doctor
from slipway.doctor.examine import examine
from slipway.doctor.finding import State
from slipway.doctor.services import database as database_checks
from slipway.run_file import Run
from slipway.topology import apply
from testing.program import free_port
from tests.backbone.rows import creation, make_team

SOMEBODY = Credentials("somebody@example.com", "a password")


@pytest.fixture
def home(tmp_path, migrated_sqlite):
    """A folder with a migrated database and a key."""
    (tmp_path / "slipway.db").write_bytes(migrated_sqlite.read_bytes())
    return {
        "SLIPWAY_HOME": str(tmp_path),
        "SLIPWAY_SECRET_KEYS": new_key(),
        "SLIPWAY_EVENT_KEYS": new_key(),
    }


async def found(home, *, run=None, base_url=None, who=None):
    """The findings by check, the worst of several."""
    settings = load_settings(home)
    order = list(State)
    worst = {}
    for each in await examine(settings, run, base_url=base_url, who=who):
        known = worst.get(each.check)
        rank = {State.SKIPPED: 0, State.OK: 1, State.WARNING: 2, State.FAILED: 3}
        assert each.state in order
        if known is None or rank[each.state] > rank[known.state]:
            worst[each.check] = each
    return worst


@asynccontextmanager
async def broker_as_wanted(home):
    async with Broker() as broker:
        await apply(broker.url, load_settings(home).topology())
        yield broker


@asynccontextmanager
async def server(answer):
    """An HTTP server that answers each request with these bytes and keeps the connection open."""
    writers = []

    async def serve(reader, writer):
        writers.append(writer)
        while head := await reader.readuntil(b"\r\n\r\n"):
            told = answer(head)
            if told is None:
                return
            writer.write(told)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()
        for writer in writers:
            writer.close()


def http(status, body, kind="application/json", **fields):
    lines = [f"HTTP/1.1 {status} x", f"Content-Type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    if kind != "text/event-stream":
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def slipway(stream):
    """What answers like a service, and `stream` for the stream."""

    def answer(head):
        if b"/health/ready" in head:
            return http(200, json.dumps({"status": "ok", "checks": []}))
        if b"/auth/login" in head:
            return http(200, json.dumps({"exchange_token": "x"}))
        if b"/auth/session-exchange" in head:
            return http(200, "{}", Set_Cookie="slipway_session=abc")
        return stream

    return answer


async def test_a_healthy_database_and_broker(home):
    async with broker_as_wanted(home) as broker:
        seen = await found(home | {"RABBITMQ_URL": broker.url})
    assert {
        seen[check].state for check in ("keys", "database", "schema", "broker", "topology")
    } == {State.OK}


async def test_keys_that_are_missing(home):
    del home["SLIPWAY_SECRET_KEYS"]
    seen = await found(home)
    assert seen["keys"].state is State.FAILED
    assert "slipway admin key generate" in seen["keys"].mend


async def test_events_that_another_machine_would_not_know(home):
    del home["SLIPWAY_EVENT_KEYS"]
    seen = await found(home | {"RABBITMQ_URL": "amqp://127.0.0.1:1/"})
    assert seen["event keys"].state is State.WARNING


async def test_a_database_that_is_away(home):
    url = f"postgresql://slipway@127.0.0.1:{free_port()}/slipway"
    seen = await found(home | {"DATABASE_URL": url})
    assert (seen["database"].state, "DATABASE_URL" in seen["database"].mend) == (State.FAILED, True)


async def test_a_schema_that_is_old(home):
    engine = create_engine(load_settings(home).sql_url)
    async with transaction(engine) as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    await engine.dispose()
    seen = await found(home)
    assert (seen["schema"].state, "slipway migrate" in seen["schema"].mend) == (State.FAILED, True)


async def test_clocks_that_differ(postgres_url, monkeypatch):
    now = time.time
    monkeypatch.setattr("slipway.doctor.services.time.time", lambda: now() - 60)
    engine = create_engine(postgres_url)
    seen = {each.check: each for each in await database_checks(engine, load_settings({}))}
    await engine.dispose()
    assert seen["clock"].state is State.WARNING
    assert "+60" in seen["clock"].told


async def test_nobody_who_can_sign_in(home):
    seen = await found(home)
    assert (seen["users"].state, "bootstrap" in seen["users"].mend) == (State.WARNING, True)


async def test_a_broker_that_is_away(home):
    seen = await found(home | {"RABBITMQ_URL": f"amqp://guest:guest@127.0.0.1:{free_port()}/"})
    assert (seen["broker"].state, "RABBITMQ_URL" in seen["broker"].mend) == (State.FAILED, True)
    assert seen["workers"].state is State.SKIPPED


async def test_a_queue_that_differs(home):
    async with Broker() as broker:
        connection = await aio_pika.connect(broker.url)
        async with connection:
            channel = await connection.channel()
            await channel.declare_queue("jobs.env.create", durable=True)
        seen = await found(home | {"RABBITMQ_URL": broker.url})
    assert seen["topology"].state is State.WARNING
    assert "slipway topology apply" in seen["topology"].mend


async def test_no_relay_and_no_worker(home):
    async with broker_as_wanted(home) as broker:
        seen = await found(home | {"RABBITMQ_URL": broker.url})
    assert (seen["relay"].state, seen["relay"].mend) == (State.FAILED, "start `slipway relay`")
    assert (seen["workers"].state, seen["workers"].mend) == (State.FAILED, "start `slipway worker`")


async def test_a_backlog_and_a_job_that_waits_for_long(home):
    engine = create_engine(load_settings(home).sql_url)
    await make_team(engine)
    await Recorder(engine).record(replace(creation(7), created_at=time.time() - 3600))
    async with transaction(engine) as conn:
        await leases.acquire(conn, LEASE, "me", 60.0)
    await engine.dispose()
    async with broker_as_wanted(home) as broker:
        seen = await found(home | {"RABBITMQ_URL": broker.url})
    assert seen["relay"].state is State.OK
    assert seen["outbox"].state is State.FAILED
    assert seen["jobs"].state is State.WARNING
    assert "WORKER_CONCURRENCY" in seen["jobs"].mend


async def test_dead_letters(home):
    async with broker_as_wanted(home) as broker:
        connection = await aio_pika.connect(broker.url)
        async with connection:
            channel = await connection.channel(publisher_confirms=True)
            await channel.default_exchange.publish(aio_pika.Message(b"?"), "jobs.dead")
        seen = await found(home | {"RABBITMQ_URL": broker.url})
    assert seen["dead letters"].state is State.WARNING
    assert "slipway dead-letters list" in seen["dead letters"].mend


async def test_a_cache_that_is_away(home):
    seen = await found(home | {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"})
    assert (seen["redis"].state, "REDIS_URL" in seen["redis"].mend) == (State.WARNING, True)


async def test_a_provider_that_is_away_or_not_named(home):
    account = {"VIRTUOZZO_LOGIN": "me", "VIRTUOZZO_PASSWORD": "a password"}
    named = {"VIRTUOZZO_BASE_URL": f"http://127.0.0.1:{free_port()}"}
    away = (await found(home | account | named))["provider"]
    assert (away.state, "VIRTUOZZO_BASE_URL" in away.mend) == (State.FAILED, True)
    services = {
        "RABBITMQ_URL": "amqp://127.0.0.1:1/",
        "DATABASE_URL": f"sqlite:///{home['SLIPWAY_HOME']}/slipway.db",
    }
    assert (await found(home | services))["provider"].state is State.FAILED
    assert (await found(home | named))["provider"].state is State.WARNING
    running = Run(1, "", "http://simulator", None, "", None, None)
    assert (await found(home | services, run=running))["provider"].state is State.SKIPPED


async def test_an_origin_that_is_away_or_somebody_else(home):
    away = (await found(home, base_url=f"http://127.0.0.1:{free_port()}"))["origin"]
    assert away.state is State.FAILED
    async with server(lambda _: http(200, "<h1>It works!</h1>", "text/html")) as base_url:
        other = (await found(home, base_url=base_url))["origin"]
    assert (other.state, "not as Slipway does" in other.told) == (State.FAILED, True)


async def test_an_origin_without_tls_on_a_public_name(home):
    seen = await found(home, base_url="http://slipway.invalid")
    assert (seen["tls"].state, "docs/install.md" in seen["tls"].mend) == (State.WARNING, True)


@pytest.mark.parametrize(
    ("stream", "mend"),
    [
        (http(200, "", "text/event-stream"), "buffering"),
        (http(200, "<h1>Welcome</h1>", "text/html"), "gateway"),
        (http(403, "{}"), "events:read"),
        (http(502, "{}"), "does not reach the gateway"),
    ],
    ids=["buffered", "page", "forbidden", "unreachable"],
)
async def test_a_stream_that_does_not_come_through(home, monkeypatch, stream, mend):
    monkeypatch.setattr(origin_checks, "SECONDS", 2.0)
    async with server(slipway(stream)) as base_url:
        seen = await found(home, base_url=base_url, who=SOMEBODY)
    assert seen["stream"].state is State.FAILED
    assert mend in seen["stream"].mend


async def test_a_stream_that_comes_through(home):
    stream = http(200, 'event: sync\ndata: {"status":"fresh"}\n\n', "text/event-stream")
    async with server(slipway(stream)) as base_url:
        seen = await found(home, base_url=base_url, who=SOMEBODY)
    assert seen["stream"].state is State.OK


async def test_a_setting_that_is_wrong_is_named_as_a_finding(monkeypatch, capsys):
    monkeypatch.setenv("WORKER_CONCURRENCY", "many")
    assert run_doctor(email=None, base_url=None, as_json=True) == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert (finding["check"], finding["state"]) == ("settings", "failed")
    assert "WORKER_CONCURRENCY" in finding["told"]
