"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """`warning`: it works, but not as it should. `skipped`: it could not be looked at."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `mend` says what to do, and is empty where nothing is to do."""

    check: str
    state: State
    told: str
    mend: str = ""


def ok(check: str, told: str) -> Finding:
    """Make the finding of a check that has nothing against the system."""
    return Finding(check, State.OK, told)


def warning(check: str, told: str, mend: str) -> Finding:
    """Make the finding of something that works, but not as it should."""
    return Finding(check, State.WARNING, told, mend)


def failed(check: str, told: str, mend: str) -> Finding:
    """Make the finding of something that does not work."""
    return Finding(check, State.FAILED, told, mend)


def skipped(check: str, told: str) -> Finding:
    """Make the finding of a check that needs something that is not there."""
    return Finding(check, State.SKIPPED, told)
