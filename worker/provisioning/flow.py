"""What there is to do for one kind of job; refuses to write a job's end, the delivery does that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from backbone.jobs.environments import CreatedEnvironment
from worker.provisioning.account import Account
from worker.provisioning.attempt import Attempt


@dataclass(frozen=True, slots=True)
class Completed:
    """The good end of a flow: news for people, and the environment that is there now, if any."""

    message: str
    app_id: str | None = None
    created: CreatedEnvironment | None = None


class Flow(Protocol):
    """Both verbs may be cut off anywhere and begun again by a later attempt."""

    async def run(self, attempt: Attempt, account: Account) -> Completed:
        """Do the work. Raises Interruption, ProviderError."""
        ...

    async def undo(self, attempt: Attempt, account: Account) -> None:
        """Remove what the job made so far, if anything. Raises ProviderError."""
        ...
