"""How many messages wait in a job queue, as the brokers tell it."""

import aio_pika

from backbone.database.engine import create_engine
from backbone.relay.create import create_relay
from backbone.relay.depth import QueueDepth
from backbone.settings import load_settings
from generated.models.job import JobKind


async def test_the_broker_counts_what_no_worker_has_yet(amqp_url, sqlite_url):
    settings = load_settings({"RABBITMQ_URL": amqp_url})
    depth = QueueDepth(amqp_url, settings.topology())
    assert await depth(JobKind.environment_create) == 0, "there is not even a queue"
    engine = create_engine(sqlite_url)
    relay = create_relay(settings, engine, amqp_url)
    await relay._publisher.connect()
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        for _ in range(3):
            message = aio_pika.Message(b"x")
            await channel.default_exchange.publish(message, "jobs.env.create", mandatory=True)
        assert await depth(JobKind.environment_create) == 3
        assert await depth(JobKind.environment_delete) == 0
        queue = await channel.get_queue("jobs.env.create")
        taken = await queue.get()
        assert await depth(JobKind.environment_create) == 2
        await taken.ack()
        await queue.purge()
    await relay._publisher.close()
    await engine.dispose()


async def test_a_broker_that_is_away_counts_nothing(unused_tcp_port):
    depth = QueueDepth(
        f"amqp://guest:guest@127.0.0.1:{unused_tcp_port}/", load_settings({}).topology()
    )
    assert await depth(JobKind.environment_create) is None
