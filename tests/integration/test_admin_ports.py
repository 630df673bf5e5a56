"""Relay and worker as processes of their own: what probes and Prometheus are told of them."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from backbone.cipher import new_key
from slipway.amqp import Broker
from testing.checkout import ROOT
from testing.probe import asked
from testing.process import Process
from testing.program import free_port

SECONDS = 60.0


async def told(port, path):
    answer = await asked(f"http://127.0.0.1:{port}{path}")
    return (0, None) if answer is None else (answer.status_code, answer)


async def until(port, path, holds):
    """Wait for an answer of which `holds(status, body)` is true, and give its body."""
    async with asyncio.timeout(SECONDS):
        while True:
            status, answer = await told(port, path)
            if answer is not None and holds(status, answer):
                return answer
            await asyncio.sleep(0.1)


@pytest.fixture
async def installation(tmp_path):
    """A relay and a worker on a broker of their own; gives the broker and both ports."""
    ports = {"relay": free_port(), "worker": free_port()}
    async with Broker() as broker:
        processes = []
        for name, port in ports.items():
            environment = {
                "RABBITMQ_URL": broker.url,
                "DATABASE_URL": f"sqlite:///{tmp_path}/slipway.db",
                "SLIPWAY_HOME": str(tmp_path),
                "SLIPWAY_SECRET_KEYS": new_key(),
                "SLIPWAY_EVENT_KEYS": new_key(),
                "ADMIN_PORT": str(port),
            }
            process = Process(name, [name], environment, tmp_path / f"{name}.log")
            await process.start()
            processes.append(process)
            await until(port, "/health/live", lambda status, _: status == 200)
        yield broker, ports
        for process in processes:
            await process.kill()


async def test_relay_and_worker_tell_how_they_are(installation):
    broker, ports = installation
    ready = await until(
        ports["relay"],
        "/health/ready",
        lambda status, body: status == 200 and body.json()["status"] == "ok",
    )
    assert "database" in [check["name"] for check in ready.json()["checks"]]
    await until(ports["worker"], "/health/ready", lambda status, _: status == 200)
    # The relay looks at the queues now and then: the worker may have come after its last look.
    consumed = 'slipway_job_queue_consumers{queue="jobs.env.create"} 1.0'
    metrics = await until(ports["relay"], "/metrics", lambda _, body: consumed in body.text)
    assert "slipway_relay_active 1.0" in metrics.text
    assert "slipway_worker_jobs_in_hand 0.0" in (await told(ports["worker"], "/metrics"))[1].text
    await broker.stop()
    gone = await until(ports["worker"], "/health/ready", lambda status, _: status == 503)
    assert [check["name"] for check in gone.json()["checks"] if check["status"] == "failed"] == [
        "broker"
    ]
    await until(
        ports["relay"],
        "/health/ready",
        lambda _, body: "broker" in [check["name"] for check in body.json()["checks"]],
    )


SHORT_OF_HOPE = """
from backbone import supervisor
supervisor.HOPELESS_SECONDS, supervisor.STEADY_SECONDS, supervisor.LONGEST_PAUSE = 1.0, 1.0, 0.2
"""
"""For a process of a test: a minute of failures is none of a test's time."""


async def test_a_part_that_cannot_go_on_fails_liveness_by_name_and_recovers(tmp_path):
    """What no other system is to blame for: a table is gone, as after a migration gone wrong."""
    (tmp_path / "sitecustomize.py").write_text(SHORT_OF_HOPE)
    database, port = tmp_path / "slipway.db", free_port()
    environment = {
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
        "RABBITMQ_URL": f"amqp://127.0.0.1:{free_port()}/",
        "DATABASE_URL": f"sqlite:///{database}",
        "SLIPWAY_HOME": str(tmp_path),
        "SLIPWAY_SECRET_KEYS": new_key(),
        "SLIPWAY_EVENT_KEYS": new_key(),
        "REAPER_INTERVAL_SECONDS": "0.1",
        "ADMIN_PORT": str(port),
    }
    process = Process("relay", ["relay"], environment, tmp_path / "relay.log", fresh=True)
    await process.start()
    try:
        await until(port, "/health/live", lambda status, _: status == 200)
        rename(database, "leases", "leases_gone")
        hopeless = await until(
            port,
            "/health/live",
            lambda status, body: status == 503 and "reaper" in names(body),
        )
        # All that read the table; which of them have given up hope by now is a matter of time.
        assert names(hopeless) <= {"relay", "reaper", "retention", "expiry", "installation"}
        (reason,) = {check["detail"].split(";")[0] for check in hopeless.json()["checks"]}
        assert reason == "ended by OperationalError"
        rename(database, "leases_gone", "leases")
        await until(port, "/health/live", lambda status, _: status == 200)
    finally:
        await process.kill()


def rename(database, table, name):
    with closing(sqlite3.connect(database, timeout=SECONDS)) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO {name}")


def names(answer):
    return {check["name"] for check in answer.json()["checks"]}
