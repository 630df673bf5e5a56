"""What a look at the provider says of a job that waits there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from worker.virtuozzo.environment import Environment


class Sight(Enum):
    """WAITING: not yet. REACHED: the provider is done. MISSING: it shows no such environment."""

    WAITING = auto()
    REACHED = auto()
    MISSING = auto()


@dataclass(frozen=True, slots=True)
class Sighting:
    """`environment` is there when a creation is REACHED."""

    sight: Sight
    environment: Environment | None = None


WAITING = Sighting(Sight.WAITING)
NOT_LISTED = Sighting(Sight.MISSING)
GONE = Sighting(Sight.REACHED)
