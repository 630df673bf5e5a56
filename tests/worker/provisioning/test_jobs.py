"""The job table on SQLite and its duplicate in memory: one list of scenarios, so it may be trusted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.jobs.job import Job
from tests.worker.provisioning.conftest import BIRTH, MemoryJobs
from tests.worker.provisioning.job_scenarios import *  # noqa: F403 - the tests
from tests.worker.provisioning.job_scenarios import Clock, InDatabase, with_an_order
from worker.provisioning.jobs import Jobs


class InMemory:
    def __init__(self, clock: Clock) -> None:
        self.jobs: Jobs = MemoryJobs(clock, 30)

    async def add(self, job: Job) -> None:
        self.jobs.rows[job.id] = job

    async def cancel(self) -> None:
        self.jobs.rows[42] = replace(self.jobs.rows[42], cancel_requested_at=BIRTH)

    async def told(self) -> list[str]:
        return [status.value for _, status, _ in self.jobs.events]

    async def dispatched(self) -> list[float | None]:
        return [run_at for _, run_at in self.jobs.dispatched]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "database"])
async def shelf(request: pytest.FixtureRequest, engine: AsyncEngine, clock: Clock):
    return await with_an_order(
        InMemory(clock) if request.param == "memory" else InDatabase(engine, clock)
    )
