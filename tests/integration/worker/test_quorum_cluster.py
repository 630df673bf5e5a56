"""Quorum queues on three nodes: their delivery limit ends no job, nor does the loss of a node."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aio_pika
import pytest
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from testing.missing import ServiceMissing, skip_or_fail
from testing.rabbitmq_cluster import RabbitCluster
from testing.tcp_proxy import Proxy
from tests.integration.worker.stack import WorkerStack, until, worker_stack

LIMIT = 2
SETTINGS = {
    "RABBITMQ_QUEUE_TYPE": "quorum",
    "RABBITMQ_DELIVERY_LIMIT": str(LIMIT),
    "JOB_LOST_AFTER_SECONDS": "3",
}


@pytest.fixture
async def cluster() -> AsyncIterator[RabbitCluster]:
    try:
        made = RabbitCluster(3)
        try:
            await asyncio.to_thread(made.start)
            yield made
        finally:
            await asyncio.to_thread(made.remove)
    except ServiceMissing as reason:
        skip_or_fail(reason)


async def take_and_drop(stack: WorkerStack) -> aio_pika.abc.AbstractIncomingMessage:
    """Take the job and end the connection with it in hand, as a worker does that is killed."""

    async def take() -> aio_pika.abc.AbstractIncomingMessage | None:
        # The relay may not have declared it yet; and who leads it may have been killed just now.
        with suppress(*CONNECTION_EXCEPTIONS, TimeoutError):
            connection = await aio_pika.connect(stack.amqp_url, timeout=30)
            async with connection, connection.channel() as channel:
                queue = await channel.declare_queue("jobs.env.create", passive=True)
                return await queue.get(no_ack=False, fail=False)
        return None

    return await until(take, "the job's message", 120)


@pytest.mark.rabbitmq
@pytest.mark.timeout(300)
async def test_a_message_beyond_the_delivery_limit_is_a_dead_letter_and_its_job_goes_on(
    cluster: RabbitCluster, sqlite_file: str, tmp_path: Path
) -> None:
    async with Proxy(*cluster.addresses) as proxy:
        url = f"amqp://guest:guest@127.0.0.1:{proxy.port}/"
        async with worker_stack(sqlite_file, url, tmp_path, **SETTINGS) as stack:
            await stack.order()
            counts = []
            for delivery in range(LIMIT + 1):
                message = await take_and_drop(stack)
                counts.append(message.headers.get("x-delivery-count", 0))
                if delivery == 0:
                    # It has the leaders, as everything was connected to it.
                    await asyncio.to_thread(cluster.nodes[0].kill)
            assert counts == list(range(LIMIT + 1))
            dead = await stack.dead_letter()
            assert dead.headers["x-first-death-reason"] == "delivery_limit"
            assert dead.correlation_id == message.correlation_id
            await stack.worker()
            assert await stack.end() == "completed"
