"""The steps of a job between which a process may die; tests hook in here to make it die."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """Moments in the life of one delivery, in their order."""

    BEFORE_CLAIM = "before_claim"
    AFTER_CLAIM = "after_claim"
    PROVIDER_ACCEPTED = "provider_accepted"
    POLLING = "polling"
    BEFORE_LAST_COMMIT = "before_last_commit"
    AFTER_LAST_COMMIT = "after_last_commit"


class Checkpoints(Protocol):
    """Is told of each step as it is reached."""

    async def reach(self, step: Step, job_id: int) -> None:
        """Pass the point between two steps; what it raises ends the delivery."""
        ...


class NoCheckpoints:
    """The one that production uses: nothing happens."""

    async def reach(self, step: Step, job_id: int) -> None:
        """Return at once."""
