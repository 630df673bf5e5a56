"""Memory duplicates and virtual time: flows that take hours run in milliseconds, without sockets."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pydantic import SecretStr

from backbone.jobs.change import Change
from backbone.jobs.claims import Wanted
from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Job
from backbone.jobs.states import AT_WORK, TERMINAL, sources, when_claimed
from generated.models.job import JobKind, JobStatus
from slipway.simulator import SimulatorConfig, SimulatorState, SimulatorTransport, create_simulator
from testing.virtual_time import VirtualTimeLoop
from worker.provisioning.checkpoints import Step
from worker.provisioning.create_environment import CreateEnvironment
from worker.provisioning.delete_environment import DeleteEnvironment
from worker.provisioning.delivery import Outcome, Provisioning
from worker.provisioning.jobs import NotClaimed
from worker.provisioning.limits import Limits
from worker.virtuozzo import ProviderSession, VirtuozzoClient

BIRTH = 1_766_000_000.0


class LoopClock:
    """Epoch seconds of the running loop."""

    def now(self) -> float:
        return BIRTH + asyncio.get_running_loop().time()


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

    async def claim(self, wanted: Wanted) -> Job | NotClaimed:
        job = self.rows.get(wanted.job_id)
        if job is None or (job.team_id, job.kind) != (wanted.team_id, wanted.kind):
            return NotClaimed.UNKNOWN
        now = self.clock.now()
        due = job.status is JobStatus.queued and (job.run_at or 0) <= now + 2
        free = job.status in AT_WORK and (job.lease_until is None or job.lease_until < now)
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
            lease_until=job.lease_until if change.to in AT_WORK else None,
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

    async def hand_over(self, known: Job, run_at: float) -> Job | None:
        job = self._held(known, AT_WORK)
        if job is not None:
            job = self.rows[job.id] = replace(job, lease_until=None, run_at=run_at)
            self.dispatched.append((job.id, run_at))
        return job

    def _held(self, known: Job, statuses: frozenset[JobStatus]) -> Job | None:
        job = self.rows.get(known.id)
        if job is None or job.attempt != known.attempt or job.status not in statuses:
            return None
        return job

    def _write(self, job: Job) -> Job:
        self.rows[job.id] = job
        self.events.append((job.id, job.status, job.message))
        return copy.copy(job)


@dataclass
class SimulatorAccount:
    session: ProviderSession
    region: str | None = None


@dataclass
class SimulatorAccounts:
    client: VirtuozzoClient
    opened: int = 0

    async def open(self, team_id: int) -> SimulatorAccount:
        self.opened += 1
        return SimulatorAccount(
            ProviderSession(sign_in=lambda: self.client.sign_in("ops@x.test", SecretStr("pw")))
        )


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
        job = Job(
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
        self.jobs.rows[job_id] = replace(job, **changed)
        return self.jobs.rows[job_id]

    def cancel(self, job_id: int = 42) -> None:
        job = self.jobs.rows[job_id]
        self.jobs.rows[job_id] = replace(job, cancel_requested_at=self.clock.now())

    async def deliver(self, job_id: int = 42) -> Outcome:
        job = self.jobs.rows[job_id]
        return await self.provisioning.deliver(Wanted(job_id, 7, job.kind, job.env_name))

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
