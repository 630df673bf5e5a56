"""A job's whole life without any broker, as the guide's worker smoke test does it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backbone.settings import load_settings
from slipway.simulator import Do, Script
from tests.integration.worker.stack import WorkerStack, worker_stack
from worker.celery_app import create_celery_app
from worker.eager import EagerDispatcher


@pytest.fixture
async def stack(sqlite_file: str, tmp_path: Path) -> AsyncIterator[WorkerStack]:
    """A stack whose jobs are done in this process."""
    async with worker_stack(sqlite_file, None, tmp_path) as made:
        env = made.env | {"CELERY_TASK_ALWAYS_EAGER": "true"}
        app = create_celery_app(load_settings(env))
        running = asyncio.create_task(EagerDispatcher(made.engine, app).run())
        yield made
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await asyncio.to_thread(app.loop_thread.close)


async def test_a_job_runs_from_its_order_to_its_end(stack: WorkerStack) -> None:
    await stack.order()
    assert await stack.end() == "completed"
    assert await stack.told() == ["queued", "started", "polling", "completed"]
    assert len(await stack.environments()) == len(stack.simulator.created) == 1


async def test_retries_and_several_jobs(stack: WorkerStack) -> None:
    stack.simulator.scripts.add(Script(do=Do.HTTP, method="createenvironment", status=503))
    for job_id in (1, 2, 3):
        await stack.order(job_id)
    assert [await stack.end(job_id) for job_id in (1, 2, 3)] == ["completed"] * 3
    told = [await stack.told(job_id) for job_id in (1, 2, 3)]
    assert sum(statuses.count("queued") for statuses in told) == 4
