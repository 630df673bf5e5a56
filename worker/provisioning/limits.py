"""How long and how often: the numbers that bound a job's work."""

from __future__ import annotations

from dataclasses import dataclass, field

from worker.provisioning.interruption import GiveUp
from worker.provisioning.poll_rhythm import PollRhythm


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, unless the name says otherwise.

    `hold` bounds one delivery, below the broker's acknowledgement time-out: a job that takes longer
    hands itself over to a new delivery. `deadline` bounds the job from its first claim to its end.
    `max_failures` is the failure that ends the job. `in_hand` jobs are worked on at a time by one
    process, `per_account` of them for the same account at the provider; `rhythm` is how those that
    wait there are polled.
    """

    lease: float = 30.0
    hold: float = 600.0
    deadline: float = 3600.0
    max_failures: int = 5
    retry_first: float = 1.0
    retry_longest: float = 60.0
    in_hand: int = 200
    per_account: int = 50
    rhythm: PollRhythm = field(default_factory=PollRhythm)

    def retry_delay(self, failures: int, jitter: float) -> float:
        """Return the wait before the next attempt, after `failures` of them (at least 1).

        Doubles each time; `jitter` (0 to 1) takes off up to a quarter, so that jobs which failed
        together do not return together.
        """
        doubled = self.retry_first * 2.0 ** min(failures - 1, 30)
        return min(doubled, self.retry_longest) * (1 - jitter / 4)

    def overdue(self) -> GiveUp:
        """Return the end of a job that took longer than `deadline`."""
        minutes = max(1, round(self.deadline / 60))
        return GiveUp("provider_timeout", f"The provider did not finish within {minutes} min")
