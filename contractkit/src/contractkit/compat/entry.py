"""A recorded change before it becomes a finding; the values of one enumeration are joined."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from contractkit.compat.rule import Role, Rule, Severity
from contractkit.compat.schema.local import Step
from contractkit.compat.use import Use
from contractkit.documents import Node, Path
from contractkit.location import Location

Proof = tuple[Role, tuple[Node, Node], tuple[Step, ...]]
"""Where a witness is searched: the role, both root schemas, and the steps to the change."""
Identity = tuple[Role, tuple[str, Path], tuple[str, Path]]
"""The role and the places of both roots; operations that share a root share its witness."""


def identity(proof: Proof) -> Identity:
    """Return the key of a proof; equal keys need only one search."""
    role, (old, new), _ = proof
    return role, old.place, new.place


Places = tuple[Location | None, Location | None]
"""Where something stands in OLD and in NEW."""


@dataclass(slots=True)
class Entry:
    """One recorded change, before it becomes a finding."""

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
    proofs: dict[Identity, Proof] = field(default_factory=dict)

    def enumeration(self, places: Places) -> tuple[object, ...]:
        """Return the key that changed values of one enumeration share."""
        where = tuple(place and place.reference for place in places)
        verdicts = tuple(sorted((role.value, one) for role, one in self.verdicts.items()))
        return self.rule.name, where, frozenset(self.uses), verdicts, self.severity


VALUE_RULES = {
    "enum-value-removed": "the values {} are gone",
    "enum-value-added": "the values {} are new",
    "enum-value-added-extensible": "the values {} are new",
}
"""Rules met once per value of an enumeration, with the message for several values."""

CONSTANT_RULES = {
    "branch-removed": "the alternatives {} are gone",
    "branch-added": "the alternatives {} are new",
    "branch-added-extensible": "the alternatives {} are new",
}
"""The same for alternatives of one value each, which are an enumeration with descriptions."""

SHOWN = 12
"""How many values a message lists; the others are counted."""


def grouped(entries: Iterable[Entry], union: Callable[[Entry], Places | None]) -> list[Entry]:
    """Return the entries; values of one enumeration that changed alike are joined into one.

    `union` gives the places of the union that an alternative of one value belongs to, else None.
    """
    groups: dict[tuple[object, ...], list[Entry]] = {}
    places: dict[int, Places] = {}
    for number, entry in enumerate(entries):
        where: Places | None = None
        if entry.rule.name in VALUE_RULES:
            where = (entry.old, entry.new)
        elif entry.rule.name in CONSTANT_RULES:
            where = union(entry)
        key = entry.enumeration(where) if where is not None else (number,)
        places[id(groups.setdefault(key, []))] = where or (entry.old, entry.new)
        groups[key].append(entry)
    return [
        group[0] if len(group) == 1 else _joined(group, places[id(group)])
        for group in groups.values()
    ]


def _joined(group: list[Entry], places: Places) -> Entry:
    first = group[0]
    tokens = sorted(entry.token for entry in group)
    listed = ", ".join(tokens[:SHOWN])
    more = f" and {len(tokens) - SHOWN} more" if len(tokens) > SHOWN else ""
    template = {**VALUE_RULES, **CONSTANT_RULES}[first.rule.name]
    return Entry(
        first.rule,
        template.format(listed + more),
        first.subject,
        ", ".join(tokens),
        *places,
        uses=first.uses,
        verdicts=first.verdicts,
        severity=first.severity,
        excused=set().union(*(entry.excused for entry in group)),
        proofs=first.proofs,
    )
