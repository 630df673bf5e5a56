"""Memory duplicates and virtual time: flows that take hours run in milliseconds, without sockets."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pydantic import SecretStr

from backbone.jobs.change import Change
from backbone.jobs.claims import Wanted
from backbone.jobs.durations import Usual
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Job
from backbone.jobs.states import AT_WORK, TERMINAL, sources, when_claimed
from backbone.jobs.suspension import Suspended
from backbone.lease_lock import LeaseLost
from generated.models.job import JobKind, JobStatus
from slipway.simulator import SimulatorConfig, SimulatorState, SimulatorTransport, create_simulator
from testing.virtual_time import VirtualTimeLoop
from worker.provisioning.checkpoints import Step
from worker.provisioning.create_environment import CreateEnvironment
from worker.provisioning.delete_environment import DeleteEnvironment
from worker.provisioning.delivery import Outcome, Provisioning
from worker.provisioning.jobs import NotClaimed
from worker.provisioning.limits import Limits
from worker.provisioning.poller import Poller
from worker.provisioning.suspension_table import AGAIN_AFTER
from worker.virtuozzo import ProviderSession, VirtuozzoClient

BIRTH = 1_766_000_000.0


class LoopClock:
    """Epoch seconds of the running loop."""

    def now(self) -> float:
        return BIRTH + asyncio.get_running_loop().time()


def queued_job(job_id: int, kind: JobKind, name: str, payload: dict[str, Any]) -> Job:
    """A job of team 7 that nobody has begun."""
    return Job(
        id=job_id,
        team_id=7,
        user_id=3,
        kind=kind,
        status=JobStatus.queued,
        message="Queued",
        env_name=name,
        app_id=None,
        environment_id=None,
        failure_code=None,
        failure_message=None,
        attempt=0,
        failures=0,
        lease_until=None,
        run_at=BIRTH,
        cancel_requested_at=None,
        payload=payload,
        created_at=BIRTH,
        started_at=None,
    )


@pytest.fixture
def run() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        yield runner.run


@dataclass
class MemoryJobs:
    """The duplicate of JobTable: same verbs, same rules, rows in a dictionary."""

    clock: LoopClock
    lease_seconds: float = 30.0
    rows: dict[int, Job] = field(default_factory=dict)
    ended: dict[int, float] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    events: list[tuple[int, JobStatus, str]] = field(default_factory=list)
    environments: dict[int, CreatedEnvironment] = field(default_factory=dict)
    dispatched: list[tuple[int, float]] = field(default_factory=list)
    updated: dict[int, float] = field(default_factory=dict)
    known_usual: Usual | None = None

    async def claim(self, wanted: Wanted) -> Job | NotClaimed:
        job = self.rows.get(wanted.job_id)
        if job is None or (job.team_id, job.kind) != (wanted.team_id, wanted.kind):
            return NotClaimed.UNKNOWN
        now = self.clock.now()
        due = job.status is JobStatus.queued and (job.run_at or 0) <= now + 2
        unheld = job.lease_until is None or job.lease_until < now
        free = job.status in AT_WORK and job.poll_at is None and unheld
        if not due and not free:
            return NotClaimed.TAKEN
        return self._write(
            replace(
                job,
                status=when_claimed(job.status),
                message="A worker took the job" if due else "A worker goes on with the job",
                attempt=job.attempt + 1,
                failures=job.failures + (free and job.lease_until is not None),
                lease_until=now + self.lease_seconds,
                run_at=None,
                started_at=job.started_at or now,
            )
        )

    async def renew(self, known: Job) -> Job | None:
        job = self._held(known, AT_WORK)
        if job is not None:
            job = self.rows[job.id] = replace(
                job, lease_until=self.clock.now() + self.lease_seconds
            )
        return job

    async def report(self, known: Job, change: Change) -> Job | None:
        job = self._held(known, sources(change.to))
        if job is None:
            return None
        job = replace(
            job,
            status=change.to,
            message=change.message,
            app_id=change.app_id or job.app_id,
            run_at=change.run_at,
            failures=job.failures + change.failed,
            lease_until=job.lease_until if change.to in AT_WORK and not change.poll_at else None,
            poll_at=change.poll_at,
        )
        if change.to in TERMINAL:
            assert job.id not in self.ended
            self.ended[job.id] = self.clock.now()
            if change.error_code:
                self.codes[job.id] = change.error_code
        return self._write(job)

    async def mark_for_rollback(self, known: Job, code: str, message: str) -> Job | None:
        job = self._held(known, AT_WORK)
        if job is not None:
            job = self.rows[job.id] = replace(job, failure_code=code, failure_message=message)
        return job

    async def complete(
        self, known: Job, change: Change, created: CreatedEnvironment | None
    ) -> Job | None:
        job = await self.report(known, change)
        if job is not None and created is not None:
            assert job.id not in self.environments
            self.environments[job.id] = created
        return job

    async def retry(self, known: Job, change: Change) -> Job | None:
        job = await self.report(known, change)
        if job is not None:
            self.dispatched.append((job.id, change.run_at))
        return job

    async def suspend(self, known: Job, poll_at: float) -> Job | None:
        job = self._held(known, frozenset({JobStatus.polling}))
        if job is not None:
            job = self.rows[job.id] = replace(job, lease_until=None, run_at=None, poll_at=poll_at)
        return job

    async def defer(self, wanted: Wanted, run_at: float) -> bool:
        job = self.rows.get(wanted.job_id)
        if job is None or (job.team_id, job.kind) != (wanted.team_id, wanted.kind):
            return False
        if job.status is not JobStatus.queued or (job.run_at or 0) > self.clock.now() + 2:
            return False
        self.rows[job.id] = replace(job, run_at=run_at)
        self.dispatched.append((job.id, run_at))
        return True

    async def load(self) -> list[Suspended]:
        return [self._suspended(job) for job in self.rows.values() if job.poll_at is not None]

    async def take_due(self) -> list[Suspended]:
        now = self.clock.now()
        due = [job for job in self.rows.values() if job.poll_at is not None and job.poll_at <= now]
        for job in due:
            self.rows[job.id] = replace(job, poll_at=now + AGAIN_AFTER)
        return [self._suspended(job) for job in due]

    async def read(self, ids: Collection[int]) -> dict[int, Job]:
        return {n: job for n in ids if (job := self.rows[n]).poll_at is not None}

    async def resume(self, known: Suspended) -> Job | None:
        job = self.rows[known.job_id]
        if job.attempt != known.attempt or job.poll_at is None:
            return None
        until = self.clock.now() + self.lease_seconds
        job = replace(job, attempt=job.attempt + 1, lease_until=until, poll_at=None)
        self.rows[job.id] = job
        return job

    async def of(self, kind: JobKind) -> Usual | None:
        return self.known_usual

    async def hand_over(self, known: Job, run_at: float) -> Job | None:
        job = self._held(known, AT_WORK)
        if job is not None:
            job = self.rows[job.id] = replace(job, lease_until=None, run_at=run_at)
            self.dispatched.append((job.id, run_at))
        return job

    def _suspended(self, job: Job) -> Suspended:
        return Suspended(
            job_id=job.id,
            team_id=job.team_id,
            attempt=job.attempt,
            kind=job.kind,
            env_name=job.env_name,
            app_id=job.app_id,
            started_at=job.started_at,
            suspended_at=self.updated[job.id],
            cancel_requested=job.cancel_requested,
        )

    def _held(self, known: Job, statuses: frozenset[JobStatus]) -> Job | None:
        job = self.rows.get(known.id)
        if job is None or job.attempt != known.attempt or job.status not in statuses:
            return None
        return job

    def _write(self, job: Job) -> Job:
        self.rows[job.id] = job
        self.updated[job.id] = self.clock.now()
        self.events.append((job.id, job.status, job.message))
        return copy.copy(job)


class MemoryLeadership:
    """A lease that is ours as long as `held` says so."""

    fence = 1

    def __init__(self) -> None:
        self.held = True

    async def acquire(self) -> bool:
        return self.held

    async def hold(self) -> None:
        while self.held:
            await asyncio.sleep(1)

    def check(self) -> None:
        if not self.held:
            raise LeaseLost

    async def release(self) -> None:
        pass


@dataclass
class SimulatorAccount:
    session: ProviderSession
    key: str = "common"
    region: str | None = None


@dataclass
class SimulatorAccounts:
    client: VirtuozzoClient
    opened: int = 0

    async def open(self, team_id: int) -> SimulatorAccount:
        self.opened += 1
        return SimulatorAccount(
            ProviderSession(sign_in=lambda _: self.client.sign_in("ops@x.test", SecretStr("pw")))
        )

    async def open_many(self, team_ids: Collection[int]) -> dict[int, SimulatorAccount]:
        return {team_id: await self.open(team_id) for team_id in team_ids}


Hook = Callable[[], Awaitable[None] | None]


@dataclass
class Hooks:
    """Runs something when a step is reached; counts the steps."""

    at: dict[Step, list[Hook]] = field(default_factory=dict)
    seen: list[Step] = field(default_factory=list)

    def once(self, step: Step, hook: Hook) -> None:
        self.at.setdefault(step, []).append(hook)

    async def reach(self, step: Step, job_id: int) -> None:
        self.seen.append(step)
        if self.at.get(step):
            result = self.at[step].pop(0)()
            if result is not None:
                await result


class World:
    """A provisioning on memory and on a simulator in this process."""

    def __init__(self, limits: Limits) -> None:
        self.clock = LoopClock()
        app = create_simulator(
            SimulatorConfig(login="ops@x.test", password="pw"), clock=self.clock.now
        )
        self.simulator: SimulatorState = app.state.simulator
        self.transport = SimulatorTransport(app)
        self.client = VirtuozzoClient(self.transport, base_url="http://provider.test")
        self.jobs = MemoryJobs(self.clock, limits.lease)
        self.accounts = SimulatorAccounts(self.client)
        self.hooks = Hooks()
        self.provisioning = Provisioning(
            jobs=self.jobs,
            durations=self.jobs,
            accounts=self.accounts,
            flows={
                JobKind.environment_create: CreateEnvironment(self.client, installation="test"),
                JobKind.environment_delete: DeleteEnvironment(self.client),
            },
            limits=limits,
            checkpoints=self.hooks,
            now=self.clock.now,
            jitter=lambda: 0.0,
            draining=asyncio.Event(),
        )
        self.leadership = MemoryLeadership()

    def order(self, job_id: int = 42, **changed: Any) -> Job:
        """A queued creation of `shop-<job_id>`."""
        name = f"shop-{job_id}"
        payload = {"job_id": job_id, "team_id": 7, "user_id": 3, "shortdomain": name}
        payload |= {"nodes": [{"node_type": "nginxphp"}], "metadata": {"project": "web"}}
        return self._queue(job_id, JobKind.environment_create, name, payload, changed)

    def order_deletion(self, job_id: int, env_name: str, **changed: Any) -> Job:
        payload = {"job_id": job_id, "team_id": 7, "user_id": 3, "environment_id": 12}
        payload |= {"env_name": env_name}
        return self._queue(job_id, JobKind.environment_delete, env_name, payload, changed)

    def _queue(
        self, job_id: int, kind: JobKind, name: str, payload: dict[str, Any], changed: dict
    ) -> Job:
        job = queued_job(job_id, kind, name, payload)
        self.jobs.rows[job_id] = replace(job, **changed)
        return self.jobs.rows[job_id]

    def cancel(self, job_id: int = 42) -> None:
        job, now = self.jobs.rows[job_id], self.clock.now()
        poll_at = None if job.poll_at is None else now
        self.jobs.rows[job_id] = replace(job, cancel_requested_at=now, poll_at=poll_at)

    def poller(self) -> Poller:
        """As a process that starts has it: without memory."""
        return Poller(
            self.provisioning, self.jobs, self.accounts, self.client, self.leadership, cost=float
        )

    async def begin(self, job_id: int = 42) -> Outcome:
        """A delivery alone: what it leaves suspended nobody polls for."""
        job = self.jobs.rows[job_id]
        claimed = await self.provisioning.claim(Wanted(job_id, 7, job.kind, job.env_name))
        if isinstance(claimed, Outcome):
            return claimed
        return await self.provisioning.deliver(claimed)

    async def deliver(self, job_id: int = 42) -> Outcome:
        """A delivery, and polls by a new process until the job no longer waits for them."""
        outcome = await self.begin(job_id)
        return await self.poll(job_id) if self.jobs.rows[job_id].poll_at is not None else outcome

    async def poll(self, *job_ids: int) -> Outcome:
        """Poll until none of these jobs waits. The outcome is the last one's."""
        leading = asyncio.create_task(self.poller().lead())
        try:
            while any(self._is_with_poller(job_id) for job_id in job_ids):
                await asyncio.sleep(0.25)
                assert self.clock.now() < BIRTH + 50_000, "it waits for ever"
                if leading.done():
                    leading.result()
            # What it died of right after a job's end shows at its next sweep.
            await asyncio.sleep(0.5)
            if leading.done():
                leading.result()
        finally:
            leading.cancel()
            await asyncio.gather(leading, return_exceptions=True)
        ended = self.jobs.rows[job_ids[-1]].status in TERMINAL
        return Outcome.ENDED if ended else Outcome.WAITING

    def _is_with_poller(self, job_id: int) -> bool:
        job = self.jobs.rows[job_id]
        return job.status is JobStatus.polling or job.poll_at is not None

    async def deliver_until_ended(self, job_id: int = 42) -> Outcome:
        """Plays the relay: brings the job back whenever it asked for it."""
        outcome = await self.deliver(job_id)
        while outcome is Outcome.WAITING:
            _, run_at = self.jobs.dispatched[-1]
            await asyncio.sleep(max(0, run_at - self.clock.now()))
            outcome = await self.deliver(job_id)
        return outcome

    def statuses(self, job_id: int = 42) -> list[str]:
        return [status.value for job, status, _ in self.jobs.events if job == job_id]

    def living(self) -> list[str]:
        return sorted(self.simulator.environments)


class Killed(BaseException):
    """What the process does not survive."""


def kill():
    raise Killed


def one_ending(world, job_id: int = 42) -> str:
    """The row, the log and the clock of the job agree on one end; returns it."""
    statuses = world.statuses(job_id)
    terminal = [s for s in statuses if s in {"completed", "failed", "cancelled"}]
    assert len(terminal) == 1, statuses
    assert statuses[-1] == terminal[0] == world.jobs.rows[job_id].status
    assert job_id in world.jobs.ended
    return terminal[0]


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
def world(limits: Limits) -> World:
    return World(limits)
