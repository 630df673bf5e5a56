"""The verdict about two schemas, from their rules and from inclusion.

Inclusion decides, rules explain: what a rule calls breaking is harmless where a schema around it is
included, and a refutation that no rule explains is a finding of its own. Undecided pairs
are left to the rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from contractkit.compat.inclusion.decision import Inclusion, Verdict
from contractkit.compat.rule import Role, Severity
from contractkit.compat.schema.comparison import Comparison
from contractkit.compat.schema.local import Change
from contractkit.compat.schema.reach import Reached
from contractkit.compat.schema.rules import DECIDED, RULES, SOFTENED
from contractkit.documents import Node, Path

Root = tuple[Node, Node]
Pair = tuple[tuple[str, Path], tuple[str, Path]]


@dataclass(frozen=True, slots=True, eq=False)
class Assessed:
    """A change below a pair of roots in a role, with the severity that it has there."""

    reached: Reached
    severity: Severity
    effective: Role | None


class Assessment:
    """Assesses pairs of roots; each pair once per role."""

    def __init__(self, comparison: Comparison, inclusion: Inclusion) -> None:
        self.comparison, self.inclusion = comparison, inclusion
        self._walked: dict[Pair, list[Reached]] = {}
        self._known: dict[tuple[Pair, Role | None], list[Assessed]] = {}

    def assess(self, old: Node, new: Node, role: Role | None) -> list[Assessed]:
        """Return all changes below a pair of roots; in a role with their severities."""
        key = ((old.place, new.place), role)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = list(self._assess((old, new), role))
        return found

    def _walk(self, root: Root) -> list[Reached]:
        pair = root[0].place, root[1].place
        if pair not in self._walked:
            same = self.comparison.identical(*root)
            self._walked[pair] = [] if same else list(self.comparison.walk(*root))
        return self._walked[pair]

    def _assess(self, root: Root, role: Role | None) -> Iterator[Assessed]:
        reached = self._walk(root)
        if role is None:
            yield from (Assessed(one, one.change.rule.verdict(None), None) for one in reached)
            return
        found = [self._severity(one, root, role) for one in reached]
        breaks = any(one.severity is Severity.BREAKING for one in found)
        softened = any(one.change.rule.name in SOFTENED for one in reached)
        if not breaks and not softened:
            decision = self.inclusion.decide(*root, role)
            if decision.verdict is Verdict.REFUTED:
                found = explained(found, root, role)
        yield from found

    def _severity(self, reached: Reached, root: Root, role: Role) -> Assessed:
        effective = role.reverse if reached.inverted else role
        severity = reached.change.rule.verdict(effective)
        decided = reached.change.rule.id in DECIDED and severity is Severity.BREAKING
        if decided and (self._included(reached, root, role) or self._taken(reached, effective)):
            severity = Severity.OK
        return Assessed(reached, severity, effective)

    def _included(self, reached: Reached, root: Root, role: Role) -> bool:
        """Return whether one of the schemas around a change is included as a whole."""
        pair, effective = root, role
        for step in (None, *reached.steps):
            if step is not None:
                pair = step.old, step.new
                effective = effective.reverse if step.inverted else effective
            if self.inclusion.decide(*pair, effective).verdict is Verdict.INCLUDED:
                return True
        return False

    def _taken(self, reached: Reached, role: Role) -> bool:
        """Return whether the other side accepts an added or removed alternative all the same."""
        change = reached.change
        if change.whole is None or change.old is None or change.new is None:
            return False
        gone = change.rule.id == "S22"
        pair = (change.old, change.whole) if gone else (change.whole, change.new)
        return self.inclusion.decide(*pair, role).verdict is Verdict.INCLUDED


def explained(found: list[Assessed], root: Root, role: Role) -> list[Assessed]:
    """Return the changes with one that explains the refutation: an overlap, or the whole schema."""
    overlapping = [one for one in found if one.reached.overlapping]
    if overlapping:
        raised = overlapping[0]
        louder = Assessed(raised.reached, Severity.BREAKING, raised.effective)
        return [louder if one is raised else one for one in found]
    change = Change(
        RULES["values-refused"], *root, "values that were accepted are refused", "whole"
    )
    return [*found, Assessed(Reached(change, (), False, False), Severity.BREAKING, role)]
