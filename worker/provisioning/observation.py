"""What a poll of the provider showed about a job that waits there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from worker.virtuozzo.environment import Environment


class ObservedState(Enum):
    """WAITING: not yet. REACHED: the provider is done. MISSING: it shows no such environment."""

    WAITING = auto()
    REACHED = auto()
    MISSING = auto()


@dataclass(frozen=True, slots=True)
class Observation:
    """`environment` is there when a creation is REACHED."""

    state: ObservedState
    environment: Environment | None = None


WAITING = Observation(ObservedState.WAITING)
NOT_LISTED = Observation(ObservedState.MISSING)
GONE = Observation(ObservedState.REACHED)
