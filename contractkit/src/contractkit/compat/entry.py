"""A change on its way to a finding, and the values of one enumeration as one change."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from contractkit.compat.node import Node
from contractkit.compat.rule import Role, Rule, Severity
from contractkit.compat.schema.local import Step
from contractkit.compat.use import Use
from contractkit.location import Location

Proof = tuple[Role, tuple[Node, Node], tuple[Step, ...]]
"""What a witness is searched for: the role, both roots, and the steps to the change."""


@dataclass(slots=True)
class Entry:
    """One change under way to a finding."""

    rule: Rule
    message: str
    subject: str
    token: str
    old: Location | None
    new: Location | None
    uses: set[Use] = field(default_factory=set)
    verdicts: dict[Role, Severity] = field(default_factory=dict)
    severity: Severity = Severity.OK
    excused: set[str] = field(default_factory=set)
    proofs: list[Proof] = field(default_factory=list)

    @property
    def enumeration(self) -> tuple[object, ...]:
        """What the values of one enumeration have in common."""
        places = (self.old and self.old.reference, self.new and self.new.reference)
        verdicts = tuple(sorted((role.value, one) for role, one in self.verdicts.items()))
        return self.rule.name, places, frozenset(self.uses), verdicts, self.severity


VALUE_RULES = {
    "enum-value-removed": "are gone",
    "enum-value-added": "are new",
    "enum-value-added-extensible": "are new",
}
"""Rules that are met once per value of an enumeration, and what several values are."""

SHOWN = 12
"""How many values a message lists; the others are counted."""


def grouped(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, with the values of one enumeration that share a fate as one of them."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for number, entry in enumerate(entries):
        values = entry.rule.name in VALUE_RULES
        groups.setdefault(entry.enumeration if values else (number,), []).append(entry)
    return [group[0] if len(group) == 1 else _joined(group) for group in groups.values()]


def _joined(group: list[Entry]) -> Entry:
    first = group[0]
    tokens = sorted(entry.token for entry in group)
    listed = ", ".join(tokens[:SHOWN])
    more = f" and {len(tokens) - SHOWN} more" if len(tokens) > SHOWN else ""
    return Entry(
        first.rule,
        f"the values {listed}{more} {VALUE_RULES[first.rule.name]}",
        first.subject,
        ", ".join(tokens),
        first.old,
        first.new,
        uses=first.uses,
        verdicts=first.verdicts,
        severity=first.severity,
        excused=set().union(*(entry.excused for entry in group)),
        proofs=first.proofs,
    )
