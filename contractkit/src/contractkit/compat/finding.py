"""What the gate found: one change, judged per role, with its places and whom it touches."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from contractkit.compat.rule import Category, Role, Rule, Severity
from contractkit.compat.schema.witness import Witness
from contractkit.compat.use import CARRIERS, Use
from contractkit.location import Location


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `unproven` says that a witness was looked for and not found."""

    rule: Rule
    severity: Severity
    verdicts: tuple[tuple[Role, Severity], ...]
    message: str
    subject: str
    token: str
    old: Location | None
    new: Location | None
    uses: tuple[Use, ...]
    witness: Witness | None = None
    unproven: bool = False
    against: tuple[str, ...] = ()
    waived: str = ""
    note: str = ""

    @property
    def category(self) -> Category:
        """What breaks."""
        return self.rule.category

    @property
    def operations(self) -> tuple[str, ...]:
        """The affected operations of both documents, sorted."""
        return tuple(sorted({use.operation for use in self.uses if use.operation}))

    @property
    def place(self) -> Location | None:
        """Where to look first: in NEW, or in OLD for what is gone."""
        return self.new or self.old

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that stay the same while rule, place and change do; lines may move."""
        where = self.place
        parts = (
            self.rule.name,
            self.subject,
            where.file if where else "",
            self.token,
            self.message,
        )
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]

    @property
    def blast(self) -> str:
        """The blast radius in words: `2 responses, 1 event, the type JobStatus`."""
        counts = Counter(use.carrier for use in set(self.uses) if use.carrier in CARRIERS)
        words = [
            f"{counts[carrier]} {carrier}{'s' if counts[carrier] > 1 else ''}"
            for carrier in CARRIERS
            if counts[carrier]
        ]
        if words and self.subject:
            words.append(f"the generated type {self.subject.partition('.')[0]}")
        return ", ".join(words)


def order(finding: Finding) -> tuple[int, str, str, str, str]:
    """The order of reports: the worst first, then by rule and place."""
    where = finding.place
    return (
        -int(finding.severity),
        finding.rule.id,
        where.reference if where else "",
        finding.rule.name,
        finding.message,
    )
