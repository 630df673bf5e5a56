"""The jobs that this process works on: started by a message, and continued without holding it.

A message is acknowledged when its job is claimed, as the claim is in the job's row: a process that
dies leaves a lease that expires. So a call to the provider that takes minutes delays nobody else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

import structlog

from backbone.errors import DatabaseUnavailable
from backbone.jobs.claims import Wanted
from backbone.tasks import Tasks
from backbone.tracing.context import exemplar
from generated.models.job import JobKind
from worker.metrics import WorkerMetrics
from worker.provisioning.account import Accounts
from worker.provisioning.capacity import Capacity
from worker.provisioning.delivery import Claimed, Outcome, Provisioning
from worker.provisioning.interruption import GiveUp

KEY_SECONDS: Final = 60.0
"""How long it is taken as known which account is a team's."""
KEYS: Final = 10_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    key: Hashable
    until: float


class JobRunner:
    """Starts jobs, at most as many as `capacity` allows, and waits until all are done."""

    def __init__(
        self,
        provisioning: Provisioning,
        accounts: Accounts,
        capacity: Capacity,
        *,
        metrics: WorkerMetrics | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provisioning = provisioning
        self._accounts = accounts
        self._capacity = capacity
        self._metrics = metrics or WorkerMetrics()
        self._clock = clock
        self._keys: dict[int, _Known] = {}
        self._tasks = Tasks()

    async def begin(self, wanted: Wanted) -> Outcome:
        """Claim the job of a message and begin to work on it. Raises DatabaseUnavailable.

        BEGUN, WAITING when its account has no place now, LEFT and UNKNOWN: in each case the message
        has done its work.
        """
        key: Hashable | None = await self._key(wanted.team_id)
        await self._capacity.acquire()
        if not self._capacity.enter(key):
            key = None
        began = self._clock()
        try:
            # What can't be put off, such as a job that is taken up again, has waited for its turn.
            if key is None and await self._defer(wanted):
                claimed: Claimed | Outcome = Outcome.WAITING
            else:
                claimed = await self._provisioning.claim(wanted)
        except BaseException:
            self._leave(key, began)
            raise
        if isinstance(claimed, Outcome):
            self._leave(key, began)
            return claimed
        self._tasks.spawn(self._work(claimed, key, began), f"job-{claimed.job.id}")
        return Outcome.BEGUN

    async def drained(self, seconds: float) -> None:
        """Wait until nothing is in hand, but no longer than so."""
        if not await self._tasks.finished(seconds):
            log.warning("jobs_cut_off", jobs=len(self._tasks))

    async def _defer(self, wanted: Wanted) -> bool:
        key = await self._key(wanted.team_id)
        deferred = await self._provisioning.jobs.defer(wanted, self._capacity.book(key))
        if deferred:
            log.info("job_deferred", job_id=wanted.job_id)
        return deferred

    async def _work(self, claimed: Claimed, key: Hashable | None, began: float) -> None:
        job, told = claimed.job, "returned"
        try:
            with self._metrics.in_hand.track_inprogress():
                told = (await self._provisioning.deliver(claimed)).name.lower()
        except DatabaseUnavailable:
            # The lease runs out, and a later attempt goes on.
            log.warning("database_unavailable", job_id=job.id)
        except Exception:
            log.exception("job_left", job_id=job.id)
        finally:
            self._leave(key, began)
            self._count(job.kind, told, self._clock() - began)

    def _count(self, kind: JobKind, told: str, seconds: float) -> None:
        self._metrics.deliveries.labels(kind.value, told).inc()
        self._metrics.seconds.labels(kind.value).observe(seconds, exemplar())

    def _leave(self, key: Hashable | None, began: float) -> None:
        if key is not None:
            self._capacity.leave(key, after=self._clock() - began)
        self._capacity.release()

    async def _key(self, team_id: int) -> Hashable:
        """Return what is equal for teams of one account; the team itself when it has none."""
        known = self._keys.get(team_id)
        if known is not None and known.until > self._clock():
            return known.key
        account = (await self._accounts.open_many([team_id]))[team_id]
        key = ("team", team_id) if isinstance(account, GiveUp) else account.key
        if len(self._keys) >= KEYS:
            self._keys.clear()
        self._keys[team_id] = _Known(key, self._clock() + KEY_SECONDS)
        return key
