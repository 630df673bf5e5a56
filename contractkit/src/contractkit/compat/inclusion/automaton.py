"""Nondeterministic automata over all of Unicode, by which patterns are compared."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from contractkit.compat.inclusion.characters import Characters

LARGEST = 6000
"""How many states one pattern may have."""
REMEMBERED = 20_000
"""How many computed transitions of an automaton are cached."""


class UnsupportedPatternError(ValueError):
    """The pattern uses a construct without an automaton, or needs too many states."""


@dataclass(slots=True)
class Automaton:
    """A nondeterministic automaton. State 0 begins, state 1 is the end of a match.

    `free` transitions read nothing; `begin` and `end` transitions are the anchors `^` and `$`.
    """

    steps: list[list[tuple[Characters, int]]] = field(default_factory=list)
    free: list[list[int]] = field(default_factory=list)
    begin: list[list[int]] = field(default_factory=list)
    end: list[list[int]] = field(default_factory=list)
    moves: dict[tuple[frozenset[int], str], frozenset[int]] = field(default_factory=dict)

    def state(self) -> int:
        """Return a new state. Raises UnsupportedPatternError when there are too many."""
        if len(self.steps) >= LARGEST:
            raise UnsupportedPatternError
        for edges in (self.steps, self.free, self.begin, self.end):
            edges.append([])
        return len(self.steps) - 1

    def closure(
        self, states: frozenset[int], *, begin: bool = False, end: bool = False
    ) -> frozenset[int]:
        """Return the states that are reached without a character."""
        found, pending = set(states), list(states)
        while pending:
            at = pending.pop()
            targets = self.free[at]
            if begin:
                targets = targets + self.begin[at]
            if end:
                targets = targets + self.end[at]
            for target in targets:
                if target not in found:
                    found.add(target)
                    pending.append(target)
        return frozenset(found)

    def first(self) -> frozenset[int]:
        """Return the states before the first character."""
        return self.closure(frozenset({0}), begin=True)

    def after(self, states: frozenset[int], character: str) -> frozenset[int]:
        """Return the states after one more character."""
        key = states, character
        found = self.moves.get(key)
        if found is None:
            steps = (step for at in states for step in self.steps[at])
            found = self.closure(
                frozenset(to for characters, to in steps if character in characters)
            )
            if len(self.moves) < REMEMBERED:
                self.moves[key] = found
        return found

    def accepts(self, states: frozenset[int], *, empty: bool) -> bool:
        """Return whether a string that ends here matches; `empty`: no character was read."""
        return 1 in self.closure(states, begin=empty, end=True)

    def matches(self, text: str) -> bool:
        """Return whether a string matches."""
        states = self.first()
        for character in text:
            states = self.after(states, character)
        return self.accepts(states, empty=not text)

    @property
    def sets(self) -> Iterator[Characters]:
        """All sets of characters on its transitions."""
        return (characters for steps in self.steps for characters, _ in steps)
