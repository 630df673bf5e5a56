"""Queues that are there already and differ: taken over where no promise suffers, else told by name."""

from __future__ import annotations

import asyncio
from typing import Any

import aio_pika
import kombu
import pytest
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed
from celery import Celery

from generated.models.job import CreateEnvironmentJobPayload
from tests.integration.worker.stack import ON_EXTERNAL, WorkerStack, until

TASK = "domains.environments.create_environment"


async def _redeclare(stack: WorkerStack, **declaration: Any) -> None:
    """Put another queue in the place of `jobs.env.create`, bound as the contract has it.

    AMQP can't do both at once: a relay that starts, or a worker that asks, may declare the
    contract's queue in between, and then that one is replaced.
    """
    connection = await aio_pika.connect(stack.amqp_url)
    async with connection, asyncio.timeout(30):
        while not await _replaced(connection, declaration):
            pass


async def _replaced(connection: AbstractConnection, declaration: dict[str, Any]) -> bool:
    async with connection.channel() as channel:
        await channel.declare_exchange("jobs.direct", "direct", durable=True)
        await channel.queue_delete("jobs.env.create")
        try:
            queue = await channel.declare_queue("jobs.env.create", **declaration)
        except ChannelPreconditionFailed:
            return False
        await queue.bind("jobs.direct", "jobs.env.create")
        return True


def _send_as_stock_celery_does(url: str, payload: dict[str, Any]) -> None:
    """An application of somebody else, with a queue declared as Celery's documentation has it."""
    exchange = kombu.Exchange("jobs.direct", type="direct", durable=True)
    app = Celery("theirs", broker=url, set_as_current=False)
    app.conf.task_queues = [
        kombu.Queue("jobs.env.create", exchange, routing_key="jobs.env.create", durable=True)
    ]
    app.send_task(TASK, kwargs={"payload": payload}, queue="jobs.env.create")
    app.close()


async def test_a_plain_queue_and_a_stock_celery_producer_are_taken(stack: WorkerStack) -> None:
    await stack.order(dispatch=False)
    await _redeclare(stack, durable=True)
    job = await stack.job()
    payload = CreateEnvironmentJobPayload.model_validate(job.payload).model_dump(mode="json")
    await asyncio.to_thread(_send_as_stock_celery_does, stack.amqp_url, payload)
    worker = await stack.worker()
    assert await stack.end() == "completed"
    (told,) = worker.told("broker_topology_differs")
    assert "x-dead-letter-exchange is not set on the broker" in told["what"]
    assert "slipway topology apply" in told["mend"]
    # The broker would drop what it rejects from such a queue; the worker puts it aside itself.
    await stack.publish(b"{", {"task": TASK, "id": "x", "lang": "py"})
    assert (await stack.dead_letter()).body == b"{"


async def test_a_queue_that_loses_jobs_is_told_by_name_until_it_is_mended(
    stack: WorkerStack,
) -> None:
    await _redeclare(stack, durable=True, arguments={"x-message-ttl": 60_000})
    worker = await stack.worker(ready=False)
    await until(lambda: worker.told("worker_waits_for_topology"), "the worker to say it")
    told = worker.told("worker_waits_for_topology")[0]["why"]
    assert "queue 'jobs.env.create': x-message-ttl is '60000' on the broker" in told
    assert "the contract wants not set" in told
    assert "slipway topology apply" in told
    assert "RABBITMQ_JOBS_QUEUE" in told
    await _redeclare(stack, durable=True)
    await stack.order()
    assert await stack.end() == "completed"


async def test_a_worker_that_waits_for_a_queue_can_be_ended(stack: WorkerStack) -> None:
    await _redeclare(stack, durable=True, arguments={"x-message-ttl": 60_000})
    worker = await stack.worker(ready=False)
    await until(lambda: worker.told("worker_waits_for_topology"), "the worker to say it")
    worker.process.terminate()
    assert await worker.ended() == 0


@ON_EXTERNAL
async def test_jobs_go_through_quorum_queues(stack: WorkerStack) -> None:
    """Celery must not set a prefetch for the channel, which quorum queues refuse."""
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": 1000}
    await _redeclare(stack, durable=True, arguments=arguments)
    worker = await stack.worker(RABBITMQ_QUEUE_TYPE="quorum")
    await stack.order()
    assert await stack.end() == "completed"
    await stack.publish(b"{", {"task": TASK, "id": "x", "lang": "py"})
    assert (await stack.dead_letter()).body == b"{"
    assert worker.process.poll() is None


@pytest.mark.parametrize("name", ["RABBITMQ_JOBS_QUEUE", "RABBITMQ_JOBS_DELETE_QUEUE"])
async def test_each_job_queue_can_have_another_name(stack: WorkerStack, name: str) -> None:
    # One of its own for each: a worker whose queue is deleted declares it again until it ends.
    mine = f"mine.{name}"
    worker = await stack.worker(**{name: mine})
    connection = await aio_pika.connect(stack.amqp_url)
    async with connection, connection.channel() as channel:
        queue = await channel.declare_queue(mine, passive=True)
        await until(lambda: worker.told("celery@"), "the worker to consume")
        assert queue.declaration_result.consumer_count == 1
        await channel.queue_delete(mine)
