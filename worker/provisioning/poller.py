"""Polls the provider for all jobs that wait there: in one process, one call per account for all.

Who polls holds a lease. What it writes is fenced by the attempt that suspended the job, so one that
was frozen, and whose place another has, does no harm. Nothing is written while a job only waits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import structlog

from backbone.errors import DatabaseUnavailable
from backbone.jobs.durations import Usual
from backbone.jobs.suspension import Suspended
from backbone.lease_lock import HeldLease, LeaseLost
from backbone.supervisor import progress
from backbone.tasks import Tasks
from generated.models.job import JobKind
from worker.provisioning.account import Accounts
from worker.provisioning.checkpoints import Step
from worker.provisioning.delivery import Provisioning
from worker.provisioning.endings import Endings
from worker.provisioning.interruption import CancelRequested, GiveUp, TryAgain
from worker.provisioning.observation import GONE, Observation, ObservedState
from worker.provisioning.polled_account import PolledAccount, WaitingJob
from worker.provisioning.polled_accounts import PolledAccounts
from worker.provisioning.suspended_jobs import SuspendedJobs
from worker.virtuozzo.errors import PermanentProviderError, ProviderError, SignInRefusedError
from worker.virtuozzo.provider import Provider

LEASE: Final = "poller"
LEASE_SECONDS: Final = 3.0
"""Another process polls after so long when the one that polled dies."""

SWEEP_SECONDS: Final = 0.25
"""How often the database is asked for jobs that are new or cancelled."""

IDLE_SWEEP_SECONDS: Final = 1.0
"""How often it is asked while nothing waits: for the first job of another process."""

CALLS: Final = 50
"""Accounts that are asked at a time."""

log = structlog.get_logger(__name__)


class Poller:
    """Runs until the process ends; several may run, one of them polls.

    `cost` tells seconds of the processor, by which the rate of expensive polls is bounded.
    """

    def __init__(
        self,
        provisioning: Provisioning,
        jobs: SuspendedJobs,
        accounts: Accounts,
        provider: Provider,
        leadership: HeldLease,
        *,
        cost: Callable[[], float] = time.thread_time,
    ) -> None:
        self._provisioning = provisioning
        self._jobs = jobs
        self._provider = provider
        self._leadership = leadership
        self._cost = cost
        self._now = provisioning.now
        self._jitter = provisioning.jitter
        self._limits = provisioning.limits
        self._waiting = PolledAccounts(accounts, self._limits.rhythm)
        self._endings = Endings(provisioning, jobs, self._waiting.forget, self._waiting.again)
        self._usual: Mapping[JobKind, Usual | None] = {}
        self._polls = Tasks()

    @property
    def waiting(self) -> int:
        """How many jobs are polled for by this process."""
        return len(self._waiting)

    async def run(self) -> None:
        """Poll while it is this process's turn, until it drains. Raises what should be heard of."""
        draining = self._provisioning.draining
        while not draining.is_set():
            try:
                if await self._leadership.acquire():
                    await self._lead_while_held()
            except (DatabaseUnavailable, LeaseLost) as error:
                log.warning("poller_waits", error=type(error).__name__)
            progress()
            with suppress(TimeoutError):
                async with asyncio.timeout(LEASE_SECONDS / 3):
                    await draining.wait()
        # Ready to be supervised, yet with nothing to do any more.
        await asyncio.Event().wait()

    async def drained(self, seconds: float) -> None:
        """Wait until no end is being written, but no longer than so."""
        await self._endings.tasks.finished(seconds)

    async def _lead_while_held(self) -> None:
        log.info("poller_leads")
        watched = {
            asyncio.create_task(self.lead(), name="poller-lead"),
            asyncio.create_task(self._leadership.hold(), name="poller-lease"),
            asyncio.create_task(self._drains(), name="poller-drains"),
        }
        try:
            done, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in watched:
                task.cancel()
            await asyncio.gather(*watched, self._polls.cancel(), return_exceptions=True)
            await self._leadership.release()

    async def _drains(self) -> None:
        await self._provisioning.draining.wait()

    async def lead(self) -> None:
        """Poll, beginning with every job that waits. Raises DatabaseUnavailable and LeaseLost."""
        self._waiting.clear()
        await self._learn()
        await self._add(await self._jobs.load())
        while True:
            self._leadership.check()
            while taken := await self._jobs.take_due():
                await self._add(taken)
            await self._learn()
            self._start_due()
            progress()
            await self._rest()
            self._polls.check()
            self._endings.tasks.check()

    async def _rest(self) -> None:
        """Return when the next sweep should be."""
        if len(self._waiting):
            await asyncio.sleep(SWEEP_SECONDS)
            return
        suspended = self._provisioning.suspended
        try:
            async with asyncio.timeout(IDLE_SWEEP_SECONDS):
                await suspended.wait()
        except TimeoutError:
            return
        suspended.clear()
        # It is due after so long, and not before.
        await asyncio.sleep(self._limits.rhythm.first)

    async def _learn(self) -> None:
        """Keep up with how long jobs take."""
        durations = self._provisioning.durations
        self._usual = {kind: await durations.of(kind) for kind in self._provisioning.flows}

    # -- what waits -----------------------------------------------------------------------------

    async def _add(self, jobs: list[Suspended]) -> None:
        """Take in rows, and end the jobs that wait no longer."""
        now = self._now()
        for waiting, gave_up in await self._waiting.add(jobs, now):
            if gave_up is not None:
                self._endings.interrupt(waiting, gave_up)
            else:
                self._check(waiting, now)

    def _check(self, waiting: WaitingJob, now: float) -> bool:
        """Return whether the job still waits; what was cancelled or takes too long is ended."""
        job = waiting.job
        if waiting.ending:
            return False
        # A deletion that the provider was told of can't be cancelled.
        if job.cancel_requested and job.kind is not JobKind.environment_delete:
            self._endings.interrupt(waiting, CancelRequested())
            return False
        if now - job.started_at > self._limits.deadline:
            self._endings.interrupt(waiting, self._limits.overdue())
            return False
        return True

    # -- polls ------------------------------------------------------------------------------------

    def _start_due(self) -> None:
        due = self._waiting.due(self._now())
        for account in due[: CALLS - len(self._polls)]:
            account.busy = True
            self._polls.spawn(self._poll(account), "poll")

    async def _poll(self, account: PolledAccount) -> None:
        try:
            await self._poll_once(account)
        except (LeaseLost, DatabaseUnavailable) as error:
            account.failed(self._now(), self._jitter())
            log.warning("poll_postponed", error=type(error).__name__)
        except (GiveUp, SignInRefusedError) as error:
            # Nobody gets into the account any more, so none of its jobs can be followed.
            for waiting in account.waiting:
                self._endings.interrupt(waiting, error)
        except ProviderError as error:
            failures = account.failed(self._now(), self._jitter())
            log.info("poll_failed", code=error.code, in_a_row=failures, jobs=len(account.jobs))
        except Exception:
            account.failed(self._now(), self._jitter())
            log.exception("poll_failed")
        finally:
            account.busy = False

    async def _poll_once(self, account: PolledAccount) -> None:
        now = self._now()
        waiting = [each for each in account.waiting if self._check(each, now)]
        for each in waiting:
            await self._provisioning.checkpoints.reach(Step.POLLING, each.job.job_id)
        self._leadership.check()
        began, cost = self._now(), self._cost()
        alone = account.alone(began)
        looked_at = account.waiting if alone is None else [alone]
        if alone is None:
            reached = await self._look_at_all(account, looked_at)
        else:
            reached = await self._look_at_one(account, alone)
        account.called(began, self._cost() - cost, self._jitter())
        account.plan(looked_at, began, lambda job: self._usual.get(job.kind))
        if reached:
            await self._endings.finish(reached)

    async def _look_at_all(
        self, account: PolledAccount, looked_at: list[WaitingJob]
    ) -> list[tuple[WaitingJob, Observation]]:
        try:
            environments = await self._provider.list_environments(account.account.session)
        except SignInRefusedError:
            raise
        except PermanentProviderError as error:
            log.warning("list_refused", code=error.code)
            account.refuse_list(self._now())
            return []
        reached = []
        for waiting in looked_at:
            flow = self._provisioning.flows[waiting.job.kind]
            try:
                observation = flow.seen_in(waiting.job, environments)
            except GiveUp as error:
                self._endings.interrupt(waiting, error)
                continue
            waiting.missed = waiting.missed + 1 if observation.state is ObservedState.MISSING else 0
            if waiting.is_doubtful and flow.gone_when_missing:
                observation = GONE
            if observation.state is ObservedState.REACHED:
                reached.append((waiting, observation))
        return reached

    async def _look_at_one(
        self, account: PolledAccount, waiting: WaitingJob
    ) -> list[tuple[WaitingJob, Observation]]:
        flow = self._provisioning.flows[waiting.job.kind]
        try:
            observation = await flow.look(waiting.job, account.account)
        except SignInRefusedError:
            raise
        except (GiveUp, PermanentProviderError) as error:
            self._endings.interrupt(waiting, error)
            return []
        waiting.missed = 0
        if observation.state is ObservedState.MISSING:
            self._endings.interrupt(
                waiting, TryAgain("environment_vanished", "The environment vanished")
            )
        return [(waiting, observation)] if observation.state is ObservedState.REACHED else []
