"""The outcomes of a run."""

from dataclasses import dataclass, field
from typing import Literal

from sse_conformance.case import Case

Status = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case and its outcome. `detail` says what is wrong, or why it was skipped."""

    case: Case
    status: Status
    detail: str = ""


@dataclass(slots=True)
class Run:
    """All outcomes of one target."""

    name: str
    version: str
    claims: list[str]
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def conforms(self) -> bool:
        """Whether all cases that were tried passed, and at least one was tried."""
        tried = [outcome for outcome in self.outcomes if outcome.status != "skipped"]
        return bool(tried) and all(outcome.status == "passed" for outcome in tried)

    def count(self, status: Status) -> int:
        """Count outcomes."""
        return sum(outcome.status == status for outcome in self.outcomes)

    def capabilities(self) -> dict[str, list[Outcome]]:
        """Return the outcomes by capability, in the order of the cases."""
        found: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            found.setdefault(outcome.case.capability, []).append(outcome)
        return found
