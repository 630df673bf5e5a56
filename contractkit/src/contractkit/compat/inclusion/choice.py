"""Choices of a tableau: of each, one alternative must hold.

A choice is looked at again whenever more is known, and keeps only what is still possible.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import comb

from contractkit.compat.inclusion.claim import Claim

Alternatives = list[tuple[Claim, ...]]
"""Each is a conjunction of claims."""
State = Callable[[Claim], bool | None]
"""Whether a claim is met (True), contradicted (False) or open (None)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives as they are listed.

    `telling` marks a union that shall hold: each of its alternatives says much. Of a denied
    conjunction each alternative denies one thing only.
    """

    alternatives: Alternatives
    telling: bool = False

    def __len__(self) -> int:
        return len(self.alternatives)

    def narrowed(self, state: State) -> "Choice | None":
        """Return the choice without what is contradicted, or None when it is met."""
        found: Alternatives = []
        for alternative in self.alternatives:
            states = [state(claim) for claim in alternative]
            if all(one is True for one in states):
                return None
            if False not in states:
                found.append(alternative)
        return Choice(found, self.telling)


@dataclass(frozen=True, slots=True)
class NotOne:
    """A denied `oneOf`: none of its parts holds, or some two of them.

    Pairs are made only when the choice is taken, of parts that can still hold: all pairs of a
    large union are many.
    """

    possible: tuple[Claim, ...]
    """The parts that may hold."""
    held: bool = False
    """Whether another part holds already."""
    telling: bool = False

    def __len__(self) -> int:
        count = len(self.possible)
        return count if self.held else 1 + comb(count, 2)

    @property
    def alternatives(self) -> Alternatives:
        """All of them."""
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
