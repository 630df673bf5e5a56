"""One provider account and the jobs that wait there: when to call, and what for.

Refuses to call the provider; the poller does that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from typing import Final

from backbone.jobs.durations import Usual
from backbone.jobs.suspension import Suspended
from worker.provisioning.account import Account
from worker.provisioning.poll_rhythm import PollRhythm

MISSED: Final = 2
"""Lists in a row that do not show an environment, after which it is not just late in them."""

NO_LIST_SECONDS: Final = 600.0
"""For how long an account that refused the list is asked for single environments."""

NEVER: Final = float("inf")


@dataclass(eq=False, slots=True)
class WaitingJob:
    """A suspended job in memory. `ending`: somebody writes its end, or has resumed it."""

    job: Suspended
    next_look: float
    missed: int = 0
    ending: bool = False

    @property
    def is_doubtful(self) -> bool:
        """Whether lists did not show its environment."""
        return self.missed >= MISSED


@dataclass(eq=False, slots=True)
class PolledAccount:
    """Jobs by id. Times are in epoch seconds."""

    key: Hashable
    account: Account
    rhythm: PollRhythm
    jobs: dict[int, WaitingJob] = field(default_factory=dict)
    busy: bool = False
    _next_call: float = 0.0
    _next_look: float = NEVER
    _errors: int = 0
    _no_list_until: float = 0.0

    def add(self, job: Suspended, now: float) -> None:
        """Wait for a job, or for what its row says by now; it is looked at soon."""
        known = self.jobs.get(job.job_id)
        if known is not None and known.job.attempt == job.attempt:
            known.job = job
            self.again(known)
            return
        self.jobs[job.job_id] = WaitingJob(job, now)
        self._next_look = min(self._next_look, now)

    def again(self, waiting: WaitingJob) -> None:
        """Look again at a job whose end could not be written."""
        self._next_look = min(self._next_look, waiting.next_look)

    def remove(self, job_id: int) -> None:
        """No longer wait for a job."""
        self.jobs.pop(job_id, None)

    @property
    def due(self) -> float:
        """When to call the provider next."""
        return max(self._next_call, self._next_look)

    @property
    def waiting(self) -> list[WaitingJob]:
        """The jobs whose end nobody writes yet."""
        return [waiting for waiting in self.jobs.values() if not waiting.ending]

    def alone(self, now: float) -> WaitingJob | None:
        """Return the job to ask for alone; None when the list of all tells more."""
        waiting = self.waiting
        doubtful = next((each for each in waiting if each.is_doubtful), None)
        if doubtful is not None or not waiting:
            return doubtful
        if len(waiting) > 1 and now >= self._no_list_until:
            return None
        return min(waiting, key=lambda each: each.next_look)

    def refuse_list(self, now: float) -> None:
        """Do without the list for some time."""
        self._no_list_until = now + NO_LIST_SECONDS

    def called(
        self,
        began: float,
        cost: float,
        jitter: float,
    ) -> None:
        """Note a call that was answered, begun at `began`, with what it cost this process."""
        self._errors = 0
        self._next_call = began + self.rhythm.next_call(cost, jitter)

    def failed(self, now: float, jitter: float) -> int:
        """Note a call that failed; the number of failures in a row."""
        self._errors += 1
        self._next_call = now + self.rhythm.after_errors(self._errors, jitter)
        return self._errors

    def plan(
        self,
        looked_at: Collection[WaitingJob],
        now: float,
        usual: Callable[[Suspended], Usual | None],
    ) -> None:
        """Decide when to look again at what was looked at."""
        for waiting in looked_at:
            waiting.next_look = now + self.rhythm.next_look(
                now - waiting.job.suspended_at,
                lasted=now - waiting.job.started_at,
                usual=usual(waiting.job),
                sharing=len(looked_at),
            )
        looks = (each.next_look for each in self.jobs.values() if not each.ending)
        self._next_look = min(looks, default=NEVER)
