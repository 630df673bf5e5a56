"""Steps and leases that are a commit of their own: those of several jobs at a moment share it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import engine_state, mark_queued, transaction
from backbone.database.group import Group, Statement
from backbone.jobs.change import Change
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Fence, Job
from backbone.jobs.renewal import renew_all, renew_on_sqlite
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
        self._write_one: Callable[[Values], Awaitable[Job | None]]
        self._renew_one: Callable[[Values], Awaitable[Job | None]]
        if state.statement_pool is not None:
            self._write_one = _together(partial(write_steps, engine), "step-group")
            self._renew_one = _together(partial(renew_all, engine), "lease-group")
        elif state.sqlite_writer is not None:
            self._write_one = partial(write_step, state.sqlite_writer)
            self._renew_one = partial(renew_on_sqlite, state.sqlite_writer)
        else:
            raise TypeError("nobody works on the jobs of a database in memory")

    async def claim(self, claim: FirstClaim, now: float) -> Job | None:
        """Take a creation that nobody took before, in one commit.

        None says nothing but that it is another case: then `claims.claim` decides. Raises
        DatabaseUnavailable.
        """
        return self._queued(await self._write_one(claim_values(claim, now)))

    async def write(
        self, job: Job, change: Change, now: float, created: CreatedEnvironment | None = None
    ) -> Job | None:
        """Write a step as `transition` does, in one commit. Raises DatabaseUnavailable."""
        if job.kind is not JobKind.environment_create:
            async with transaction(self._engine) as conn:
                return await transition(conn, job, change, now, created=created)
        return self._queued(await self._write_one(step_values(job, change, now, created)))

    async def renew(self, fence: Fence, lease_until: float) -> Job | None:
        """Prolong a lease; the answer also tells of a cancel request. None when fenced off.

        Raises DatabaseUnavailable.
        """
        return await self._renew_one(
            {"job_id": fence.job_id, "attempt": fence.attempt, "lease_until": lease_until}
        )

    def _queued(self, job: Job | None) -> Job | None:
        if job is not None:
            mark_queued(self._engine)
        return job


def _together(
    statement: Statement[Values, Job], name: str
) -> Callable[[Values], Awaitable[Job | None]]:
    group: Group[Values, Job] = Group(statement, name)
    return lambda values: group.write(values, values["job_id"], [values["job_id"]])
