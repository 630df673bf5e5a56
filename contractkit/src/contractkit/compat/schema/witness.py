"""The witness of a verdict: a payload that one side accepts and the other refuses, verified.

Two independent validators must agree about both whole schemas.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from contractkit.compat.inclusion.decision import Inclusion, Verdict
from contractkit.compat.rule import Role
from contractkit.compat.schema.local import Step
from contractkit.compat.schema.sample import content_of, samples, shape_of
from contractkit.compat.schema.self_contained import SelfContainedSchemas
from contractkit.documents import Node

_ODD: tuple[Any, ...] = ("a", 1, None, [], {}, True)
BUDGET = 96
"""How many candidates are tried per finding and role; a count makes every run the same."""
RUN = 20_000
"""How many candidates are tried in one comparison."""

Pair = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class Witness:
    """A payload, which side accepts it, and whether it is whole or only the changed part.

    `reading` says how the schemas are read more narrowly than written, where it is relevant.
    """

    payload: Any
    accepted_by: str
    refused_by: str
    whole: bool
    reading: str = ""


class WitnessFinder:
    """Searches witnesses in two revisions; caches validators and decisions about inclusion."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.left = RUN
        self.old, self.new = SelfContainedSchemas(), SelfContainedSchemas()
        self.plain = SelfContainedSchemas(narrow=False), SelfContainedSchemas(narrow=False)
        self.inclusion = Inclusion()

    def find(self, role: Role, roots: Pair, steps: tuple[Step, ...]) -> Witness | None:
        """Return a witness. IN: OLD accepts it and NEW refuses it; OUT: the reverse."""
        if self.budget <= 0 or self.left <= 0:
            return None
        pairs = [roots, *((step.old, step.new) for step in steps)]
        inverted = sum(step.inverted for step in steps) % 2 == 1
        for candidate in self._decided(role, pairs, steps, inverted=inverted):
            self.left -= 1
            if self._proves(role, roots, candidate):
                return self._witness(role, roots, candidate, whole=True)
        for candidate in islice(_candidates(pairs, role), min(self.budget, self.left)):
            self.left -= 1
            if self._proves(role, pairs[-1], candidate):
                found = self._surrounded(role, pairs, steps, candidate)
                if found is not None:
                    return found
        return self._partial(role, pairs, steps, inverted=inverted)

    def knows(self, roots: Pair) -> bool:
        """Return whether the costly validators of both schemas exist already."""
        return self.old.knows(roots[0]) and self.new.knows(roots[1])

    def _decided(
        self, role: Role, pairs: list[Pair], steps: tuple[Step, ...], *, inverted: bool
    ) -> Iterator[Any]:
        """Yield the values that inclusion found: for the part, then for the whole."""
        part = self.inclusion.decide(*pairs[-1], role.reverse if inverted else role)
        if part.verdict is Verdict.REFUTED and steps and not inverted:
            ways = [(step.via, step.key) for step in steps]
            whole = self.inclusion.surround(pairs, ways, role, part.witness)
            if whole is not None:
                yield whole.value
        root = self.inclusion.decide(*pairs[0], role)
        if root.verdict is Verdict.REFUTED:
            yield root.witness

    def _surrounded(
        self, role: Role, pairs: list[Pair], steps: tuple[Step, ...], part: Any
    ) -> Witness | None:
        """Return a witness around a guess for the part, when inclusion could not tell."""
        if not steps:
            return self._witness(role, pairs[0], part, whole=True)
        ways = [(step.via, step.key) for step in steps]
        whole = self.inclusion.surround(pairs, ways, role, part)
        if whole is None or not self._proves(role, pairs[0], whole.value):
            return None
        return self._witness(role, pairs[0], whole.value, whole=True)

    def _partial(
        self, role: Role, pairs: list[Pair], steps: tuple[Step, ...], *, inverted: bool
    ) -> Witness | None:
        """Return a witness for the changed part alone."""
        if not steps or inverted or any(step.via == "apart" for step in steps):
            return None
        part = self.inclusion.decide(*pairs[-1], role)
        if part.verdict is not Verdict.REFUTED or not self._proves(role, pairs[-1], part.witness):
            return None
        return self._witness(role, pairs[-1], part.witness, whole=False)

    def _proves(self, role: Role, pair: Pair, value: Any) -> bool:
        taker, refuser = (self.old, self.new) if role is Role.IN else (self.new, self.old)
        yes, no = pair if role is Role.IN else (pair[1], pair[0])
        return taker.accepts(yes, value) and refuser.refuses(no, value)

    def _witness(self, role: Role, pair: Pair, value: Any, *, whole: bool) -> Witness:
        names = ("OLD", "NEW") if role is Role.IN else ("NEW", "OLD")
        return Witness(value, *names, whole=whole, reading=self._reading(role, pair, value))

    def _reading(self, role: Role, pair: Pair, value: Any) -> str:
        """Return how the schemas are read more narrowly than written, if the witness needs it."""
        narrow = self.old.readings(pair[0]) | self.new.readings(pair[1])
        if not narrow:
            return ""
        plain = self.plain[0].readings(pair[0]) | self.plain[1].readings(pair[1])
        index = 0 if role is Role.IN else 1
        written = self.plain[index].accepts(pair[index], value)
        written = written and self.plain[1 - index].refuses(pair[1 - index], value)
        return "; ".join(sorted(plain if written else narrow | plain))


def _candidates(pairs: list[Pair], role: Role) -> Iterator[Any]:
    """Yield guesses from both sides in turn, then values of one mixed with those of the other."""
    inside, outside = pairs[-1] if role is Role.IN else (pairs[-1][1], pairs[-1][0])
    first, second = list(samples(inside)), list(samples(outside))
    for index in range(max(len(first), len(second))):
        yield from first[index : index + 1]
        yield from second[index : index + 1]
    base: dict[str, Any] | None = next((v for v in first if isinstance(v, dict)), None)
    if base is not None:
        names = (
            shape_of(content_of(outside)).properties.keys()
            | shape_of(content_of(inside)).properties
        )
        for name in sorted(names):
            yield {key: value for key, value in base.items() if key != name}
            yield from ({**base, name: value} for value in _ODD)
