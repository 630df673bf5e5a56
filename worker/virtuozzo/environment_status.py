"""The numbers by which the platform tells an environment's status, and what they mean to a job."""

from __future__ import annotations

from enum import IntEnum
from typing import Any


class EnvironmentStatus(IntEnum):
    """Values of `env.status`, as the platform's dashboard and its public clients number them.

    A number that is not listed reads as UNKNOWN, so a newer platform does not stop a worker.
    """

    RUNNING = 1
    DOWN = 2
    LAUNCHING = 3
    SLEEP = 4
    UNKNOWN = 5
    CREATING = 6
    CLONING = 7
    NOT_EXISTS = 8
    EXPORTING = 9
    MIGRATING = 10
    BROKEN = 11
    UPDATING = 12
    STOPPING = 13
    GOING_TO_SLEEP = 14
    RESTORING = 15

    @classmethod
    def _missing_(cls, value: object) -> EnvironmentStatus | None:
        return cls.UNKNOWN if isinstance(value, int) else None

    @property
    def is_ready(self) -> bool:
        """Whether the environment serves requests."""
        return self is EnvironmentStatus.RUNNING

    @property
    def is_failed(self) -> bool:
        """Whether the environment will not become ready by itself and needs to be removed."""
        return self is EnvironmentStatus.BROKEN

    @property
    def is_pending(self) -> bool:
        """Whether to ask again later; UNKNOWN is pending, it is answered in transitions."""
        return self in _PENDING


_PENDING = frozenset(
    {
        EnvironmentStatus.LAUNCHING,
        EnvironmentStatus.UNKNOWN,
        EnvironmentStatus.CREATING,
        EnvironmentStatus.CLONING,
        EnvironmentStatus.EXPORTING,
        EnvironmentStatus.MIGRATING,
        EnvironmentStatus.UPDATING,
        EnvironmentStatus.RESTORING,
    }
)


def read_status(value: Any) -> EnvironmentStatus:
    """Read `env.status`; what is not a number is UNKNOWN."""
    try:
        return EnvironmentStatus(int(value))
    except (TypeError, ValueError):
        return EnvironmentStatus.UNKNOWN
