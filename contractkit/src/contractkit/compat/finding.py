"""What the gate found: one change, its severity per role, its places and affected operations."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from contractkit.compat.anchor import Anchor
from contractkit.compat.rule import Category, Role, Rule, Severity
from contractkit.compat.schema.witness import Witness
from contractkit.compat.use import CARRIERS, Use
from contractkit.location import Location


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `unproven`: a witness was searched and not found."""

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
    anchor: Anchor = field(default_factory=Anchor)

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
    def roles(self) -> tuple[Role, ...]:
        """The roles in which it is more than harmless."""
        return tuple(role for role, severity in self.verdicts if severity > Severity.OK)

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that identify the anchor, the direction and the change."""
        direction = "+".join(role.value for role in self.roles)
        parts = (self.rule.name, str(self.anchor), direction, self.token, self.message)
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
        if words and self.anchor.schema:
            words.append(f"the generated type {self.anchor.owner}")
        return ", ".join(words)


def order(finding: Finding) -> tuple[int, str, str, str, str]:
    """Return the order of reports: the worst first, then by rule and place."""
    where = finding.place
    return (
        -int(finding.severity),
        finding.rule.id,
        where.reference if where else "",
        finding.rule.name,
        finding.message,
    )


def merge(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Return findings by fingerprint.

    Equal ones are merged: the highest severity, the operations of all.
    """
    merged: dict[str, Finding] = {}
    for finding in findings:
        known = merged.get(finding.fingerprint)
        merged[finding.fingerprint] = finding if known is None else _joined(known, finding)
    return merged


def _joined(first: Finding, second: Finding) -> Finding:
    worse, other = (first, second) if first.severity >= second.severity else (second, first)
    verdicts = dict(other.verdicts)
    for role, severity in worse.verdicts:
        verdicts[role] = max(severity, verdicts.get(role, severity))
    witness = worse.witness
    if witness is None or (other.witness is not None and other.witness.whole > witness.whole):
        witness = other.witness
    return replace(
        worse,
        verdicts=tuple(sorted(verdicts.items(), key=lambda item: item[0].value)),
        uses=tuple(dict.fromkeys((*first.uses, *second.uses))),
        witness=witness,
        unproven=witness is None and (first.unproven or second.unproven),
        against=tuple(dict.fromkeys((*first.against, *second.against))),
        waived=worse.waived or other.waived,
        note="; ".join(dict.fromkeys(note for note in (first.note, second.note) if note)),
    )
