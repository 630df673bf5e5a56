"""Arrays that satisfy literals: tries every relevant length and every position of an item."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, islice, product
from typing import Any

from contractkit.compat.inclusion.answer import EMPTY, UNKNOWN, Answer, Found
from contractkit.compat.inclusion.claim import Claim
from contractkit.compat.inclusion.expression import frozen
from contractkit.compat.inclusion.scalars import excluded_values
from contractkit.compat.inclusion.search import Search

LONGEST = 10_000
"""How long an array of equal items may get; longer ones are unknown."""
POSITIONS = 24
"""How many positions are distinguished."""
TRIED = 600
"""How many arrangements of items are tried per length."""

Range = tuple[int, int | None]


@dataclass(slots=True)
class Constraints:
    """The constraints on an array.

    `everywhere`: claims about all items of a range; `somewhere`: a claim that one item of a range
    must satisfy; `atleast` and `atmost`: how many items must or may satisfy a claim.
    """

    least: int = 0
    most: int | None = None
    everywhere: list[tuple[Range, Claim]] = field(default_factory=list)
    somewhere: list[tuple[Range, Claim]] = field(default_factory=list)
    atleast: list[tuple[Claim, int]] = field(default_factory=list)
    atmost: list[tuple[Claim, int]] = field(default_factory=list)
    distinct: bool = False
    repeated: bool = False
    excluded: list[Any] = field(default_factory=list)


def solve_array(solver: Search, literals: set[Claim]) -> Answer:
    """Return an array that satisfies literals about arrays."""
    constraints = _gather(literals)
    if (constraints.distinct and constraints.repeated) or _contradicted(constraints):
        return EMPTY
    edges = [0]
    for (first, last), _ in (*constraints.everywhere, *constraints.somewhere):
        edges += [first, (last + 1) if last is not None else first]
    edge = max(edges)
    needs = (
        len(constraints.somewhere)
        + sum(n for _, n in constraints.atleast)
        + 2 * constraints.repeated
    )
    enough = max(edge, constraints.least) + needs + (1 if constraints.excluded else 0)
    last = enough if constraints.most is None else min(enough, constraints.most)
    if constraints.distinct:
        last = min(last, _different(solver, constraints, last))
    if constraints.least > LONGEST or last - constraints.least > POSITIONS:
        return UNKNOWN
    answer: Answer = EMPTY
    for length in range(constraints.least, last + 1):
        found = _Attempt(solver, constraints, length, edge).run()
        if isinstance(found, Found):
            return found
        answer = UNKNOWN if found is UNKNOWN else answer
    return answer


def _contradicted(constraints: Constraints) -> bool:
    """Return whether more items must satisfy a claim than may."""
    return any(
        least > most and one.expression is other.expression and one.holds is other.holds
        for one, least in constraints.atleast
        for other, most in constraints.atmost
    )


def _different(solver: Search, constraints: Constraints, wanted: int) -> int:
    """Return how many different items there can be, as far as it is relevant."""
    claims = {
        claim for (first, last), claim in constraints.everywhere if (first, last) == (0, None)
    }
    if not claims or wanted > POSITIONS:
        return wanted
    values: list[Any] = []
    while len(values) < wanted:
        listed = Claim(solver.expressions.values(values), holds=False, reader=False)
        found = solver.find(frozenset({*claims, listed}))
        if found is EMPTY:
            return len(values)
        if not isinstance(found, Found):
            break
        values.append(found.value)
    return wanted


def _gather(literals: set[Claim]) -> Constraints:  # noqa: C901 (one case per keyword)
    constraints = Constraints(excluded=excluded_values(literals))
    for claim in sorted(literals, key=lambda c: c.expression.number):
        detail: Any = claim.expression.detail
        part = [claim.about(child) for child in claim.expression.children]
        match claim.expression.operator, claim.holds:
            case "items", True:
                constraints.everywhere.append((detail, part[0]))
            case "items", False:
                constraints.somewhere.append((detail, part[0]))
            case "contains", True:
                constraints.atleast.append((part[0], detail))
            case "contains", False:
                constraints.atmost.append((part[0].denial, detail - 1))
            case "contains-most", True:
                constraints.atmost.append((part[0], detail))
            case "contains-most", False:
                constraints.atleast.append((part[0].denial, detail + 1))
            case ("minItems", True) | ("maxItems", False):
                constraints.least = max(constraints.least, detail if claim.holds else detail + 1)
            case ("maxItems", True) | ("minItems", False):
                most = detail if claim.holds else detail - 1
                constraints.most = most if constraints.most is None else min(constraints.most, most)
            case "uniqueItems", True:
                constraints.distinct = True
            case "uniqueItems", False:
                constraints.repeated = True
    return constraints


class _Attempt:
    """An array of one length."""

    def __init__(self, solver: Search, constraints: Constraints, length: int, edge: int) -> None:
        self.solver, self.constraints, self.length = solver, constraints, length
        # Beyond the last boundary of a range all items are alike: a few stand for all of them.
        self.positions = min(length, max(edge, 0) + self._wanted())
        self.unsure = False

    def _wanted(self) -> int:
        constraints = self.constraints
        wanted = len(constraints.somewhere) + sum(n for _, n in constraints.atleast)
        return (
            wanted + 2 * constraints.repeated + sum(n for _, n in constraints.atmost if n > 0) + 1
        )

    def run(self) -> Answer:
        if any(count < 0 for _, count in self.constraints.atmost):
            return EMPTY
        if self.positions > POSITIONS:
            return UNKNOWN
        for number, placed in enumerate(self._placings()):
            if number > TRIED:
                self.unsure = True
                break
            self.solver.spend()
            found = self._fill(placed)
            if found is not None:
                return Found(found)
        return UNKNOWN if self.unsure else EMPTY

    def _placings(self) -> Iterator[list[set[Claim]]]:
        """Yield arrangements: which items must satisfy a claim, and which may match `atmost`."""
        spots = range(self.positions)
        options: list[list[tuple[int, ...]]] = []
        tags: list[Claim] = []
        for (first, last), claim in self.constraints.somewhere:
            fits: list[tuple[int, ...]] = [
                (i,) for i in spots if i >= first and (last is None or i <= last)
            ]
            options.append(fits)
            tags.append(claim)
        for claim, count in self.constraints.atleast:
            options.append(_subsets(self.positions, count))
            tags.append(claim)
        denied: list[Claim] = []
        for claim, count in self.constraints.atmost:
            sizes = range(min(count, self.positions) + 1)
            options.append([chosen for size in sizes for chosen in _subsets(self.positions, size)])
            denied.append(claim.denial)
        pairs = _subsets(self.positions, 2) if self.constraints.repeated else [()]
        for *chosen, self.pair in product(*options, pairs):
            placed: list[set[Claim]] = [set() for _ in spots]
            for claim, places in zip(tags, chosen, strict=False):
                for index in places:
                    placed[index].add(claim)
            for claim, exempt in zip(denied, chosen[len(tags) :], strict=True):
                for index in spots:
                    if index not in exempt:
                        placed[index].add(claim)
            self.rest_denied = denied
            yield placed

    def _claims(self, index: int) -> set[Claim]:
        return {
            claim
            for (first, last), claim in self.constraints.everywhere
            if index >= first and (last is None or index <= last)
        }

    def _fill(self, placed: list[set[Claim]]) -> list[Any] | None:
        items: list[Any] = []
        claims = [self._claims(index) | placed[index] for index in range(self.positions)]
        if self.constraints.repeated:
            first, second = self.pair
            claims[first] = claims[second] = claims[first] | claims[second]
        for index in range(self.length):
            wanted = (
                claims[index]
                if index < self.positions
                else self._claims(index) | set(self.rest_denied)
            )
            known = set(items_key(items)) if self.constraints.distinct else set()
            item = self._item(wanted, items if self.constraints.distinct else [])
            if item is None or (self.constraints.distinct and frozen(item.value) in known):
                return None
            items.append(item.value)
        if any(frozen(items) == frozen(value) for value in self.constraints.excluded):
            return self._apart(placed, items)
        return items

    def _apart(self, placed: list[set[Claim]], items: list[Any]) -> list[Any] | None:
        """Return an array that differs in some item from one that is excluded."""
        self.unsure = self.unsure or self.positions < self.length
        for index in range(self.positions):
            same = self.solver.expressions.values([items[index]])
            other = Claim(same, holds=False, reader=False)
            self.solver.spend()
            found = self._fill([*placed[:index], placed[index] | {other}, *placed[index + 1 :]])
            if found is not None:
                return found
        return None

    def _item(self, claims: set[Claim], others: list[Any]) -> Found | None:
        wanted = set(claims)
        if others:
            listed = self.solver.expressions.values(others)
            wanted.add(Claim(listed, holds=False, reader=False))
        found = self.solver.find(frozenset(wanted))
        if isinstance(found, Found):
            return found
        # Other values of the items before might have left one for this item.
        blocked = bool(others) and not self.solver.empty(claims)
        self.unsure = self.unsure or found is UNKNOWN or blocked
        return None


def items_key(items: list[Any]) -> list[Any]:
    """Return items in a comparable form."""
    return [frozen(item) for item in items]


def _subsets(size: int, count: int) -> list[tuple[int, ...]]:
    return list(islice(combinations(range(size), count), TRIED))
