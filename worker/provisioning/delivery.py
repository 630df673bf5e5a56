"""One delivery of a job's message: claim, work, and exactly one way to end, or to wait.

Every ending is one fenced transaction, so the message may be acknowledged whatever it says: what
is left to do is in the job's row, and the outbox or the reaper brings it back.

A failing job's decision is in its row before what it made is removed. So a later attempt removes
and ends, too; it never takes what was removed already for what was never made, and makes it anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto

import structlog
from opentelemetry import trace

from backbone.errors import DatabaseUnavailable
from backbone.jobs.change import Change
from backbone.jobs.claims import Wanted
from backbone.jobs.job import Job
from backbone.tracing.context import current_trace, parent_of
from generated.models.job import JobKind, JobStatus
from worker.provisioning.account import Account, Accounts
from worker.provisioning.attempt import Attempt
from worker.provisioning.checkpoints import Checkpoints, Step
from worker.provisioning.failure_decision import INTERNAL_ERROR, FailureDecision, judge, recorded
from worker.provisioning.flow import Completed, Flow, Waiting
from worker.provisioning.interruption import (
    CancelRequested,
    FencedOff,
    HeldTooLong,
)
from worker.provisioning.jobs import Jobs, NotClaimed
from worker.provisioning.lease import clock, under_lease
from worker.provisioning.limits import Limits
from worker.provisioning.suspended_jobs import Durations

log = structlog.get_logger(__name__)
tracer = trace.get_tracer("slipway.worker")


class Outcome(Enum):
    """BEGUN: under way. ENDED: terminal. WAITING: comes back later, or is suspended.

    LEFT: another's to do. UNKNOWN: no such job. LEASE_LOST: it was ours, and is another's by now.
    """

    BEGUN = auto()
    ENDED = auto()
    WAITING = auto()
    LEFT = auto()
    UNKNOWN = auto()
    LEASE_LOST = auto()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job under this process's lease, taken by a statement that began at the loop's `since`."""

    job: Job
    since: float


@dataclass(frozen=True, slots=True)
class Provisioning:
    """All that a delivery stands on.

    `now` tells epoch seconds, `jitter` numbers from 0 to 1. When `draining` is set, each job is
    handed over to another process as soon as nothing hangs in the air. `suspended` tells the poller
    of this process, if it polls, that a job has begun to wait.
    """

    jobs: Jobs
    durations: Durations
    accounts: Accounts
    flows: Mapping[JobKind, Flow]
    limits: Limits
    checkpoints: Checkpoints
    now: Callable[[], float]
    jitter: Callable[[], float]
    draining: asyncio.Event
    suspended: asyncio.Event = field(default_factory=asyncio.Event)

    async def claim(self, wanted: Wanted) -> Claimed | Outcome:
        """Take the job that a message names; the outcome when it is not to be taken.

        Raises DatabaseUnavailable.
        """
        await self.checkpoints.reach(Step.BEFORE_CLAIM, wanted.job_id)
        since = clock()
        job = await self.jobs.claim(wanted)
        if isinstance(job, NotClaimed):
            log.info("job_not_claimed", job_id=wanted.job_id, reason=job.name.lower())
            return Outcome.UNKNOWN if job is NotClaimed.UNKNOWN else Outcome.LEFT
        return Claimed(job, since)

    async def deliver(self, claimed: Claimed) -> Outcome:
        """Work on a claimed job until it ends, waits or is handed over.

        Raises only when the database is unreachable.
        """
        await self.checkpoints.reach(Step.AFTER_CLAIM, claimed.job.id)
        return await self._under_lease(claimed, self._work)

    async def finish(self, job: Job, completed: Completed) -> Outcome:
        """Write the good end of a suspended job that the poller saw reached.

        Raises DatabaseUnavailable.
        """
        attempt = self._attempt(Claimed(job, clock()))
        with self._context(job):
            try:
                return await self._complete(attempt, completed)
            except FencedOff as fenced:
                log.warning("job_fenced_off", reason=str(fenced))
                return Outcome.LEASE_LOST

    async def interrupt(self, claimed: Claimed, reason: Exception) -> Outcome:
        """Carry out what the poller found out about a job that it resumed: its end, or a retry.

        Raises DatabaseUnavailable.
        """
        return await self._under_lease(
            claimed, lambda attempt, flow: self._interrupted(attempt, flow, None, reason)
        )

    def _attempt(self, claimed: Claimed) -> Attempt:
        return Attempt(
            claimed.job,
            self.jobs,
            limits=self.limits,
            checkpoints=self.checkpoints,
            now=self.now,
            draining=self.draining,
            since=claimed.since,
        )

    @contextmanager
    def _context(self, job: Job) -> Iterator[None]:
        context = {"job_id": job.id, "team_id": job.team_id, "attempt": job.attempt}
        # Who was not brought here by a message, such as the poller, goes on with the order's trace.
        parent = None if current_trace() is not None else parent_of(job.trace_context)
        with (
            structlog.contextvars.bound_contextvars(**context),
            tracer.start_as_current_span("job.deliver", parent, attributes=context),
        ):
            yield

    async def _under_lease(
        self, claimed: Claimed, work: Callable[[Attempt, Flow], Coroutine[None, None, Outcome]]
    ) -> Outcome:
        job, attempt = claimed.job, self._attempt(claimed)
        with self._context(job):
            try:
                return await under_lease(work(attempt, self.flows[job.kind]), attempt.lease)
            except FencedOff as fenced:
                log.warning("job_fenced_off", reason=str(fenced))
                return Outcome.LEASE_LOST

    async def _work(self, attempt: Attempt, flow: Flow) -> Outcome:
        if (decision := recorded(attempt.job)) is not None:
            # Whatever came since, a cancel request or the last failure, changes nothing any more.
            return await self._remove(attempt, flow, None, decision)
        account: Account | None = None
        try:
            account = await self.accounts.open(attempt.job.team_id)
            attempt.check_budget()
            done = await flow.run(attempt, account)
        except (FencedOff, DatabaseUnavailable):
            # Nothing can be written: the lease runs out, and a later attempt goes on.
            raise
        except HeldTooLong:
            return await self._hand_over(attempt)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is decided upon and told
            return await self._interrupted(attempt, flow, account, error)
        if isinstance(done, Waiting):
            return await self._suspend(attempt, done)
        return await self._complete(attempt, done)

    async def _interrupted(
        self, attempt: Attempt, flow: Flow, account: Account | None, error: Exception
    ) -> Outcome:
        if isinstance(error, CancelRequested):
            return await self._cancel(attempt, flow, account)
        decision = judge(error)
        trace = error if _unexpected(decision) else None
        log.warning("job_attempt_failed", code=decision.code, exc_info=trace)
        return await self._failed(attempt, flow, account, decision)

    async def _suspend(self, attempt: Attempt, waiting: Waiting) -> Outcome:
        """Leave the job to the poller: from the commit on it holds nothing here."""
        poll_at = self.now() + self.limits.rhythm.first
        if attempt.job.status is JobStatus.polling:
            if await self.jobs.suspend(attempt.job, poll_at) is None:
                raise FencedOff("may not be suspended")
        else:
            await attempt.report(
                Change(
                    to=JobStatus.polling,
                    message=waiting.message,
                    app_id=waiting.app_id,
                    poll_at=poll_at,
                )
            )
        self.suspended.set()
        return Outcome.WAITING

    async def _complete(self, attempt: Attempt, completed: Completed) -> Outcome:
        await attempt.reach(Step.BEFORE_LAST_COMMIT)
        change = Change(to=JobStatus.completed, message=completed.message, app_id=completed.app_id)
        if await self.jobs.complete(attempt.job, change, completed.created) is None:
            raise FencedOff("may not complete")
        return await self._ended(attempt, JobStatus.completed)

    async def _hand_over(self, attempt: Attempt) -> Outcome:
        wait = 0.0 if self.draining.is_set() else self.limits.rhythm.longest
        run_at = self.now() + wait
        if await self.jobs.hand_over(attempt.job, run_at) is None:
            raise FencedOff("may not hand over")
        log.info("job_handed_over")
        return Outcome.WAITING

    async def _cancel(self, attempt: Attempt, flow: Flow, account: Account | None) -> Outcome:
        if (decision := await self._undo(attempt, flow, account)) is not None:
            if decision.again and not self._is_last(attempt):
                return await self._retry(attempt, decision)
            message = f"Cancelled, but what was created could not be removed: {decision.message}"
            return await self._end(attempt, JobStatus.failed, message, decision.code)
        return await self._end(attempt, JobStatus.cancelled, "Cancelled at your request")

    async def _failed(
        self, attempt: Attempt, flow: Flow, account: Account | None, decision: FailureDecision
    ) -> Outcome:
        if decision.again and not self._is_last(attempt):
            return await self._retry(attempt, decision)
        if not attempt.touched:
            return await self._end(attempt, JobStatus.failed, decision.message, decision.code)
        await attempt.mark_for_rollback(decision)
        return await self._remove(attempt, flow, account, decision)

    async def _remove(
        self, attempt: Attempt, flow: Flow, account: Account | None, decision: FailureDecision
    ) -> Outcome:
        """Remove what a marked job made, and end it with its decision."""
        message = decision.message
        if (left := await self._undo(attempt, flow, account)) is not None:
            if left.again and not self._is_last(attempt):
                return await self._retry(attempt, left)
            message = f"{message}. What was created could not be removed: {left.message}"
        return await self._end(attempt, JobStatus.failed, message, decision.code)

    async def _undo(
        self, attempt: Attempt, flow: Flow, account: Account | None
    ) -> FailureDecision | None:
        """Remove what was made; return why it could not be removed, or None."""
        if not attempt.touched:
            return None
        try:
            account = account or await self.accounts.open(attempt.job.team_id)
            await flow.undo(attempt, account)
        except (FencedOff, DatabaseUnavailable):
            raise
        except Exception as error:
            decision = judge(error)
            log.warning("job_undo_failed", code=decision.code, exc_info=_unexpected(decision))
            return decision
        return None

    def _is_last(self, attempt: Attempt) -> bool:
        return attempt.job.failures + 1 >= self.limits.max_failures

    async def _retry(self, attempt: Attempt, decision: FailureDecision) -> Outcome:
        delay = self.limits.retry_delay(attempt.job.failures + 1, self.jitter())
        change = Change(
            to=JobStatus.queued,
            message=f"{decision.message}; next attempt in {max(1, round(delay))} s",
            run_at=self.now() + delay,
            failed=True,
        )
        if await self.jobs.retry(attempt.job, change) is None:
            raise FencedOff("may not retry")
        return Outcome.WAITING

    async def _end(
        self, attempt: Attempt, status: JobStatus, message: str, code: str | None = None
    ) -> Outcome:
        await attempt.reach(Step.BEFORE_LAST_COMMIT)
        await attempt.report(Change(to=status, message=message, error_code=code))
        return await self._ended(attempt, status)

    async def _ended(self, attempt: Attempt, status: JobStatus) -> Outcome:
        await attempt.reach(Step.AFTER_LAST_COMMIT)
        log.info("job_ended", status=status.value)
        return Outcome.ENDED


def _unexpected(decision: FailureDecision) -> bool:
    """Return whether a stack trace helps: the provider's errors say all there is to say."""
    return decision.code == INTERNAL_ERROR
