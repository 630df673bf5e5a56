"""A stock Celery worker on both stacks: from the order to the last event."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from typing import Any

import pytest
from celery import Celery

from backbone.cipher import Cipher
from backbone.database.engine import reading, transaction
from backbone.database.tables import teams
from backbone.jobs.cancellation import CancelOutcome, request_cancel
from slipway.simulator import Do, Script
from slipway.simulator import Step as Status
from tests.integration.worker.stack import EMBEDDED, ON_EXTERNAL, PASSWORD, TEAM, WorkerStack, until

CREATING, RUNNING = 6, 1
TASK = "domains.environments.create_environment"


@pytest.mark.parametrize("pool", [("-P", "threads", "-c", "4"), ("-P", "prefork", "-c", "2")])
async def test_an_order_becomes_an_environment(stack: WorkerStack, pool: tuple[str, ...]) -> None:
    await stack.worker(*pool)
    await stack.order()
    assert await stack.end() == "completed"
    assert await stack.told() == ["queued", "started", "polling", "completed"]
    (environment,) = await stack.environments()
    assert environment.env_name == "shop-42"
    assert environment.metadata == {"project": "web"}
    assert list(stack.simulator.environments) == ["shop-42"]


@ON_EXTERNAL
async def test_many_orders_at_once(stack: WorkerStack) -> None:
    await stack.worker()
    for job_id in range(1, 21):
        await stack.order(job_id)
    for job_id in range(1, 21):
        assert await stack.end(job_id) == "completed"
    assert len(stack.simulator.created) == len(await stack.environments()) == 20


async def test_a_deletion(stack: WorkerStack) -> None:
    await stack.worker()
    await stack.order()
    await stack.end()
    (environment,) = await stack.environments()
    await stack.order_deletion(50, environment.id, environment.env_name)
    assert await stack.end(50) == "completed"
    assert await stack.told(50) == ["queued", "started", "polling", "completed"]
    assert stack.simulator.environments == {}
    assert [e.status for e in await stack.environments()] == ["deleted"]


@EMBEDDED
async def test_a_retry_waits_as_a_row_and_comes_back_through_the_outbox(stack: WorkerStack) -> None:
    stack.simulator.scripts.add(Script(do=Do.HTTP, method="createenvironment", status=503, times=2))
    await stack.worker()
    await stack.order()
    assert await stack.end() == "completed"
    assert await stack.told() == [
        *["queued", "started"] * 3,
        "polling",
        "completed",
    ]
    assert (await stack.job()).failures == 2


async def test_cancelling_a_job_at_work_removes_what_it_made(stack: WorkerStack) -> None:
    stack.simulator.scripts.add(
        Script(do=Do.STATUS, method="createenvironment", plan=(Status(status=CREATING),))
    )
    await stack.worker()
    await stack.order()
    await stack.status("polling")
    async with transaction(stack.engine) as conn:
        asked = await request_cancel(conn, team_id=TEAM, job_id=42, now=time.time())
    assert asked.outcome is CancelOutcome.REQUESTED
    assert await stack.end() == "cancelled"
    assert stack.simulator.environments == {}


async def test_a_worker_that_is_asked_to_stop_leaves_what_waits_to_the_next(
    stack: WorkerStack,
) -> None:
    stack.simulator.scripts.add(
        Script(do=Do.STATUS, method="createenvironment", plan=(Status(status=CREATING),))
    )
    first = await stack.worker()
    await stack.order()
    await stack.status("polling")
    first.process.send_signal(signal.SIGTERM)
    assert await first.ended() == 0
    assert (await stack.job()).status == "polling"
    stack.simulator.environments["shop-42"].follow((Status(status=RUNNING),), time.time())
    await stack.worker()
    assert await stack.end() == "completed"
    job = await stack.job()
    assert (job.attempt, job.failures) == (1, 0)
    assert len(stack.simulator.created) == 1


def send_as_the_guide(url: str, payload: dict[str, Any]) -> None:
    """An application of its own that knows nothing but names."""
    producer = Celery("producer", broker=url, set_as_current=False)
    producer.conf.task_create_missing_queues = False
    with producer.connection_for_write() as connection:
        producer.send_task(
            TASK,
            kwargs={"payload": payload},
            connection=connection,
            exchange="jobs.direct",
            routing_key="jobs.env.create",
        )


@EMBEDDED
@pytest.mark.parametrize("begun", [False, True])
async def test_an_idle_worker_ends_soon_after_the_signal(stack: WorkerStack, begun: bool) -> None:
    worker = await stack.worker()
    if begun:
        await stack.order()
        await stack.end()
    worker.process.send_signal(signal.SIGTERM)
    await until(lambda: worker.process.poll() is not None, "the worker's end", seconds=30)
    assert worker.process.returncode == 0


async def test_a_plain_celery_producer_is_served(stack: WorkerStack) -> None:
    """`send_task` with the keyword argument `payload`."""
    worker = await stack.worker()
    await stack.order(dispatch=False)
    assert await stack.told() == ["queued"]
    payload = (await stack.job()).payload
    # In a thread: the embedded broker lives in this one.
    await asyncio.to_thread(send_as_the_guide, stack.amqp_url, payload)
    assert await stack.end() == "completed"
    bad = {**payload, "shortdomain": "Not A Name", "password": "hunter2"}
    await asyncio.to_thread(send_as_the_guide, stack.amqp_url, bad)
    letter = await stack.dead_letter()
    reason = json.loads(letter.headers["x-contract-error"])
    assert reason["pointer"] in {"/shortdomain", "/password"}
    assert "hunter2" not in letter.headers["x-contract-error"]
    assert json.loads(letter.body)[1]["payload"] == bad
    assert letter.headers["x-original-queue"] == "jobs.env.create"
    assert worker.process.poll() is None


@ON_EXTERNAL
async def test_a_job_that_does_not_exist_is_a_dead_letter(stack: WorkerStack) -> None:
    await stack.worker()
    await stack.order()
    await stack.end()
    payload = {**(await stack.job()).payload, "job_id": 4711}
    body = json.dumps([[], {"payload": payload}, {}]).encode()
    await stack.publish(body, {"task": TASK, "id": "stray", "lang": "py"})
    letter = await stack.dead_letter()
    reason = json.loads(letter.headers["x-contract-error"])
    assert (reason["rule"], reason["pointer"]) == ("unknown_job", "/job_id")


@ON_EXTERNAL
async def test_the_session_is_kept_encrypted_and_nowhere_in_the_clear(stack: WorkerStack) -> None:
    worker = await stack.worker()
    await stack.order(42)
    await stack.end(42)
    async with reading(stack.engine) as conn:
        sealed = await conn.scalar(
            teams.select().with_only_columns(teams.c.provider_session_encrypted)
        )
    (key,) = stack.simulator._sessions
    cipher = Cipher([stack.env["SLIPWAY_SECRET_KEYS"]])
    assert cipher.decrypt(sealed) == key
    # The next job uses it, and signs in only when the provider has forgotten it.
    await stack.order(43)
    await stack.end(43)
    assert stack.simulator.calls["signin"] == 1
    stack.simulator.close_sessions()
    await stack.order(44)
    assert await stack.end(44) == "completed"
    assert stack.simulator.calls["signin"] == 2
    text = worker.log.read_text()
    assert key not in text
    assert PASSWORD not in text
    assert all(new not in text for new in stack.simulator._sessions)


@EMBEDDED
async def test_a_database_that_is_away_costs_no_job(stack: WorkerStack) -> None:
    """The task goes back to its queue until the database answers."""
    await stack.order()
    broken = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    blind = await stack.worker(**broken)
    await until(lambda: blind.told("database_unavailable"), "the worker to miss its database")
    blind.kill()
    await stack.worker()
    assert await stack.end() == "completed"
