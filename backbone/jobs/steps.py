"""Steps that are a commit of their own: those of several jobs at a moment share it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import engine_state, mark_queued, transaction
from backbone.database.group import Group
from backbone.jobs.change import Change
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Job
from backbone.jobs.sqlite import write_step
from backbone.jobs.statement import write_steps
from backbone.jobs.step import FirstClaim, Values, claim_values, step_values
from backbone.jobs.transitions import transition
from generated.models.job import JobKind


class Steps:
    """The steps of one process's jobs: in groups those of creations, by themselves the others."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        state = engine_state(engine)
        self._write_one: Callable[[Values], Awaitable[Job | None]] | None = None
        if state.statement_pool is not None:
            group: Group[Values, Job] = Group(partial(write_steps, engine), "step-group")
            self._write_one = lambda step: group.write(step, step["job_id"], [step["job_id"]])
        elif state.sqlite_writer is not None:
            self._write_one = partial(write_step, state.sqlite_writer)

    async def claim(self, claim: FirstClaim, now: float) -> Job | None:
        """Take a creation that nobody took before, in one commit.

        None says nothing but that it is another case: then `claims.claim` decides. Raises
        DatabaseUnavailable.
        """
        if self._write_one is None:
            return None
        return self._queued(await self._write_one(claim_values(claim, now)))

    async def write(
        self, job: Job, change: Change, now: float, created: CreatedEnvironment | None = None
    ) -> Job | None:
        """Write a step as `transition` does, in one commit. Raises DatabaseUnavailable."""
        if self._write_one is None or job.kind is not JobKind.environment_create:
            async with transaction(self._engine) as conn:
                return await transition(conn, job, change, now, created=created)
        return self._queued(await self._write_one(step_values(job, change, now, created)))

    def _queued(self, job: Job | None) -> Job | None:
        if job is not None:
            mark_queued(self._engine)
        return job
