"""Claims about a value of one type, decomposed into literals and choices."""

from collections.abc import Iterable
from typing import Any

from contractkit.compat.inclusion.choice import Alternatives, Choice, NotOne
from contractkit.compat.inclusion.claim import Claim
from contractkit.compat.inclusion.expression import Expression, kind_of
from contractkit.compat.inclusion.objects import child_claims
from contractkit.compat.inclusion.search import Search

_TAKEN_APART = 64
"""Up to how many objects that are excluded are excluded by their properties."""
_NAMING = {"property", "required"}
"""Operators whose detail is the name of a property."""


class Tableau:
    """A conjunction: all `literals` must hold, and one alternative of each choice."""

    def __init__(self, solver: Search, kind: str) -> None:
        self.solver, self.kind = solver, kind
        self.literals: set[Claim] = set()
        self.choices: list[Choice | NotOne] = []
        self.values: list[Any] | None = None
        self.opaque = False
        self.written: set[str] = set()
        """Properties in a conjunction that the writer's schema negates."""
        self._seen: set[Claim] = set()
        self._required: dict[str, bool] = {}
        """Per name: required (True) or forbidden (False); a cache, because it is asked often."""

    def copy(self) -> "Tableau":
        """Return a copy in which to try an alternative."""
        made = Tableau(self.solver, self.kind)
        made.literals, made.choices = set(self.literals), list(self.choices)
        made.values, made.opaque, made._seen = self.values, self.opaque, set(self._seen)
        made._required = dict(self._required)
        made.written = set(self.written)
        return made

    def add(self, claims: Iterable[Claim]) -> bool:
        """Add claims. Return False when they contradict what is known."""
        pending = list(claims)
        while pending:
            claim = pending.pop()
            if claim in self._seen:
                continue
            self._seen.add(claim)
            if not self._take(claim, pending):
                return False
        return True

    def _take(  # noqa: C901, PLR0911, PLR0912 (one case per operator)
        self, claim: Claim, pending: list[Claim]
    ) -> bool:
        expression, holds = claim.expression, claim.holds
        match expression.operator:
            case "true" | "false":
                return (expression.operator == "true") is holds
            case "type":
                return (self.kind in expression.detail) is holds
            case "not":
                pending.append(claim.about(expression.children[0]).denial)
            case "and" | "or":
                if (expression.operator == "and") is holds:
                    pending += map(claim.about, expression.children)
                else:
                    listed: Alternatives = [(claim.about(part),) for part in expression.children]
                    written = holds and not claim.reader and self.kind == "object"
                    self.choices.append(Choice(listed, decisive=holds, written=written))
                    if not holds and not claim.reader:
                        self.written |= _named(expression)
            case "one":
                self.choices.append(self._one(claim))
            case "reference":
                pending.append(claim.about(self.solver.resolve(expression)))
            case "opaque":
                self.opaque = True
                return self._literal(claim)
            case "enum" if holds:
                values = list(expression.detail.values())
                self.values = values if self.values is None else self.values
            case "enum":
                values = [v for v in expression.detail.values() if kind_of(v) == self.kind]
                if values and self.kind == "object" and len(values) <= _TAKEN_APART:
                    pending += [claim.about(self._described(value)) for value in values]
                    return True
                return not values or self._literal(claim)
            case _ if expression.kind != self.kind:
                return holds
            case _:
                return self._literal(claim)
        return True

    def _described(self, value: dict[str, Any]) -> Expression:
        """Return the expression of one object, property by property."""
        expressions, parts = self.solver.expressions, []
        for name, item in value.items():
            parts.append(expressions.literal("required", "object", name))
            only = expressions.values([item])
            parts.append(expressions.literal("property", "object", name, only))
        return expressions.all([*parts, expressions.literal("maxProperties", "object", len(value))])

    def _literal(self, claim: Claim) -> bool:
        for reader in (True, False):
            if Claim(claim.expression, not claim.holds, reader) in self.literals:
                return False
        self.literals.add(claim)
        if claim.expression.operator == "required":
            self._required[claim.expression.detail] = claim.holds
        return True

    def _one(self, claim: Claim) -> Choice | NotOne:
        parts = [claim.about(part) for part in claim.expression.children]
        if not claim.holds:
            return NotOne(tuple(part.denial for part in parts))
        listed: Alternatives = [
            (part, *(other.denial for other in parts if other is not part)) for part in parts
        ]
        return Choice(listed, decisive=True)

    def choose(self) -> Alternatives | None:
        """Return the alternatives of the best remaining choice, or None; drop choices that are met.

        A choice of at most one alternative comes first; then unions that must hold, because one of
        their alternatives (its tag) decides most other choices; then the choice with the fewest.
        """
        left: list[Choice | NotOne] = []
        for choice in self.choices:
            narrowed = choice.narrowed(self.state)
            if narrowed is not None:
                left.append(narrowed)
                if not len(narrowed):
                    break
        best = min(left, key=lambda one: (len(one) > 1, not one.decisive, len(one)), default=None)
        self.choices = [choice for choice in left if choice is not best]
        return best.alternatives if best is not None else None

    def state(  # noqa: C901, PLR0911 (one case per operator)
        self, claim: Claim, depth: int = 0
    ) -> bool | None:
        """Return whether a claim is met (True), contradicted (False) or unknown (None)."""
        expression, holds = claim.expression, claim.holds
        same, opposite = Claim(expression, holds, not claim.reader), claim.denial
        if claim in self._seen or (self._implied(claim) and same in self._seen):
            return True
        if opposite in self._seen or same.denial in self._seen:
            return False
        match expression.operator:
            case "true" | "false":
                return (expression.operator == "true") is holds
            case "type":
                return (self.kind in expression.detail) is holds
            case "not":
                return self.state(claim.about(expression.children[0]).denial, depth)
            case "and" | "or":
                return self._joined(claim, depth)
            case "reference" if depth < 4:  # noqa: PLR2004 (a chain of references, not a cycle)
                return self.state(claim.about(self.solver.resolve(expression)), depth + 1)
            case "one" | "reference" | "opaque":
                return None
            case "enum":
                if not any(kind_of(v) == self.kind for v in expression.detail.values()):
                    return not holds
                return None
        if expression.kind != self.kind:
            return holds
        return self._object_state(claim) if self.kind == "object" else None

    @staticmethod
    def _implied(claim: Claim) -> bool:
        """Return whether a claim of the other side implies this one; a reader may tolerate more."""
        return claim.holds or not claim.reader

    def _joined(self, claim: Claim, depth: int) -> bool | None:
        states = [self.state(claim.about(part), depth) for part in claim.expression.children]
        conjunction = (claim.expression.operator == "and") is claim.holds
        if conjunction:
            return False if False in states else None if None in states else True
        return True if True in states else None if None in states else False

    def _object_state(self, claim: Claim) -> bool | None:  # noqa: PLR0911 (one per answer)
        """Return what property values decide about a claim: a tag excludes most alternatives."""
        expression, holds = claim.expression, claim.holds
        if expression.operator != "property":
            return None
        name = expression.detail
        required = self._required.get(name)
        present = required is True
        if required is False:
            return holds
        if not present and holds:
            return None
        known = child_claims(self.literals, name)
        if not known:
            return None
        inner = claim.about(expression.children[0])
        if self.solver.empty({*known, inner}):
            return False
        if present and self.solver.empty({*known, inner.denial}):
            return True
        return None


def _named(conjunction: Expression) -> set[str]:
    return {part.detail for part in conjunction.children if part.operator in _NAMING}
