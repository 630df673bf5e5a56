"""What the relay tells of the whole installation, on both databases and both brokers."""

from dataclasses import replace

import aio_pika
from prometheus_client import CollectorRegistry, generate_latest

from backbone import leases
from backbone.database.engine import transaction
from backbone.orders.record import Recorder
from backbone.relay.depth import QueueState
from backbone.relay.installation import Installation
from backbone.relay.partition import LEASE
from backbone.settings import load_settings
from tests.backbone.rows import creation, make_team

NOW = 1_766_000_000.0


def installation(database, amqp_url, *, later=0.0):
    topology = load_settings({}).topology()
    return Installation(
        database,
        amqp_url,
        topology,
        dead_queues=["jobs.dead"],
        clock=lambda: NOW + later,
    )


async def test_an_empty_installation_without_relay_and_worker(database, amqp_url):
    looked = installation(database, amqp_url)
    last = looked._last = await looked.look()
    assert (last.has_leader, last.outbox_messages, last.jobs) == (False, 0, {})
    assert last.queues is not None
    assert set(last.queues.values()) == {QueueState(0, 0)}
    assert [check.name for check in looked.checks()] == [
        "relay-leader",
        "workers-environment.create",
        "workers-environment.delete",
    ]


async def test_backlogs_leadership_and_consumers_are_counted(database, amqp_url):
    await make_team(database)
    await Recorder(database).record(replace(creation(7), created_at=NOW))
    async with transaction(database) as conn:
        await leases.acquire(conn, LEASE, "me", 60.0)
    looked = installation(database, amqp_url, later=42.0)
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("jobs.env.create", durable=True)
        await queue.consume(_keep)
        looked._last = await looked.look()
        await channel.queue_delete("jobs.env.create")
    told = generate_latest(_registry(looked)).decode()
    assert 'slipway_jobs{kind="environment.create",status="queued"} 1.0' in told
    assert 'slipway_jobs_oldest_queued_seconds{kind="environment.create"} 42.0' in told
    assert "slipway_outbox_messages 2.0" in told
    assert "slipway_outbox_oldest_seconds 42.0" in told
    assert "slipway_relay_has_leader 1.0" in told
    assert 'slipway_job_queue_consumers{queue="jobs.env.create"} 1.0' in told
    assert 'slipway_dead_letters{queue="jobs.dead"} 0.0' in told
    assert [check.name for check in looked.checks()] == ["outbox", "workers-environment.delete"]


async def test_a_broker_that_is_away(database, unused_tcp_port):
    looked = installation(database, f"amqp://guest:guest@127.0.0.1:{unused_tcp_port}/")
    looked._last = await looked.look()
    assert looked._last.queues is None
    assert "broker" in [check.name for check in looked.checks()]


async def test_before_the_first_look_nothing_is_claimed(database, amqp_url):
    looked = installation(database, amqp_url)
    assert looked.checks() == []
    assert generate_latest(_registry(looked)) == b""


def _registry(looked):
    registry = CollectorRegistry()
    registry.register(looked)
    return registry


async def _keep(message):
    """Leave a message where it is until the channel ends."""
