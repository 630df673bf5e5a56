"""Choices of a tableau: of each, one alternative must hold.

A choice is narrowed whenever more is known: it keeps only alternatives that are still possible.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import comb

from contractkit.compat.inclusion.claim import Claim
from contractkit.compat.inclusion.expression import Expression

Alternatives = list[tuple[Claim, ...]]
"""Each is a conjunction of claims."""
State = Callable[[Claim], bool | None]
"""Whether a claim is met (True), contradicted (False) or open (None)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives as they are listed.

    `decisive` marks a union that must hold: each of its alternatives adds many claims. An
    alternative of a negated conjunction negates a single claim. `written` marks a union of the
    writer, each of whose alternatives counts by itself: beside one that is met, those that mention
    properties remain.
    """

    alternatives: Alternatives
    decisive: bool = False
    written: bool = False

    def __len__(self) -> int:
        return len(self.alternatives)

    def narrowed(self, state: State) -> "Choice | None":
        """Return the choice without what is contradicted, or None when it is met."""
        found: Alternatives = []
        met = False
        for alternative in self.alternatives:
            states = [state(claim) for claim in alternative]
            if all(one is True for one in states):
                met = True
            elif False not in states:
                found.append(alternative)
        if met:
            mentioning = [one for one in found if any(_mentions(c.expression) for c in one)]
            if not self.written or not mentioning:
                return None
            found = [(), *mentioning]
        return Choice(found, self.decisive, self.written)


def _mentions(expression: Expression) -> bool:
    """Return whether a schema of objects says something of properties that it names."""
    if expression.operator == "and":
        return any(map(_mentions, expression.children))
    return expression.operator in {"property", "required", "reference"}


@dataclass(frozen=True, slots=True)
class NotOne:
    """A negated `oneOf`: none of its parts holds, or at least two do.

    Pairs are made only when the choice is taken, and of parts that can still hold: a large union
    has too many pairs.
    """

    possible: tuple[Claim, ...]
    """The parts that may hold."""
    held: bool = False
    """Whether another part holds already."""
    decisive: bool = False

    def __len__(self) -> int:
        count = len(self.possible)
        return count if self.held else 1 + comb(count, 2)

    @property
    def alternatives(self) -> Alternatives:
        """All alternatives: no part holds, or a pair holds."""
        if self.held:
            return [(part,) for part in self.possible]
        return [tuple(part.denial for part in self.possible), *combinations(self.possible, 2)]

    def narrowed(self, state: State) -> "NotOne | None":
        """Return the choice without what is contradicted, or None when it is met."""
        states = [(part, state(part)) for part in self.possible]
        held = sum(known is True for _, known in states) + self.held
        possible = tuple(part for part, known in states if known is None)
        if held > 1 or not (held or possible):
            return None
        return NotOne(possible, bool(held))
