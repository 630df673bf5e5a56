"""What there is to do for one kind of job; refuses to write a job's end, the delivery does that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from backbone.jobs.environments import CreatedEnvironment
from backbone.jobs.job import Job
from backbone.jobs.suspension import Suspended
from worker.provisioning.account import Account
from worker.provisioning.attempt import Attempt
from worker.provisioning.observation import Observation
from worker.virtuozzo.environment import Environment
from worker.virtuozzo.environment_list import EnvironmentList


@dataclass(frozen=True, slots=True)
class Completed:
    """The good end of a flow: news for people, and the environment that is there now, if any."""

    message: str
    app_id: str | None = None
    created: CreatedEnvironment | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The provider accepted the work and is at it: the job is suspended, and polled from now on."""

    message: str
    app_id: str | None = None


class Flow(Protocol):
    """`run` and `undo` may be cut off anywhere and begun again by a later attempt.

    The other verbs are the poller's, for a job that `run` left Waiting.
    """

    @property
    def gone_when_missing(self) -> bool:
        """Whether the job has reached its end when the provider no longer lists the environment."""
        ...

    async def run(self, attempt: Attempt, account: Account) -> Completed | Waiting:
        """Do the work. Raises Interruption, ProviderError."""
        ...

    def seen_in(self, job: Suspended, environments: EnvironmentList) -> Observation:
        """Tell how far the job is by the list of all environments. Raises GiveUp."""
        ...

    async def look(self, job: Suspended, account: Account) -> Observation:
        """Ask the provider how far this one job is. Raises GiveUp, ProviderError."""
        ...

    def completed(self, job: Job, environment: Environment | None) -> Completed:
        """Return the good end of a job that was seen REACHED."""
        ...

    async def undo(self, attempt: Attempt, account: Account) -> None:
        """Remove what the job made so far, if anything. Raises ProviderError."""
        ...
