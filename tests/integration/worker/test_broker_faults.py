"""The broker goes away, or gives up waiting, in the middle of a job; the order comes to one end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from slipway.amqp import Broker
from slipway.simulator import Do, Script
from slipway.simulator import Step as Status
from testing.missing import ServiceMissing, skip_or_fail
from testing.rabbitmq import PrivateRabbit
from tests.integration.worker.stack import WorkerProcess, WorkerStack, until, worker_stack

CREATING, RUNNING = 6, 1
ACK_TIMEOUT = 3
"""Seconds; RabbitMQ's default is half an hour."""


@pytest.fixture(scope="module")
def node() -> Iterator[PrivateRabbit]:
    """A RabbitMQ that we may stop, and that is impatient about acknowledgements."""
    try:
        rabbit = PrivateRabbit()
        try:
            rabbit.start()
            be_impatient(rabbit)
            yield rabbit
        finally:
            rabbit.remove()
    except ServiceMissing as reason:
        skip_or_fail(reason)


def be_impatient(rabbit: PrivateRabbit) -> None:
    rabbit.evaluate(
        f"application:set_env(rabbit, consumer_timeout, {ACK_TIMEOUT * 1000}),"
        "application:set_env(rabbit, channel_tick_interval, 500)."
    )


@pytest.fixture
async def on_rabbit(
    node: PrivateRabbit, sqlite_file: str, tmp_path: Path
) -> AsyncIterator[WorkerStack]:
    async with worker_stack(sqlite_file, node.url, tmp_path) as stack:
        yield stack


@asynccontextmanager
async def held_job(stack: WorkerStack) -> AsyncIterator[WorkerProcess]:
    """A delivery that is not acknowledged yet; it goes on when the block ends.

    The block makes the broker deliver the message again, and ends when that is there.
    """
    go = stack.home / "go"
    worker = await stack.worker(module="killing", HOLD_AT="before_claim", HOLD_UNTIL=str(go))
    await stack.order()

    def reached() -> int:
        return sum(entry["step"] == "before_claim" for entry in worker.told("step_reached"))

    await until(lambda: reached() == 1, "the first delivery")
    yield worker
    await until(lambda: reached() == 2, "the second delivery")
    go.touch()
    await until(lambda: worker.told("job_not_claimed"), "one of the deliveries to leave")


async def completed_once(stack: WorkerStack) -> None:
    assert await stack.end() == "completed"
    assert await stack.told() == ["queued", "started", "polling", "completed"]
    assert len(stack.simulator.created) == len(await stack.environments()) == 1


async def test_the_embedded_broker_restarts_in_mid_job(sqlite_file: str, tmp_path: Path) -> None:
    journal = tmp_path / "broker.db"
    first = Broker(journal=journal)
    await first.start()
    async with worker_stack(sqlite_file, first.url, tmp_path) as stack:
        async with held_job(stack) as worker:
            await first.stop()
            second = Broker(journal=journal)
            await second.start(port=first.port)
        await completed_once(stack)
        assert worker.process.poll() is None
        # The same worker goes on with the next order.
        await stack.order(43)
        assert await stack.end(43) == "completed"
    await second.stop()


@pytest.mark.rabbitmq
@pytest.mark.timeout(180)
async def test_rabbitmq_restarts_in_mid_job(on_rabbit: WorkerStack, node: PrivateRabbit) -> None:
    async with held_job(on_rabbit) as worker:
        await asyncio.to_thread(node.stop)
        await asyncio.to_thread(node.start)
        await asyncio.to_thread(be_impatient, node)
    await completed_once(on_rabbit)
    assert worker.process.poll() is None
    await on_rabbit.order(43)
    assert await on_rabbit.end(43) == "completed"


@pytest.mark.rabbitmq
@pytest.mark.timeout(180)
async def test_a_delivery_that_is_held_too_long_neither_stops_the_worker_nor_repeats_the_work(
    on_rabbit: WorkerStack,
) -> None:
    # The broker closes the channel, and delivers the message again on the next one.
    async with held_job(on_rabbit) as worker:
        pass
    await completed_once(on_rabbit)
    assert worker.process.poll() is None
    await on_rabbit.order(43)
    assert await on_rabbit.end(43) == "completed"


@pytest.mark.rabbitmq
@pytest.mark.timeout(180)
async def test_a_job_that_waits_longer_than_the_broker_does_holds_no_delivery(
    on_rabbit: WorkerStack,
) -> None:
    slow = (Status(status=CREATING, seconds=2.5 * ACK_TIMEOUT), Status(status=RUNNING))
    on_rabbit.simulator.scripts.add(Script(do=Do.STATUS, method="createenvironment", plan=slow))
    worker = await on_rabbit.worker()
    await on_rabbit.order()
    await completed_once(on_rabbit)
    job = await on_rabbit.job()
    assert (job.attempt, job.failures) == (1, 0)
    assert "PRECONDITION_FAILED" not in worker.log.read_text()


ALARM = "{resource_limit, memory, node()}"


@pytest.mark.rabbitmq
@pytest.mark.timeout(180)
async def test_a_blocked_broker_stops_no_job_and_all_catches_up(
    on_rabbit: WorkerStack, node: PrivateRabbit
) -> None:
    """It takes no dead letter, so it is asked to make one itself; what jobs need goes on."""
    # Declares the queues, which the messages are to wait in.
    (await on_rabbit.worker()).kill()
    await on_rabbit.publish(b"{", {"task": "celery.map", "id": "bad", "lang": "py"})
    await on_rabbit.order()
    await until(lambda: _both_wait(on_rabbit), "both messages to wait")
    await asyncio.to_thread(node.evaluate, f"rabbit_alarm:set_alarm({{{ALARM}, []}}).")
    try:
        worker = await on_rabbit.worker()
        assert await on_rabbit.end() == "completed"
        await until(lambda: worker.told("delivery_refused"), "the bad message to be refused")
    finally:
        await asyncio.to_thread(node.evaluate, f"rabbit_alarm:clear_alarm({ALARM}).")
    assert (await on_rabbit.dead_letter()).body == b"{"
    await completed_once(on_rabbit)
    assert worker.process.poll() is None
    await on_rabbit.order(43)
    assert await on_rabbit.end(43) == "completed"


async def _both_wait(stack: WorkerStack) -> bool:
    return await stack.waiting() == 2
